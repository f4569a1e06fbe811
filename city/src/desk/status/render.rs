//! The status as a person reads it on a terminal.

use std::fmt;

use homon_domain::ids::{DeviceId, VisitId};
use homon_domain::joined::{ReceivedTwice, SameBy};
use homon_domain::programme::Mode;
use homon_domain::visit::japan_time;
use homon_report::words;

use super::{Application, Applications, DeskStatus, DeviceStatus, Hello, PartStatus, Stage, Status, Waiting};
use crate::desk::joined::{Arrival, JoinedPart, JoinedVisit};
use crate::desk::journal::JournalState;
use crate::desk::mail::WaitingMail;
use crate::desk::text_table::aligned;

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            Mode::Real => "real residents",
            Mode::Training => "training (研修), no real residents",
        };
        writeln!(f, "Programme (業務) {}: {mode}", self.programme)?;
        section(f, "Devices (端末)", "none is enrolled", &self.device_rows())?;
        section(f, "Visits (訪問)", "none has been announced", &self.part_rows())?;
        if !self.uploads.is_empty() {
            section(f, "Uploads on their way (送信中)", "", &self.upload_rows())?;
        }
        if !self.progress.is_empty() {
            section(f, "Targets (計画)", "", &self.progress_rows())?;
        }
        if let Some(applications) = &self.applications {
            section(f, "Applications (申請)", "", &application_rows(applications))?;
        }
        if let Some(desk) = &self.desk {
            section(f, "Desk (窓口端末)", "", &desk_rows(desk))?;
        }
        self.write_look_at(f)?;
        self.write_next(f)
    }
}

/// The rows with their headings, or what to say when there are none.
fn section<const N: usize>(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    nothing: &str,
    rows: &[[String; N]],
) -> fmt::Result {
    let table = if rows.len() > 1 { aligned(rows) } else { format!("{nothing}\n") };
    write!(f, "\n{title}\n{table}")
}

impl Status {
    fn device_rows(&self) -> Vec<[String; 5]> {
        let headings = ["device", "label", "enrolled", "way to the desk", ""].map(str::to_owned);
        let rows = self.devices.iter().map(|device| {
            [
                device.device.to_string(),
                device.label.as_ref().map_or("-".to_owned(), ToString::to_string),
                day(device.enrolled_at),
                hello(device.hello).to_owned(),
                device.revoked_at.map_or(String::new(), |at| format!("revoked (失効) {}", day(at))),
            ]
        });
        std::iter::once(headings).chain(rows).collect()
    }

    fn part_rows(&self) -> Vec<[String; 9]> {
        let headings =
            ["visit", "part", "device", "date", "site", "stage", "seal", "received", "ready"].map(str::to_owned);
        let rows = self.parts.iter().map(|part| {
            [
                short(part.visit),
                part.part.to_string(),
                self.call(part.device),
                part.date.map_or("-".to_owned(), |date| date.to_string()),
                part.site.clone().unwrap_or("-".to_owned()),
                stage(part.stage).to_owned(),
                seal(part),
                part.people.map_or("-".to_owned(), |people| people.received.to_string()),
                part.people.map_or("-".to_owned(), |people| people.ready.to_string()),
            ]
        });
        std::iter::once(headings).chain(rows).collect()
    }

    fn upload_rows(&self) -> Vec<[String; 4]> {
        let headings = ["device", "package", "began", "received"].map(str::to_owned);
        let rows = self.uploads.iter().map(|upload| {
            [
                self.call(upload.package.device),
                upload.package.name().to_string(),
                japan_time(upload.began_at).format("%Y-%m-%d %H:%M").to_string(),
                format!("{} of {} bytes", upload.received, upload.length),
            ]
        });
        std::iter::once(headings).chain(rows).collect()
    }

    fn progress_rows(&self) -> Vec<[String; 4]> {
        let headings = ["service", "visits (回数)", "applicants (申請者数)", ""].map(str::to_owned);
        let rows = self.progress.iter().map(|service| {
            let progress = &service.progress;
            [
                words::service(service.service).to_owned(),
                format!("{} of {}", progress.visits, progress.target.visits),
                format!("{} of {}", progress.applicants, progress.target.applicants),
                if service.met { "met (達成)" } else { "" }.to_owned(),
            ]
        });
        std::iter::once(headings).chain(rows).collect()
    }

    /// What to do next, one line a thing.
    fn write_next(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_outstanding() {
            return writeln!(f, "\nNothing is outstanding.");
        }
        writeln!(f, "\nOutstanding")?;
        for device in self.devices.iter().filter(|device| device.revoked_at.is_none()) {
            let call = self.call(device.device);
            match device.hello {
                Hello::Missing => writeln!(f, "- {call}: send its first package before real residents are received")?,
                Hello::Held => writeln!(f, "- {call}: run `open` to prove its way to the desk")?,
                Hello::Proven => {}
            }
        }
        for part in &self.parts {
            let name = format!("visit {} part {}", short(part.visit), part.part);
            match part.stage {
                Stage::OnTablet => writeln!(f, "- {name}: close, seal and send it on {}", self.call(part.device))?,
                Stage::Held => writeln!(f, "- {name}: run `open`")?,
                Stage::Opened => {}
            }
        }
        self.visits.iter().try_for_each(|visit| write_awaited(f, visit))?;
        for upload in &self.uploads {
            let (device, package) = (self.call(upload.package.device), upload.package.name());
            writeln!(f, "- {device}: connect it until {package} has arrived")?;
        }
        for WaitingMail { device, mails, since } in &self.mail {
            writeln!(f, "- {}: connect it, {mails} mails (便) wait for it since {}", self.call(*device), day(*since))?;
        }
        self.applications.as_ref().map_or(Ok(()), |applications| write_overdue(f, applications))?;
        self.desk.as_ref().map_or(Ok(()), |desk| write_duties(f, desk))
    }

    fn write_look_at(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.visits.iter().flat_map(look_at).collect();
        if !lines.is_empty() {
            writeln!(f, "\nTo look at (要確認)")?;
        }
        lines.iter().try_for_each(|line| writeln!(f, "- {line}"))
    }

    fn call(&self, device: DeviceId) -> String {
        let known: Option<&DeviceStatus> = self.devices.iter().find(|known| known.device == device);
        known.and_then(|known| known.label.as_ref()).map_or_else(|| device.to_string(), ToString::to_string)
    }
}

/// What a visit lacks of which some parts have come, and which checkpoints are here. A part of which only the notice has
/// come is told with the parts.
fn write_awaited(f: &mut fmt::Formatter<'_>, visit: &JoinedVisit) -> fmt::Result {
    let name = short(visit.visit);
    visit.awaited().try_for_each(|JoinedPart { part, arrival, .. }| match arrival {
        Arrival::Unknown => writeln!(f, "- visit {name} part {part}: nobody has announced it, and a higher one came"),
        Arrival::Checkpoint { seal, made_at, received, .. } => {
            let made_at = japan_time(*made_at).format("%Y-%m-%d %H:%M");
            writeln!(
                f,
                "- visit {name} part {part}: as of {made_at}, checkpoint {seal} with {received} received is here"
            )
        }
        Arrival::OnTablet if visit.is_incomplete() => {
            writeln!(f, "- visit {name} is incomplete: part {part} has not arrived")
        }
        Arrival::OnTablet | Arrival::Opened { .. } | Arrival::Adopted { .. } => Ok(()),
    })
}

/// What people should look at, and nobody waits for.
fn look_at(visit: &JoinedVisit) -> Vec<String> {
    let name = short(visit.visit);
    let twice = visit.joined.twice.iter().map(|ReceivedTwice { first, second, by }| {
        let by = match by {
            SameBy::Number => "number",
            SameBy::NameAndBirthDate => "name and birth date",
        };
        format!("visit {name} cases {first} and {second}: the same {by}, received twice it seems (二重受付の疑い)")
    });
    let adopted = visit.parts.iter().filter_map(|JoinedPart { part, arrival, .. }| match arrival {
        Arrival::Adopted { seal } => Some(format!("visit {name} part {part}: checkpoint {seal} counts, not the whole")),
        _ => None,
    });
    let (people, papers) = (visit.joined.people.difference(), visit.joined.papers.difference());
    let cards = visit.joined.cards.difference();
    let uneven = (!visit.joined.even).then(|| {
        format!("visit {name} is not even: {people} residents, {papers} papers and {cards} cards are not accounted for")
    });
    twice.chain(adopted).chain(uneven).collect()
}

fn application_rows(applications: &Applications) -> Vec<[String; 5]> {
    let headings =
        ["not passed on (申請前)", "submitted (申請済)", "accepted (受理)", "returned (不備)", "issued (交付)"];
    let Applications { received, submitted, accepted, returned, issued, .. } = applications;
    vec![headings.map(str::to_owned), [received, submitted, accepted, returned, issued].map(u32::to_string)]
}

fn desk_rows(desk: &DeskStatus) -> Vec<[String; 3]> {
    let last = |at: Option<chrono::DateTime<chrono::Utc>>| at.map_or("none yet".to_owned(), day);
    let JournalState { entries, last_at, last_backup_at, last_drill_at, fault } = &desk.journal;
    let holds = if fault.is_none() { "" } else { "DOES NOT HOLD" };
    vec![
        ["", "the last", ""].map(str::to_owned),
        [format!("journal (操作記録), {entries} entries"), last(*last_at), holds.to_owned()],
        ["backup (控え)".to_owned(), last(*last_backup_at), String::new()],
        ["recovery drill (復旧鍵の点検)".to_owned(), last(*last_drill_at), format!("due {}", day(desk.drill_due_at))],
    ]
}

fn write_overdue(f: &mut fmt::Formatter<'_>, applications: &Applications) -> fmt::Result {
    for Application { visit, case, waits_for, since, days } in &applications.overdue {
        let what = match waits_for {
            Waiting::Submission => "opened and not passed on",
            Waiting::Acceptance => "submitted and not accepted",
            Waiting::Mending => "returned and not submitted again",
        };
        writeln!(f, "- visit {} case {case}: {what} since {since}, {days} days", short(*visit))?;
    }
    applications.taken_back.iter().try_for_each(|(visit, case)| {
        writeln!(f, "- visit {} case {case}: marked, and an amendment took the application back", short(*visit))
    })
}

fn write_duties(f: &mut fmt::Formatter<'_>, desk: &DeskStatus) -> fmt::Result {
    if let Some(fault) = desk.journal.fault {
        writeln!(f, "- {fault}: run `journal --verify`")?;
    }
    if desk.drill_is_due {
        writeln!(f, "- the recovery key was last proven more than a year ago: run `recover --check`")?;
    }
    Ok(())
}

fn short(visit: VisitId) -> String {
    visit.to_string()[..8].to_owned()
}

fn day(at: chrono::DateTime<chrono::Utc>) -> String {
    japan_time(at).date_naive().to_string()
}

fn hello(hello: Hello) -> &'static str {
    match hello {
        Hello::Missing => "not proven (未確認)",
        Hello::Held => "held (受領)",
        Hello::Proven => "proven (確認済み)",
    }
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::OnTablet => "on the tablet (封印前)",
        Stage::Held => "held (市が受領)",
        Stage::Opened => "opened (市が開封)",
    }
}

fn seal(part: &PartStatus) -> String {
    let Some(seal) = part.seal else { return "-".to_owned() };
    let superseded: Vec<String> = part.superseded.iter().map(ToString::to_string).collect();
    if superseded.is_empty() { seal.to_string() } else { format!("{seal} (not {})", superseded.join(", ")) }
}
