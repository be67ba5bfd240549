#![no_main]

libfuzzer_sys::fuzz_target!(init: zairyu_fuzz::sow(zairyu_fuzz::prefill::seeds), |data: &[u8]| zairyu_fuzz::prefill::run(data));
