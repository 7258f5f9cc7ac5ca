//! Every command with good and bad input: what it prints and how it ends, byte for byte.
//!
//! `cases/*.trycmd` are read as a terminal session in the folder of this crate. After a change of words,
//! `TRYCMD=overwrite cargo test -p deskgate --test commands` writes them anew: read the difference.

#[test]
fn every_command_answers_as_written() {
    trycmd::TestCases::new().case("tests/cases/*.trycmd");
}
