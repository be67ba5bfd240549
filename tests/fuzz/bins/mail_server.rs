#![no_main]

libfuzzer_sys::fuzz_target!(init: zairyu_fuzz::sow(zairyu_fuzz::mail_server::seeds), |data: &[u8]| zairyu_fuzz::mail_server::run(data));
