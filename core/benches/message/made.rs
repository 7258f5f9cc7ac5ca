//! Documents that are made: responses of every size, and those that cost most.

use std::fmt::Write as _;

use deskgate_core::limits::XmlLimits;

use super::Message;

/// Longest document that the parser takes for a message.
const MAX_BYTES: usize = XmlLimits::MESSAGE.max_bytes;

/// The stored response with so many bytes of groups more. Its signature no longer holds.
pub(crate) fn grown(bytes: usize) -> Message {
    let mut message = Message::read("entra-assertion-signed");
    let end_of_groups = message.xml.rfind("</AttributeValue></Attribute>").expect("a group");
    let mut groups = String::new();
    let mut number = 0;
    while message.xml.len() + groups.len() < bytes {
        number += 1;
        let _ = write!(
            groups,
            "</AttributeValue><AttributeValue>{number:08x}-1111-2222-3333-444444444444"
        );
    }
    message.xml.insert_str(end_of_groups, &groups);
    message.post_value = deskgate_core::base64::encode(message.xml.as_bytes());
    message
}

/// Makes a document.
type Make = fn() -> String;

/// As much as the limits of the parser let a message have of what is looked at in a loop.
pub(crate) const WORST: [(&str, Make); 11] = [
    ("deepest", || {
        let deep = format!("{}{}", "<a>".repeat(31), "</a>".repeat(31));
        repeated("<a>", &deep, "</a>")
    }),
    ("most elements", || {
        // A piece of text in each, so that the limit on elements is met with the last byte.
        let text = "t".repeat(MAX_BYTES / 10_000 - "<b></b>".len());
        repeated("<a>", &format!("<b>{text}</b>"), "</a>")
    }),
    ("most attributes", || {
        // In no order: what is in order or in reverse may be sorted at once.
        let attributes: String = (0..64).map(|n| format!(" a{}=\"\"", n * 23 % 64)).collect();
        repeated("<a>", &format!("<b{attributes}/>"), "</a>")
    }),
    ("most namespaces", || repeated("<a>", &format!("<b{}/>", declarations(0)), "</a>")),
    ("most used namespaces", || {
        let uses: String = (0..32).map(|n| format!("<p{n}:c p{}:d=\"\"/>", 31 - n)).collect();
        repeated("<a>", &format!("<b{}>{uses}</b>", declarations(0)), "</a>")
    }),
    ("longest namespaces", || {
        let long = "u".repeat(XmlLimits::MESSAGE.max_namespace_bytes - "urn:00".len());
        let declared: String =
            (0..32).map(|n| format!(" xmlns:p{n}=\"urn:{long}{n:02}\" p{n}:u=\"\"")).collect();
        let attributes: String = (0..64).map(|n| format!(" p{}:a{n}=\"\"", n * 7 % 32)).collect();
        repeated(&format!("<a{declared}>"), &format!("<b{attributes}/>"), "</a>")
    }),
    ("longest names beside each other", || {
        let attributes: String =
            (0..64).map(|n| format!(" attribute{:02}=\"\"", n * 23 % 64)).collect();
        repeated("<a>", &format!("<b{attributes}/>"), "</a>")
    }),
    ("most namespaces in scope", || {
        let (before, after) = in_scope();
        repeated(&before, "<p0:b></p0:b>", &after)
    }),
    ("most prefixed attributes", || {
        let (before, after) = in_scope();
        let attributes: String = (0..64).map(|n| format!(" p{}:a=\"\"", n * 23 % 64)).collect();
        repeated(&before, &format!("<b{attributes}/>"), &after)
    }),
    ("longest names", || {
        let name = "n".repeat(MAX_BYTES / 8);
        repeated("<a>", &format!("<{name}></{name}>"), "</a>")
    }),
    ("most references", || repeated("<a>", "<b>&#xD;&lt;&amp;</b>", "</a>")),
];

/// As often as elements and bytes allow.
fn repeated(before: &str, piece: &str, after: &str) -> String {
    let elements = piece.matches('<').count() - piece.matches("</").count();
    let by_bytes = (MAX_BYTES - before.len() - after.len()) / piece.len();
    format!("{before}{}{after}", piece.repeat(by_bytes.min(9_990 / elements)))
}

fn declarations(from: usize) -> String {
    (from..from + 32).map(|n| format!(" xmlns:p{n}=\"urn:{n}\"")).collect()
}

/// 64 declarations around what is inside, and a use of each, which puts it into the canonical form.
fn in_scope() -> (String, String) {
    let uses = |from| (from..from + 32).map(|n| format!(" p{n}:u=\"\"")).collect::<String>();
    let open = [0, 32].map(|from| format!("<a{}{}>", declarations(from), uses(from)));
    (open.concat(), "</a>".repeat(2))
}
