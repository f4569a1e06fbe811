#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = homon_faults::fuzz::code(bytes);
});
