#![no_main]

libfuzzer_sys::fuzz_target!(init: zairyu_fuzz::sow("prefill"), |data: &[u8]| zairyu_fuzz::prefill::run(data));
