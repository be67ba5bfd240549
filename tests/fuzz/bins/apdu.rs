#![no_main]

libfuzzer_sys::fuzz_target!(init: zairyu_fuzz::sow("apdu"), |data: &[u8]| zairyu_fuzz::apdu::run(data));
