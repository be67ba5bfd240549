#![no_main]

libfuzzer_sys::fuzz_target!(init: zairyu_fuzz::sow("certificate"), |data: &[u8]| zairyu_fuzz::certificate::run(data));
