//! Character data: comments, processing instructions, entities and CDATA sections in it, other letters,
//! and noise in base64.

use super::{EVIL, Edits, Operator, Random, Subject, split};
use std::ops::Range;

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "comment in text",
        weight: 3,
        instances: |s| s.markup.runs.len() * 3,
        make: |s, n, random| {
            let comment = random.pick(&["<!---->", "<!-- c -->", "<!-- <a>&b; -->"]);
            insert(s, n, random, comment)
        },
    },
    Operator {
        name: "malformed comment in text",
        weight: 1,
        instances: |s| s.markup.runs.len(),
        make: |s, n, random| {
            let comment =
                random.pick(&["<!-- -- -->", "<!--->", "<!-- --->", "<!-- c", "<!- c ->"]);
            insert(s, n, random, comment)
        },
    },
    Operator {
        name: "text goes on after a comment",
        weight: 1,
        instances: |s| s.markup.runs.len() * 2,
        make: |s, n, _| {
            let (before, run) = split(n, 2);
            let range = &s.markup.runs[run].range;
            Some(match before {
                0 => Edits::insert(range.end, format!("<!---->.{EVIL}")),
                _ => Edits::insert(range.start, format!("{EVIL}<!---->")),
            })
        },
    },
    Operator {
        name: "processing instruction in text",
        weight: 1,
        instances: |s| s.markup.runs.len() * 3,
        make: |s, n, random| {
            let text = random.pick(&["<?p?>", "<?p d?>", "<?xml version=\"1.0\"?>"]);
            insert(s, n, random, text)
        },
    },
    Operator {
        name: "entity in text",
        weight: 1,
        instances: |s| s.markup.runs.len() * 3,
        make: |s, n, random| {
            let texts =
                ["&evil;", "&nbsp;", "&", "&#0;", "&#x110000;", "&#xD800;", "&amp", "&AMP;"];
            let text = random.pick(&texts);
            insert(s, n, random, text)
        },
    },
    Operator {
        name: "character reference in text",
        weight: 1,
        instances: |s| s.markup.runs.len(),
        make: |s, n, random| {
            let (range, character) = character_of(s, &s.markup.runs[n].range, random)?;
            let code = u32::from(character);
            let reference = match random.below(3) {
                0 => format!("&#{code};"),
                1 => format!("&#x{code:x};"),
                _ => format!("&#x000{code:X};"),
            };
            Some(Edits::replace(&range, reference))
        },
    },
    Operator {
        name: "CDATA section in text",
        weight: 1,
        instances: |s| s.markup.runs.len(),
        make: |s, n, random| {
            let (range, character) = character_of(s, &s.markup.runs[n].range, random)?;
            Some(Edits::replace(&range, format!("<![CDATA[{character}]]>")))
        },
    },
    Operator {
        name: "empty CDATA section in text",
        weight: 1,
        instances: |s| s.markup.runs.len() * 3,
        make: |s, n, random| insert(s, n, random, "<![CDATA[]]>"),
    },
    Operator {
        name: "white space in text",
        weight: 1,
        instances: |s| s.markup.runs.len() * 3,
        make: |s, n, random| {
            let text = random.pick(&[" ", "\n", "\t", "\r\n", "&#13;", "&#x20;", "\u{a0}"]);
            insert(s, n, random, text)
        },
    },
    Operator {
        name: "character in text",
        weight: 1,
        instances: |s| s.markup.runs.len() * 3,
        make: |s, n, random| {
            let texts = [
                "\u{200b}", "\u{202e}", "\u{feff}", "\0", "\u{b}", "\u{fffe}", "x", "]]>",
                "\u{301}",
            ];
            let text = random.pick(&texts);
            insert(s, n, random, text)
        },
    },
    Operator {
        name: "text changed",
        weight: 2,
        instances: |s| s.markup.runs.len() * CHANGES.len(),
        make: |s, n, _| {
            let (change, run) = split(n, CHANGES.len());
            let range = &s.markup.runs[run].range;
            Some(Edits::replace(range, CHANGES[change](s.markup.part(range))))
        },
    },
    Operator {
        name: "element in text",
        weight: 1,
        instances: |s| s.markup.runs.len() * 3,
        make: |s, n, random| {
            let text = random.pick(&["<x/>", "<b>x</b>", "<x xmlns=\"urn:x\"/>"]);
            insert(s, n, random, text)
        },
    },
    Operator {
        name: "something between elements",
        weight: 3,
        instances: |s| s.markup.elements.len() * 2 * BETWEEN.len(),
        make: |s, n, _| {
            let (what, rest) = split(n, BETWEEN.len());
            let (position, element) = split(rest, 2);
            let range = &s.markup.elements[element].range;
            Some(Edits::insert([range.start, range.end][position], BETWEEN[what]))
        },
    },
    Operator {
        name: "comment between elements",
        weight: 1,
        instances: |s| s.markup.elements.len() * 2,
        make: |s, n, _| {
            let (position, element) = split(n, 2);
            let range = &s.markup.elements[element].range;
            Some(Edits::insert([range.start, range.end][position], "<!-- c -->"))
        },
    },
    Operator {
        name: "white space between elements",
        weight: 1,
        instances: |s| s.markup.elements.len() * 2,
        make: |s, n, _| {
            let (position, element) = split(n, 2);
            let range = &s.markup.elements[element].range;
            Some(Edits::insert([range.start, range.end][position], "\n  "))
        },
    },
    Operator {
        name: "white space in base64",
        weight: 1,
        instances: |s| base64(s).len() * 4,
        make: |s, n, random| {
            let (position, run) = split(n, 4);
            let range = base64(s).swap_remove(run);
            let at = match position {
                0 => range.start,
                1 => range.end,
                _ => range.start + random.below(range.len()),
            };
            Some(Edits::insert(at, random.pick(&[" ", "\n", "\r\n", "\t", "&#xA;"])))
        },
    },
    Operator {
        name: "noise in base64",
        weight: 3,
        instances: |s| base64(s).len() * NOISE.len(),
        make: |s, n, random| {
            let (noise, run) = split(n, NOISE.len());
            let range = base64(s).swap_remove(run);
            let at = random.below(range.len());
            Some(Edits::replace(&range, NOISE[noise](s.markup.part(&range), at)?))
        },
    },
];

const BETWEEN: &[&str] = &[
    "x",
    "<?p?>",
    "<x/>",
    "<x xmlns=\"urn:x\" ID=\"_x\"/>",
    "&amp;",
    "<![CDATA[x]]>",
    "<![CDATA[]]>",
    "&evil;",
    "<!DOCTYPE x>",
    "<",
    "]]>",
    "\u{feff}",
];

const CHANGES: &[fn(&str) -> String] = &[
    |_| String::new(),
    |_| EVIL.to_owned(),
    |text| format!("{text}x"),
    |text| text.chars().rev().collect(),
    str::to_uppercase,
    str::to_lowercase,
    |text| text.chars().skip(1).collect(),
    |text| format!("{text}{text}"),
    |text| text.replace('a', "\u{430}"),
    |text| text.replace('.', "<x/>."),
];

/// Base64 text with something wrong with it; the position is inside.
const NOISE: &[fn(&str, usize) -> Option<String>] = &[
    |text, at| with(text, at, |c| if c == b'A' { 'B' } else { 'A' }),
    |text, at| with(text, at, |_| '-'),
    |text, at| with(text, at, |_| '_'),
    |text, at| with(text, at, |_| '='),
    |text, at| with(text, at, |_| '*'),
    |text, at| with(text, at, |_| '\u{e9}'),
    |text, _| Some(format!("{text}=")),
    |text, _| Some(format!("{text}AAAA")),
    |text, _| Some(format!("AAAA{text}")),
    |text, _| text.contains('=').then(|| text.replace('=', "")),
    |text, _| Some(text.replace('+', "-").replace('/', "_")),
    |text, at| text.get(..at).map(str::to_owned),
    |text, at| text.get(..at / 4 * 4).map(str::to_owned),
    |text, _| Some("A".repeat(text.len())),
    |_, _| Some(String::new()),
    |text, _| other_tail_bits(text),
    |text, _| Some(text.to_lowercase()),
];

fn with(text: &str, at: usize, change: fn(u8) -> char) -> Option<String> {
    let own = *text.as_bytes().get(at)?;
    Some(format!("{}{}{}", text.get(..at)?, change(own), text.get(at + 1..)?))
}

/// The last letter before padding with a bit set that no octet has.
fn other_tail_bits(text: &str) -> Option<String> {
    let at = text.find('=')?.checked_sub(1)?;
    with(text, at, |letter| match letter {
        b'Z' | b'z' | b'9' | b'/' => 'Y',
        other => char::from(other + 1),
    })
}

/// At the beginning, at the end, or in the middle: instance number by position and run.
fn insert(s: &Subject<'_>, n: usize, random: &mut Random, text: &str) -> Option<Edits> {
    let (run, position) = split(n, s.markup.runs.len());
    let range = &s.markup.runs.get(run)?.range;
    let at = match position {
        0 => character_of(s, range, random)?.0.start,
        1 => range.start,
        _ => range.end,
    };
    Some(Edits::insert(at, text))
}

/// One of the characters that stand for themselves.
fn character_of(
    s: &Subject<'_>,
    range: &Range<usize>,
    random: &mut Random,
) -> Option<(Range<usize>, char)> {
    let text = s.markup.part(range);
    if text.contains('&') || text.is_empty() {
        return None;
    }
    let all: Vec<(usize, char)> = text.char_indices().collect();
    let (at, character) = random.pick(&all);
    let start = range.start + at;
    Some((start..start + character.len_utf8(), character))
}

fn base64(s: &Subject<'_>) -> Vec<Range<usize>> {
    let names = ["SignatureValue", "DigestValue", "X509Certificate", "CipherValue"];
    let runs = s.markup.runs.iter().filter(|run| names.contains(&s.markup.local_name(run.parent)));
    runs.map(|run| run.range.clone()).collect()
}
