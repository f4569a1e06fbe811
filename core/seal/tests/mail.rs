//! Mail: what a tablet accepts from the desk, what it does not, and how it looks on the wire.
#![allow(clippy::unwrap_used)]

mod common;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{device, noon};
use homon_domain::applicant::{Contact, ContactOf, Sex};
use homon_domain::case::RoundPlace;
use homon_domain::delivery::{Deficiency, DeficiencyKind};
use homon_domain::ids::{DeviceId, MailNumber, RosterId, VisitId};
use homon_domain::mail::{DeficiencyNotice, MailContent, MailKind};
use homon_domain::numbers::Phone;
use homon_domain::roster::{ExpectedResident, Roster};
use homon_domain::text::ReceivedText;
use homon_seal::jws::{self, SignError, TokenError};
use homon_seal::mail::{FORMAT, MAIL_TYP, MAX_SEALED};
use homon_seal::recipients::{RecipientKind, encrypt_small};
use homon_seal::{Identity, Mail, MailError, Recipients, Signer, SigningKey};
use serde_json::{Value, json};
use uuid::uuid;

const VISIT: VisitId = VisitId(uuid!("0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11"));

fn text(text: &str) -> ReceivedText {
    ReceivedText::from_register(text, ReceivedText::LONGEST).unwrap()
}

fn number(number: u32) -> MailNumber {
    MailNumber::new(number).unwrap()
}

fn resident() -> ExpectedResident {
    ExpectedResident {
        place: RoundPlace { order: Some(3), room: Some(text("203")), bed: Some(text("窓側")), queue: None },
        name: text("渡邉　神\u{fe00}"),
        kana: Some(text("ワタナベ　カミ")),
        address: Some(text("下関市南部町１番１号")),
        birth_date: Some("1930-03-12".to_owned().try_into().unwrap()),
        sex: Some(Sex::Female),
        number: None,
        phone: Some(Phone::parse("083-000-1234").unwrap()),
        remark: Some(text("午前を希望")),
    }
}

fn roster() -> MailContent {
    let id = RosterId(uuid!("5f0a2c51-7f0e-4b7e-9f55-0a8f0d7c1e01"));
    let lean = ExpectedResident {
        place: RoundPlace::default(),
        kana: None,
        address: None,
        birth_date: None,
        sex: None,
        phone: None,
        remark: None,
        ..resident()
    };
    MailContent::Roster(Roster { id, visit: Some(VISIT), residents: vec![resident(), lean] })
}

fn deficiency() -> MailContent {
    MailContent::Deficiency(DeficiencyNotice {
        visit: VISIT,
        case: "1-004".parse().unwrap(),
        name: text("渡邉　神\u{fe00}"),
        contact: Some(Contact {
            whose: ContactOf::Relation { name: text("渡邉　花") },
            phone: Phone::parse("083-000-1234").unwrap(),
            hours: Some(text("夕方以降")),
        }),
        deficiency: Deficiency { kind: DeficiencyKind::Photo, note: Some(text("背景に影")) },
        on: "2026-10-01".parse().unwrap(),
    })
}

fn mail(content: MailContent) -> Mail {
    Mail { format: FORMAT, device: device(), number: number(7), made_at: noon(), content }
}

/// A desk and a tablet.
struct Both {
    desk: SigningKey,
    mailbox: Identity,
}

impl Both {
    fn make() -> Self {
        Self { desk: SigningKey::make(), mailbox: Identity::make_x25519() }
    }

    fn open(&self, sealed: &[u8]) -> Result<Mail, MailError> {
        Mail::open(sealed, &self.mailbox, &[self.desk.public_key()], device(), number(7))
    }

    /// Encrypts whatever it is given as the desk would.
    fn forged(&self, token: &str) -> Vec<u8> {
        encrypt_small(&Recipients::new(vec![self.mailbox.recipient()]).unwrap(), token.as_bytes()).unwrap()
    }
}

#[test]
fn what_the_desk_says_reaches_one_tablet() {
    let desk = SigningKey::make();
    for kind in [RecipientKind::Hybrid, RecipientKind::X25519] {
        let mailbox = Identity::make(kind);
        for content in [roster(), deficiency(), MailContent::Enrolment { token: "a.b.c".into() }] {
            let sealed = mail(content.clone()).seal(&desk, &mailbox.recipient()).unwrap();
            let opened = Mail::open(&sealed, &mailbox, &[desk.public_key()], device(), number(7)).unwrap();
            assert_eq!(opened, mail(content));
        }
    }
}

#[test]
fn mail_for_another_tablet_number_or_key_is_not_believed() {
    let both = Both::make();
    let sealed = mail(roster()).seal(&both.desk, &both.mailbox.recipient()).unwrap();
    assert!(both.open(&sealed).is_ok());
    let (mailbox, desk) = (&both.mailbox, both.desk.public_key());
    let other_mailbox = Identity::make_x25519();
    assert_eq!(Mail::open(&sealed, &other_mailbox, &[desk], device(), number(7)), Err(MailError::NotForUs));
    assert_eq!(Mail::open(&sealed, mailbox, &[desk], DeviceId::make(), number(7)), Err(MailError::OtherDevice));
    assert_eq!(Mail::open(&sealed, mailbox, &[desk], device(), number(8)), Err(MailError::OtherNumber));
    let stranger = SigningKey::make();
    let forged = mail(roster()).seal(&stranger, &mailbox.recipient()).unwrap();
    assert_eq!(both.open(&forged), Err(MailError::Token(TokenError::OtherKey)));
}

/// The desk's receipt key may be its mail key: even then no token of one type passes for another.
#[test]
fn only_mail_of_a_known_format_is_mail() {
    let both = Both::make();
    let signed = |typ, claims: &Value| both.forged(&jws::sign(Signer::City(&both.desk), typ, claims).unwrap());
    let claims = serde_json::to_value(mail(deficiency())).unwrap();
    assert!(both.open(&signed(MAIL_TYP, &claims)).is_ok());
    for typ in ["homon-receipt-opened+jws", "homon-enrolment+jws"] {
        assert_eq!(both.open(&signed(typ, &claims)), Err(MailError::Token(TokenError::WrongType)));
    }
    let mut later = claims.clone();
    later["format"] = json!(2);
    later["content"] = json!({"kind": "song"});
    assert_eq!(both.open(&signed(MAIL_TYP, &later)), Err(MailError::UnknownFormat));
    let malformed = Err(MailError::Token(TokenError::Malformed));
    for (member, wrong) in
        [("content", json!({"kind": "song"})), ("number", json!(0)), ("device", json!("x")), ("format", json!("1"))]
    {
        let mut changed = claims.clone();
        changed[member] = wrong;
        assert_eq!(both.open(&signed(MAIL_TYP, &changed)), malformed, "{member}");
    }
    assert_eq!(both.open(&both.forged("no token")), malformed);
    assert_eq!(both.open(&both.forged("\u{0}\u{1}")), malformed);
}

#[test]
fn a_changed_byte_or_a_cut_is_noticed_wherever_it_is() {
    let both = Both::make();
    let sealed = mail(roster()).seal(&both.desk, &both.mailbox.recipient()).unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(both.open(&changed).is_err(), "byte {at}");
    }
    for at in (0..sealed.len()).step_by(7) {
        assert!(both.open(&sealed[..at]).is_err(), "cut at {at}");
    }
    assert_eq!(both.open(&[sealed.as_slice(), &[0]].concat()), Err(MailError::Damaged));
    assert_eq!(both.open(&vec![0; MAX_SEALED + 1]), Err(MailError::TooLong));
}

#[test]
fn a_roster_that_is_too_long_says_how_many_fit() {
    let both = Both::make();
    let seal = |count: usize| {
        let residents = vec![resident(); count];
        let content = MailContent::Roster(Roster { id: RosterId::make(), visit: Some(VISIT), residents });
        mail(content).seal(&both.desk, &both.mailbox.recipient())
    };
    let many = Roster { id: RosterId::make(), visit: Some(VISIT), residents: vec![resident(); 5_000] };
    let fit = Mail::residents_that_fit(&many);
    assert!((1_000..5_000).contains(&fit), "{fit}");
    let largest = seal(fit).unwrap();
    assert!(largest.len() <= MAX_SEALED);
    assert!(both.open(&largest).is_ok());
    assert!(matches!(seal(fit + 10), Err(SignError::TooLong)), "much room is left over");
    let few = Roster { residents: vec![resident(); 3], ..many };
    assert_eq!(Mail::residents_that_fit(&few), 3);
}

#[test]
fn nothing_of_it_is_shown() {
    for content in [roster(), deficiency(), MailContent::Enrolment { token: "担当者".into() }] {
        let shown = format!("{:?} {content:?}", mail(content.clone()));
        for word in ["渡邉", "ワタナベ", "南部町", "1930", "083", "窓側", "午前", "背景", "担当者"] {
            assert!(!shown.contains(word), "{word}");
        }
    }
    assert_eq!(roster().kind(), MailKind::Roster);
    assert_eq!(format!("{:?}", deficiency()), "MailContent::Deficiency(…)");
}

#[test]
fn the_wire_form_has_not_changed() {
    let desk = SigningKey::make();
    for (name, content) in [
        ("mail_roster", roster()),
        ("mail_deficiency", deficiency()),
        ("mail_enrolment", MailContent::Enrolment { token: "header.claims.signature".into() }),
    ] {
        let token = jws::sign(Signer::City(&desk), MAIL_TYP, &mail(content)).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        insta::assert_json_snapshot!(name, serde_json::from_slice::<Value>(&claims).unwrap());
    }
}
