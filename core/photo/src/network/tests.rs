use super::*;

#[test]
fn what_is_no_model_is_said() {
    assert_eq!(Network::read(b"").err(), Some(ModelError::Malformed));
    assert_eq!(Network::read(b"\x00\x00\x00\x00TFL3").err(), Some(ModelError::Malformed));
}
