//! WebAssembly reads base64 by other instructions than this process: the same texts are taken and refused.

use deskgate_core::base64::{InvalidBase64, decode, decode_url, encode, encode_url};
use deskgate_tests::workerd_crypto::WorkerdCrypto;

#[test]
fn every_character_is_taken_or_refused_wherever_it_stands() {
    let Some(workerd) = WorkerdCrypto::start("base64_in_workerd") else { return };
    let octets: Vec<u8> = (0..73_u32).map(|at| u8::try_from(at * at * 7 % 251).unwrap()).collect();
    for text in [encode(&octets), encode_url(&octets)] {
        let mut characters: Vec<char> = text.chars().collect();
        for at in 0..characters.len() {
            let written = characters[at];
            let texts: Vec<String> = ('\0'..='\u{ff}')
                .map(|other| {
                    characters[at] = other;
                    characters.iter().collect()
                })
                .collect();
            characters[at] = written;
            check(&workerd, &texts);
        }
        let lengths: Vec<String> = (0..=text.len()).map(|end| text[..end].to_owned()).collect();
        check(&workerd, &lengths);
    }
}

#[track_caller]
fn check(workerd: &WorkerdCrypto, texts: &[String]) {
    let told = |decoded: Result<Vec<u8>, InvalidBase64>| match decoded {
        Ok(octets) => [vec![1], octets].concat(),
        Err(InvalidBase64) => vec![0],
    };
    let expected: Vec<u8> = texts
        .iter()
        .flat_map(|text| [told(decode(text)), told(decode_url(text))].concat())
        .collect();
    assert!(workerd.base64(texts) == expected, "{texts:?}");
}
