//! Rows of the shell: what a call from Kotlin costs, and the pages of the app on the real core.

use std::path::Path;

use crate::Result;
use crate::report::{Against, Row};
use crate::sides::{Rounds, Side, afresh, in_turns};
use crate::stats::Times;

/// What may lie between the accepted PIN and the first page, with the board after it, in milliseconds.
const FIRST_MS: f64 = 300.0;
/// What a picture may take while somebody types: sixty a second.
const PICTURE_MS: f64 = 16.0;
/// How many times the app is started for its first page.
const STARTS: usize = 7;

pub(super) fn crossing(folder: &Path) -> Result<Vec<Row>> {
    let calls = in_turns(folder, &[Side::CallsKotlin, Side::CallsRust], Rounds { warm_up: 60, measured: 100 })?;
    let [kotlin, rust] = &calls[..] else { return Err("a side is missing".into()) };
    let limit = kotlin[2];
    let call = |part: usize, name: &str, compared| Row {
        name: name.to_owned(),
        compared,
        ours: Some(kotlin[part]),
        against: vec![
            Against::peer("the same in Rust", kotlin[part], rust[part], None),
            Against::peer("limit: JNA calls abs() of C", kotlin[part], limit, None),
        ],
    };
    Ok(vec![
        call(
            0,
            "a call from Kotlin that answers at once",
            "needsFontCheck of a short name, on the JVM; against the same in Rust; and against a C function that JNA has mapped \
             directly, as it has those of the core",
        ),
        call(
            1,
            "a call from Kotlin that is awaited",
            "Homon.isEnrolled, on the JVM, each awaited before the next; against the same in Rust, run to its end as the \
             bridge does it; and against a C function mapped by JNA",
        ),
        photo(folder)?,
        board(folder)?,
    ])
}

fn photo(folder: &Path) -> Result<Row> {
    let times = in_turns(folder, &[Side::PhotoKotlin, Side::PhotoRust], Rounds { warm_up: 60, measured: 100 })?;
    let ours = times[0][0];
    Ok(Row {
        name: "3 MB from Kotlin to the core".to_owned(),
        compared: "checkPortrait of 3 MB that are no photo, refused at the first byte; against the same in Rust, to which the \
                   bytes are given; and against one copy of them",
        ours: Some(ours),
        against: vec![
            Against::peer("the same in Rust", ours, times[1][0], None),
            Against::peer("limit: 3 MB copied once", ours, times[1][1], None),
        ],
    })
}

fn board(folder: &Path) -> Result<Row> {
    let times = in_turns(folder, &[Side::RowsKotlin, Side::RowsRust], Rounds { warm_up: 60, measured: 100 })?;
    let ours = times[0][0];
    Ok(Row {
        name: "a board of 500 in Kotlin".to_owned(),
        compared: "Homon.board of an open visit, to 500 objects of Kotlin; against Homon::board in Rust",
        ours: Some(ours),
        against: vec![Against::peer("the same in Rust", ours, times[1][0], None)],
    })
}

pub(super) fn screens(folder: &Path) -> Result<Vec<Row>> {
    let cold = afresh(folder, Side::FirstScreen, STARTS)?;
    let warm = in_turns(folder, &[Side::FirstScreen], Rounds { warm_up: 10, measured: 30 })?.remove(0);
    let typing = in_turns(folder, &[Side::Typing], Rounds { warm_up: 100, measured: 300 })?.remove(0);
    Ok(vec![
        first("first page and board, the app just started", &cold),
        first("first page and board, signing in again", &warm),
        Row {
            name: "a letter typed on a board of 500".to_owned(),
            compared: "BoardJourney.search and the picture that shows the letter; then, when the core has answered, the picture \
                       that shows who was found; from the letter to that picture",
            ours: Some(typing[2]),
            against: vec![
                half("half of the pictures with the letter", typing[0], Some(PICTURE_MS)),
                most("95 of 100 of them", typing[0], Some(PICTURE_MS)),
                half("half of the pictures with who was found", typing[1], Some(PICTURE_MS)),
                most("95 of 100 of them", typing[1], Some(PICTURE_MS)),
                half("half of all, letter to who was found", typing[2], None),
            ],
        },
    ])
}

fn first(name: &str, times: &[Times]) -> Row {
    Row {
        name: name.to_owned(),
        compared: "from the accepted PIN to the page of the day and then the board, each drawn by Compose without a screen, on \
                   200 visits with 2,000 cases that are all on the tablet, 209 of them on the board",
        ours: Some(times[0]),
        against: vec![
            half("both", times[0], Some(FIRST_MS)),
            half("  the page of the day", times[1], None),
            half("  the board", times[2], None),
            half("before it: the PIN by Argon2id, opening the desk file", times[3], None),
        ],
    }
}

fn half(name: &str, times: Times, target: Option<f64>) -> Against {
    Against::measure(name, times.median as f64 / 1e6, "ms", target)
}

fn most(name: &str, times: Times, target: Option<f64>) -> Against {
    Against::measure(name, times.p95 as f64 / 1e6, "ms", target)
}
