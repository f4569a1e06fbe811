//! What is known of a lost tablet, as a person reads it on a terminal.

use std::fmt;

use homon_domain::visit::japan_time;

use super::{HowSafe, Lost, OnIt, Safe, Until};
use crate::desk::text_table::aligned;

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.revoked_at {
            Some(at) => {
                let since = japan_time(at).format("%Y-%m-%d %H:%M");
                writeln!(f, "{} (device {}) is refused since {since}.", self.label, self.device)?;
            }
            None => writeln!(f, "A drill: {} (device {}) goes on as before.", self.label, self.device)?,
        }
        writeln!(f, "\nOn it, and not whole at the city (端末だけにあるもの)")?;
        table(f, ["visit", "part", "date", "up to where the city has it"], self.on_it.iter().map(on_it))?;
        self.on_it.iter().try_for_each(|part| write_next(f, part))?;
        writeln!(f, "\nSafe at the city (市にあるもの)")?;
        table(f, ["visit", "part", "", ""], self.safe.iter().map(safe))?;
        writeln!(f, "\nMail on it at most (端末が受け取った便)")?;
        let mail = self.mail;
        let rows = [
            ["rosters (名簿)", "residents on them", "deficiencies (不備)", "not taken"].map(str::to_owned),
            [mail.rosters, mail.expected_residents, mail.deficiencies, mail.not_taken].map(|count| count.to_string()),
        ];
        f.write_str(&aligned(&rows))?;
        if mail.not_taken > 0 {
            writeln!(f, "What was not taken nobody else can open: send it to another tablet.")?;
        }
        writeln!(f, "\nAll of it is encrypted under keys in the tablet's hardware and the PIN of a member of staff.")?;
        writeln!(f, "What the city has opened may still lie there if the tablet was not connected since.")
    }
}

fn table(f: &mut fmt::Formatter<'_>, headings: [&str; 4], rows: impl Iterator<Item = [String; 4]>) -> fmt::Result {
    let rows: Vec<_> = std::iter::once(headings.map(str::to_owned)).chain(rows).collect();
    if rows.len() > 1 { f.write_str(&aligned(&rows)) } else { writeln!(f, "nothing") }
}

fn on_it(part: &OnIt) -> [String; 4] {
    let until = part.checkpoint.map_or("nothing has arrived".to_owned(), |until| {
        let made_at = japan_time(until.made_at).format("%Y-%m-%d %H:%M");
        format!("checkpoint {} of {made_at}: {} received", until.seal, until.received)
    });
    let until = if part.checkpoint_waits { format!("{until}; a checkpoint is held: run `open`") } else { until };
    let date = part.date.map_or("-".to_owned(), |date| date.to_string());
    [part.visit.to_string(), part.part.to_string(), date, until]
}

/// What lets the part be worked on although its tablet is gone.
fn write_next(f: &mut fmt::Formatter<'_>, part: &OnIt) -> fmt::Result {
    let Some(Until { from, seal, .. }) = part.checkpoint else { return Ok(()) };
    let name = format!("{from}/checkpoint/{}/{}/{seal}", part.visit, part.part);
    writeln!(f, "If it does not come back: `adopt {name} --reason …` lays the checkpoint open.")
}

fn safe(part: &Safe) -> [String; 4] {
    let how = match part.how {
        HowSafe::Held { seal } => format!("held (市が受領), seal {seal}: run `open`"),
        HowSafe::Opened { seal } => format!("opened (市が開封), seal {seal}"),
        HowSafe::Adopted { seal } => format!("checkpoint {seal} was adopted"),
        HowSafe::HandedOn { to } => format!("handed on to device {to}"),
    };
    [part.visit.to_string(), part.part.to_string(), how, String::new()]
}
