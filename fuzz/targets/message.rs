#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| link_widget_fuzz::bodies::message(data));
