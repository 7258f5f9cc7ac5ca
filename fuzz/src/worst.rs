//! Inputs made to be expensive: as many as possible of whatever is looked at in a loop.

use deskgate_core::base64;

use crate::Target;
use crate::seeds;
use crate::targets::logout;

/// Of nearly `bytes` bytes. The longer they are, the more a cost stands out that grows with the square of
/// the length.
#[must_use]
pub fn of(target: &Target, bytes: usize) -> Vec<Vec<u8>> {
    let room = bytes - 1024;
    let texts = match target.name {
        "parse" | "dsig" => documents(room),
        "canonicalize" => {
            let choices = [0u8, 1, 2, 4, 8, 0x10, 0x11, 0x12];
            let documents = documents(room);
            return choices
                .iter()
                .flat_map(|&choice| {
                    documents.iter().map(move |xml| [&[choice], xml.as_bytes()].concat())
                })
                .collect();
        }
        "logout" => [documents(room), logouts(room)].concat(),
        "response" | "rules" => [documents(room), responses(room)].concat(),
        "metadata" => [documents(room), metadata(room)].concat(),
        "certificate" => vec![
            repeat("", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "", room),
            repeat("", "-----BEGIN A-----\n", "", room),
            repeat("", "\n", "AAAA", room),
        ],
        "inflate" => vec![repeat("", "A", "", room / 4 * 4), repeat("", "\n", "AAAA", room)],
        "redirect" => vec![
            repeat("SAMLRequest=a", "&a", "", room),
            repeat("SAMLRequest=", "%41", "&SigAlg=a&Signature=a", room),
        ],
        "jws" => vec![repeat("", ".", "", room), repeat("a.", "a", ".a", room)],
        "jwks" => vec![
            repeat("{\"keys\":[", "{},", "{}]}", room),
            repeat("{\"keys\":[", "{\"kty\":\"a\"},", "{}]}", room),
            repeat("{\"keys\":[", "[", "", room),
            repeat("{\"keys\":[{\"kty\":\"", "\\u0041", "\"}]}", room),
        ],
        "claims" => vec![
            repeat("{\"a\":[", "0,", "0]}", room / 2),
            repeat("{\"identity\":{\"groups\":[", "\"\",", "\"\"]}}", room / 2),
        ],
        "cookie" => vec![
            repeat("", ";", "", room),
            repeat("", "%2d;", "", room),
            repeat("a", " ", "=", room),
            repeat("", "a=b;", "__Host-deskgate=a", room),
        ],
        "return_target" => vec![repeat("/", "a/", "", room), repeat("/", "%41", "", room)],
        "settings" => vec![
            repeat("{\"public_paths\":[", "\"/a\",", "\"/b\"]}", room),
            repeat("{\"connections\":[", "{},", "{}]}", room),
        ],
        _ => Vec::new(),
    };
    texts.into_iter().map(String::into_bytes).collect()
}

fn repeat(before: &str, piece: &str, after: &str, room: usize) -> String {
    let count = room.saturating_sub(before.len() + after.len()) / piece.len();
    format!("{before}{}{after}", piece.repeat(count))
}

fn documents(room: usize) -> Vec<String> {
    let declarations = |from: usize| -> String {
        (from..from + 32).map(|n| format!(" xmlns:p{n}=\"urn:{n}\"")).collect()
    };
    let in_scope = format!(
        "<a{}><a{}><a{}><a{}>",
        declarations(0),
        declarations(32),
        declarations(64),
        declarations(96)
    );
    let close = "</a></a></a></a>";
    let attributes: String = (0..64).rev().map(|n| format!(" a{n}=\"\"")).collect();
    let prefixed: String = (0..60).rev().map(|n| format!(" p{}:a=\"\"", n % 128)).collect();
    let deep = format!("{}{}", "<a>".repeat(28), "</a>".repeat(28));
    vec![
        repeat("<a>", "<b/>", "</a>", room),
        repeat(&in_scope, "<b/>", close, room),
        repeat(&in_scope, "<p0:b/>", close, room),
        repeat(&in_scope, "<p127:b/>", close, room),
        repeat(&in_scope, "<p0:b xmlns:p0=\"urn:x\"/>", close, room),
        repeat(&in_scope, &format!("<p9:b{prefixed}/>"), close, room),
        repeat(&in_scope, &deep, close, room),
        repeat("<a>", "<b xmlns=\"\"/>", "</a>", room),
        repeat("<a>", &format!("<b{attributes}/>"), "</a>", room),
        repeat("<a>", &format!("<b{}/>", declarations(0)), "</a>", room),
        repeat("<a>", "&lt;", "</a>", room),
        repeat("<a>", "&#xD;", "</a>", room),
        repeat("<a b=\"", "&#9;", "\"/>", room),
        repeat("<a>", "<!---->", "</a>", room),
        repeat("<a>", "<?b?>", "</a>", room),
        repeat("<a>", "<![CDATA[]]>", "</a>", room),
        repeat("<a>", "\r", "</a>", room),
        repeat("<a>", "]", "</a>", room),
        repeat("<a>", "\u{1f642}", "</a>", room),
        repeat("<a>", "<b ID=\"i\"/>", "</a>", room),
        repeat("<a xml:base=\"http://a/", "a/../", "\"><b xml:base=\"../c\"/></a>", room),
        repeat("<a xml:lang=\"a\" xml:space=\"b\"><b>", "<c/>", "</b></a>", room),
        repeat("<a ", "b", "/>", room),
        repeat("<a", " ", "/>", room),
        repeat("<a>", "<b>", "", room),
    ]
}

/// A response of the vectors with many of each of its parts.
fn responses(room: usize) -> Vec<String> {
    let response = seeds::vector("responses/entra-assertion-signed.xml");
    let response = seeds::believed(&response);
    let room = room.saturating_sub(response.len());
    let more = |before: &str, piece: &str| {
        let at = response.find(before).map_or(response.len(), |at| at);
        let inserted = repeat("", piece, "", room);
        format!("{}{inserted}{}", &response[..at], &response[at..])
    };
    let statement = "<AttributeStatement><Attribute Name=\"a\"><AttributeValue>b</AttributeValue>\
                     </Attribute></AttributeStatement>";
    let confirmation = "<SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"/>";
    vec![
        more("<AttributeStatement", statement),
        more("</AttributeStatement", "<Attribute Name=\"a\"/>"),
        more("</AttributeStatement", "<Attribute Name=\"a\"><AttributeValue/></Attribute>"),
        more("</Attribute>", "<AttributeValue>b</AttributeValue>"),
        more("</Subject>", confirmation),
        more("</AudienceRestriction>", "<Audience>urn:a</Audience>"),
        more("</Conditions>", "<AudienceRestriction><Audience>a</Audience></AudienceRestriction>"),
        more("<AttributeStatement", "<AuthnStatement AuthnInstant=\"2026-11-21T12:00:00Z\"/>"),
        more("<Assertion", "<Assertion/>"),
        more("<Assertion", "<EncryptedAssertion/>"),
        more("</Signature>", "<Object/>"),
        more("</Transforms>", "<Transform Algorithm=\"a\"/>"),
        more("</SignatureValue>", "\n"),
    ]
}

/// A request with many indexes of sessions, and one with a long name.
fn logouts(room: usize) -> Vec<String> {
    let seed = logout::seeds().remove(0);
    let request = String::from_utf8_lossy(&seed);
    ["<samlp:SessionIndex>a</samlp:SessionIndex>", "<a/>"]
        .map(|piece| {
            let inserted = repeat("", piece, "", room.saturating_sub(request.len()));
            request.replace("<samlp:SessionIndex>", &format!("{inserted}<samlp:SessionIndex>"))
        })
        .to_vec()
}

fn metadata(room: usize) -> Vec<String> {
    let open = "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"a\">\
                <IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">";
    let close = "</IDPSSODescriptor></EntityDescriptor>";
    let several = "<EntitiesDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\">";
    let certificate = format!(
        "<KeyDescriptor><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data>\
         <X509Certificate>{}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>",
        base64::encode(&[48, 0])
    );
    vec![
        repeat(open, "<KeyDescriptor/>", close, room),
        repeat(open, &certificate, close, room),
        repeat(open, "<SingleSignOnService Binding=\"a\" Location=\"b\"/>", close, room),
        repeat(open, "<NameIDFormat>a</NameIDFormat>", close, room),
        repeat(several, "<EntityDescriptor entityID=\"a\"/>", "</EntitiesDescriptor>", room),
        repeat(several, "<EntitiesDescriptor/>", "</EntitiesDescriptor>", room),
    ]
}
