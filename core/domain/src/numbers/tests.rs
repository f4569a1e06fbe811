use super::*;
use proptest::prelude::*;

/// Any eleven digits with the check digit that follows from them.
fn any_valid() -> impl Strategy<Value = String> {
    "[0-9]{11}".prop_map(|eleven| format!("{eleven}{}", char::from(check_digit(eleven.as_bytes()))))
}

/// What the weighted sum leaves over eleven, computed position by position as Article 5 writes it.
fn remainder(twelve: &str) -> u32 {
    let digit = |n: u32| twelve.chars().rev().nth(n as usize).unwrap().to_digit(10).unwrap();
    (1..=11).map(|n| digit(n) * if n <= 6 { n + 1 } else { n - 5 }).sum::<u32>() % 11
}

fn with_digit(number: &str, position: usize, digit: u8) -> String {
    let mut bytes = number.as_bytes().to_vec();
    bytes[position] = b'0' + digit;
    String::from_utf8(bytes).unwrap()
}

#[test]
fn an_individual_number_is_read_as_typed() {
    for text in
        ["123456789018", "1234 5678 9018", "１２３４ー５６７８ー９０１８", "1234-5678-9018", " 1234　5678　9018 "]
    {
        assert_eq!(IndividualNumber::parse(text).unwrap().expose(), "123456789018", "{text}");
    }
    assert_eq!(IndividualNumber::parse("123456789019"), Err(NumberFault::CheckDigit));
    assert_eq!(IndividualNumber::parse("12345678901"), Err(NumberFault::WrongLength { expected: 12, got: 11 }));
    assert_eq!(IndividualNumber::parse("1234567890180"), Err(NumberFault::WrongLength { expected: 12, got: 13 }));
    assert_eq!(IndividualNumber::parse(""), Err(NumberFault::WrongLength { expected: 12, got: 0 }));
    assert_eq!(IndividualNumber::parse("12345678901O"), Err(NumberFault::NotDigits));
    assert_eq!(IndividualNumber::parse("一23456789018"), Err(NumberFault::NotDigits));
}

#[test]
fn an_application_id_is_found_in_a_qr_code() {
    let id = "12345678901234567890123";
    for payload in
        [id.to_owned(), format!("https://example.invalid/?id={id}&v=2"), format!("A,{id},750"), format!("1234,{id}")]
    {
        assert_eq!(ApplicationId::from_qr(&payload).unwrap().expose(), id);
    }
    for payload in [
        "",
        "https://example.invalid/",
        &id[1..],
        &format!("{id}4"),
        &format!("{id}{id}"),
        "１２３４５６７８９０１２３４５６７８９０１２３",
    ] {
        assert_eq!(ApplicationId::from_qr(payload), Err(QrFault::NoneFound));
    }
    assert_eq!(ApplicationId::from_qr(&format!("{id} {id}")), Err(QrFault::SeveralFound));
}

#[test]
fn an_unfinished_id_counts_down() {
    assert_eq!(ApplicationId::remaining(""), Ok(23));
    assert_eq!(ApplicationId::remaining("1234 5678 9012 3456 7"), Ok(6));
    assert_eq!(ApplicationId::remaining("1234-5678-9012-3456-7890-123"), Ok(0));
    assert_eq!(ApplicationId::remaining(&"1".repeat(24)), Err(NumberFault::WrongLength { expected: 23, got: 24 }));
    assert_eq!(ApplicationId::remaining("12a"), Err(NumberFault::NotDigits));
}

#[test]
fn a_telephone_number_keeps_its_hyphens() {
    let read = [
        ("083-231-1111", "083-231-1111"),
        ("０８３（２３１）１１１１", "083-231-1111"),
        ("(083) 231-1111", "083-231-1111"),
        ("09012345678", "09012345678"),
        ("+81-90-1234-5678", "+81-90-1234-5678"),
        ("＋８１　９０　１２３４　５６７８", "+81-90-1234-5678"),
        ("+1 (202) 555-0100", "+1-202-555-0100"),
    ];
    for (typed, kept) in read {
        assert_eq!(Phone::parse(typed).unwrap().as_str(), kept);
    }
    for (typed, fault) in [
        ("", PhoneFault::NoAreaCode),
        ("231-1111", PhoneFault::NoAreaCode),
        ("083-231-111", PhoneFault::WrongLength),
        ("090-1234-56789", PhoneFault::WrongLength),
        ("+81-90-1234-56", PhoneFault::WrongLength),
        ("+", PhoneFault::WrongLength),
        ("083-231-1111 内線5", PhoneFault::NotAllowed),
        ("0832+311111", PhoneFault::NotAllowed),
        ("++81901234567", PhoneFault::NotAllowed),
    ] {
        assert_eq!(Phone::parse(typed), Err(fault), "{typed}");
    }
}

#[test]
fn a_postal_code_has_seven_digits() {
    for typed in ["750-8521", "〒750-8521", "〒 ７５０－８５２１", "7508521"] {
        assert_eq!(PostalCode::parse(typed).unwrap().as_str(), "7508521", "{typed}");
    }
    assert_eq!(PostalCode::parse("750-852"), Err(NumberFault::WrongLength { expected: 7, got: 6 }));
    assert_eq!(PostalCode::parse("750-852X"), Err(NumberFault::NotDigits));
}

#[test]
fn debug_output_and_faults_do_not_tell_them() {
    let shown = format!(
        "{:?} {:?} {:?} {:?}",
        IndividualNumber::parse("123456789018").unwrap(),
        ApplicationId::parse(&"7".repeat(23)).unwrap(),
        Phone::parse("083-231-1111").unwrap(),
        PostalCode::parse("750-8521").unwrap(),
    );
    assert_eq!(shown, "IndividualNumber(…) ApplicationId(…) Phone(…) PostalCode(…)");
    let refused = serde_json::from_str::<IndividualNumber>("\"123456789019\"").unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("123456789019"));
    let refused = serde_json::from_str::<ApplicationId>("\"1234567\"").unwrap_err();
    assert!(!format!("{refused} {refused:?}").contains("1234567"));
}

#[test]
fn they_are_stored_as_plain_text() {
    let stored = serde_json::to_string(&(
        IndividualNumber::parse("123456789018").unwrap(),
        ApplicationId::parse(&"7".repeat(23)).unwrap(),
        Phone::parse("083-231-1111").unwrap(),
        PostalCode::parse("750-8521").unwrap(),
    ));
    assert_eq!(stored.unwrap(), r#"["123456789018","77777777777777777777777","083-231-1111","7508521"]"#);
}

proptest! {
    #[test]
    fn the_check_digit_is_that_of_article_five(number in any_valid()) {
        let expected = match remainder(&number) { rest @ 2..=10 => 11 - rest, _ => 0 };
        prop_assert_eq!(number[11..].parse::<u32>(), Ok(expected));
        let read = IndividualNumber::parse(&number);
        prop_assert_eq!(read.as_ref().map(IndividualNumber::expose), Ok(number.as_str()));
    }

    #[test]
    fn a_mistyped_digit_is_found_but_for_remainders_zero_and_one(number in any_valid(), position in 0usize..12, digit in 0u8..10) {
        let mistyped = with_digit(&number, position, digit);
        prop_assume!(mistyped != number);
        let hidden = position < 11 && remainder(&number) <= 1 && remainder(&mistyped) <= 1;
        prop_assert_eq!(IndividualNumber::parse(&mistyped).is_ok(), hidden);
    }

    #[test]
    fn two_digits_swapped_are_found_but_for_remainders_zero_and_one(number in any_valid(), position in 0usize..10) {
        let mut swapped = number.as_bytes().to_vec();
        swapped.swap(position, position + 1);
        let swapped = String::from_utf8(swapped).unwrap();
        prop_assume!(swapped != number);
        let hidden = remainder(&number) <= 1 && remainder(&swapped) <= 1;
        prop_assert_eq!(IndividualNumber::parse(&swapped).is_ok(), hidden);
    }

    #[test]
    fn digits_survive_whatever_stands_between_them(digits in "[0-9]{23}", gaps in prop::collection::vec("[ \u{3000}\u{30FC}\u{2010}-]{0,2}", 23)) {
        let typed: String = digits.chars().zip(&gaps).flat_map(|(digit, gap)| std::iter::once(digit).chain(gap.chars())).collect();
        let read = ApplicationId::parse(&typed);
        prop_assert_eq!(read.as_ref().map(ApplicationId::expose), Ok(digits.as_str()));
    }

    #[test]
    fn what_was_read_can_be_read_again(text in "[+0][0-9 ()-]{0,18}") {
        if let Ok(phone) = Phone::parse(&text) {
            let again = Phone::parse(phone.as_str());
            prop_assert_eq!(again, Ok(phone));
        }
    }
}
