//! A visit is opened again, and the tablet dies in the middle of it: no visit is open without the reason that was given.

use homon_faults::tracer::{self, Fault, Spot, Tracer};
use homon_support::tablet_process::TabletProcess;
use serde_json::Value;

use crate::stages::{Stage, Stages};
use crate::tablet::{expect_status, run};

#[test]
fn a_visit_is_never_open_again_without_a_reason() {
    let Some(tracer) = Tracer::find() else { return };
    let stages = Stages::play();
    let (folder, log) = (stages.day.at("left"), stages.day.at("strace"));
    let under = tracer.counting(&log, &["fsync"], &[]);
    TabletProcess { under, ..stages.tablet(Stage::Seal, &folder) }.run(&["reopen"]).unwrap();
    let spots: Vec<Spot> = tracer::spots(&log).unwrap().into_keys().collect();
    assert!(spots.len() >= 3, "{spots:?}");
    let mut reopened = 0;
    for spot in &spots {
        let tablet = stages.tablet(Stage::Seal, &folder);
        let killed = TabletProcess { under: tracer.faulting(spot, Fault::Kill, &[]), ..tablet.clone() };
        assert!(killed.run(&["reopen"]).is_err(), "{spot:?} was not reached");
        let report: Value = serde_json::from_str(&run(&tablet, &["report"]).unwrap()).unwrap();
        let visit = &report["visits"][0];
        let half_open = visit["status"] == "closed" && visit["amendment"] != Value::Null;
        assert!(visit["status"] != "open" || visit["amendment"] != Value::Null, "{spot:?}: open without a reason");
        // Nothing is sealed that was opened again by half: people are told that it is open.
        let sealed = tablet.run(&["seal"]);
        if visit["status"] == "open" || half_open {
            reopened += 1;
            assert_eq!(expect_status(&tablet, &["open"]), Ok(()), "{spot:?}");
            run(&tablet, &["close"]).unwrap();
            run(&tablet, &["seal"]).unwrap();
        } else {
            sealed.unwrap();
        }
        assert_eq!(expect_status(&tablet, &["sealed"]), Ok(()), "{spot:?}");
    }
    println!("{} kills of reopening, {reopened} of them after the reason was stored", spots.len());
    assert!(reopened > 0);
}
