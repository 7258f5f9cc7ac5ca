//! WebAssembly finds the end of text, values and names by other instructions than this process: of the same
//! documents it makes the same.

use deskgate_tests::canonical::canonical_or_refusal;
use deskgate_tests::workerd_crypto::WorkerdCrypto;

/// Longer than what is looked at at once, and not a multiple of it.
const LENGTH: usize = 37;

#[test]
fn every_character_is_taken_or_refused_wherever_it_stands() {
    let Some(workerd) = WorkerdCrypto::start("xml_in_workerd") else { return };
    let characters: Vec<char> = ('\0'..='\u{ff}').chain(['\u{fffd}', '\u{fffe}']).collect();
    let places: [fn(&str) -> String; 6] = [
        |text| format!("<a>{text}</a>"),
        |text| format!("<a>{text}"),
        |text| format!("<a b=\"{text}\"></a>"),
        |text| format!("<a b='{text}'/>"),
        |text| format!("<a{text}></a{text}>"),
        |text| format!("{text}<a/>"),
    ];
    for place in places {
        for at in 0..LENGTH {
            let document = |character: &char| {
                let filled = |length| "x".repeat(length);
                place(&format!("{}{character}{}", filled(at), filled(LENGTH - at)))
            };
            let texts: Vec<String> = characters.iter().map(document).collect();
            let expected: Vec<u8> =
                texts.iter().flat_map(|xml| canonical_or_refusal(xml)).collect();
            assert!(workerd.canonical(&texts) == expected, "at {at} of {:?}", texts.first());
        }
    }
}
