#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| homon_faults::fuzz::tus(bytes));
