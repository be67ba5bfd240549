#![no_main]

libfuzzer_sys::fuzz_target!(init: zairyu_fuzz::sow(zairyu_fuzz::certificate::seeds), |data: &[u8]| zairyu_fuzz::certificate::run(data));
