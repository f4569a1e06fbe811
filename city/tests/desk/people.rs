//! Invented residents with the names that registers really hold.

use homon_domain::applicant::{Contact, ContactOf, RegisterNumber, Sex};
use homon_domain::birthdate::BirthDate;
use homon_domain::case::{Case, Eligibility, Leaving, Portrait, RevisitReason, RoundPlace};
use homon_domain::case_step::{Doing, Step};
use homon_domain::consent::{ConsentAnswers, ExpressedBy, Expression};
use homon_domain::custody::{ItemKind, Settlement};
use homon_domain::ids::CaseId;
use homon_domain::numbers::{ApplicationId, Phone};
use homon_domain::programme::{Programme, ServiceKind};
use homon_domain::text::ReceivedText;
use homon_seal::Sha256Digest;

use crate::city::MORNING;

/// A variation sequence, as 葛 in 葛󠄀城.
pub(crate) const IVS_NAME: &str = "葛\u{e0100}城 み\u{307b}ん";
/// A compatibility ideograph that NFC would rewrite, and one beyond the basic plane.
pub(crate) const COMPAT_NAME: &str = "\u{fa11}田 \u{20bb7}子";
pub(crate) const ADDRESS: &str = "山口県下関市見本町0番0号 みほん荘\u{3000}１０１";
pub(crate) const NUMBER: &str = "01234567890123456789012";

pub(crate) fn text(text: &str) -> ReceivedText {
    ReceivedText::from_register(text, 200).unwrap()
}

pub(crate) fn photo(seed: u8) -> Vec<u8> {
    let mut jpeg = vec![0xff, 0xd8, 0xff, 0xe0];
    jpeg.extend(std::iter::repeat_n(seed, 3000));
    jpeg
}

pub(crate) fn portrait(jpeg: &[u8]) -> Portrait {
    Portrait {
        sha256: Sha256Digest::of(jpeg).to_string(),
        bytes: u32::try_from(jpeg.len()).unwrap(),
        width: 700,
        height: 900,
        at: MORNING.parse().unwrap(),
        checked: false,
        rests_on: Vec::new(),
    }
}

/// One resident's journey, step by step, as the tablet takes it.
pub(crate) struct Journey<'a> {
    programme: &'a Programme,
    pub(crate) case: Case,
}

impl<'a> Journey<'a> {
    pub(crate) fn receive(programme: &'a Programme, number: &str, id: u128) -> Self {
        let place = RoundPlace { order: Some(1), room: Some(text("105")), ..RoundPlace::default() };
        let id = CaseId(uuid::Uuid::from_u128(id));
        let doing = doing(programme, "worker-01");
        let case = Case::receive(id, number.parse().unwrap(), ServiceKind::VisitApplication, place, doing);
        Self { programme, case }
    }

    pub(crate) fn step(mut self, step: Step) -> Self {
        self.case = self.case.after(step, doing(self.programme, "worker-01")).unwrap();
        self
    }

    fn by_city(mut self, step: Step) -> Self {
        self.case = self.case.after(step, doing(self.programme, "city-01")).unwrap();
        self
    }

    pub(crate) fn consenting(self) -> Self {
        self.step(Step::RecordConsent {
            answers: ConsentAnswers {
                by: ExpressedBy::Resident,
                how: Expression::Spoken,
                explained_by: "worker-01".parse().unwrap(),
                explanation: "visit-1".parse().unwrap(),
                leave_behind: true,
                doubtful: false,
            },
        })
        .step(Step::AnswerEligibility {
            eligibility: Eligibility { registered_here: true, move_planned: false, cannot_come: None, no_proxy: None },
        })
    }

    fn identified(self) -> Self {
        let paper = |code: &str| Step::SeeDocument { document: code.parse().unwrap() };
        self.step(paper("notification-card"))
            .step(paper("care-insurance"))
            .step(paper("pension"))
            .by_city(Step::MarkEvidenceSufficient)
            .step(Step::NumberPinEnvelope { envelope: "env-0001".parse().unwrap() })
            .step(Step::TakeItem { item: ItemKind::NotificationCard })
            .by_city(Step::SettleItem { item: ItemKind::NotificationCard, settlement: Settlement::HandedToCity })
    }

    pub(crate) fn complete(self, name: &str, jpeg: &[u8]) -> Case {
        let contact = Contact {
            whose: ContactOf::Relation { name: text("見本 花子") },
            phone: Phone::parse("083-000-0000").unwrap(),
            hours: Some(text("平日の午前")),
        };
        self.consenting()
            .identified()
            .step(Step::SetName { name: text(name), kana: Some(text("ミホン")) })
            .step(Step::SetAddress { address: text(ADDRESS) })
            .step(Step::SetBirthDate { birth_date: BirthDate::new(1926, Some(12), None).unwrap() })
            .step(Step::SetSex { sex: Sex::Female })
            .step(Step::SetNumber { number: RegisterNumber::ApplicationId(ApplicationId::parse(NUMBER).unwrap()) })
            .step(Step::SetContact { contact })
            .step(Step::AttachPortrait { portrait: portrait(jpeg) })
            .step(Step::Confirm)
            .case
    }

    pub(crate) fn come_again(self) -> Case {
        let leaving = Leaving::Revisit { reason: RevisitReason::Unwell, on: Some("2026-10-01".parse().unwrap()) };
        self.consenting().step(Step::Leave { leaving }).case
    }

    pub(crate) fn refuse(self, note: &str) -> Case {
        self.step(Step::Leave { leaving: Leaving::Refused { note: Some(text(note)) } }).case
    }
}

fn doing<'a>(programme: &'a Programme, who: &str) -> Doing<'a> {
    let by = programme.member(&who.parse().unwrap()).unwrap();
    Doing { programme, by, at: MORNING.parse().unwrap() }
}
