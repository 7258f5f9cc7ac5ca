//! Which changes an accepted mutant may have, and why they do no harm: a closed list.

use super::edits::Place;
use super::judge::Effect;

/// Operators that change nothing that counts.
#[derive(Debug)]
pub(super) struct Row {
    /// `None`: anywhere, where the document says the same as before.
    pub(super) place: Option<Place>,
    pub(super) operators: &'static [&'static str],
    /// The same, but so rare that a full run without one is no surprise.
    pub(super) rarely: Rarely,
    pub(super) why: &'static str,
}

/// Rare operators of a row.
#[derive(Debug)]
pub(super) enum Rarely {
    /// Any: nobody reads what stands there, whatever it is.
    Any,
    These(&'static [&'static str]),
}

impl Rarely {
    const NONE: Self = Self::These(&[]);

    fn has(&self, operator: &str) -> bool {
        match self {
            Self::Any => true,
            Self::These(these) => these.contains(&operator),
        }
    }
}

pub(super) const ROWS: &[Row] = &[
    Row {
        place: None,
        operators: &[
            "CDATA section in text",
            "attributes in another order",
            "character reference in an attribute",
            "character reference in text",
            "comment between elements",
            "comment in text",
            "element written as two tags or one",
            "empty CDATA section in text",
            "harmless prolog",
            "other quotes",
            "white space in a tag",
        ],
        rarely: Rarely::These(&["malformed comment in text", "text changed"]),
        why: "written otherwise: canonicalization and we read the same from it, comments do not split text",
    },
    Row {
        place: None,
        operators: &[
            "attribute moved to another element",
            "attribute removed",
            "default namespace declared or undeclared",
            "namespace declared again as it is",
            "namespace declared that nobody uses",
            "namespaces declared on the root",
            "prefix bound to another namespace",
        ],
        rarely: Rarely::These(&["attribute changed"]),
        why: "a declaration that no name uses, or of the same namespace: every name stays what it was, and no \
              rule reads a prefix in a value",
    },
    Row {
        place: None,
        operators: &[
            "element moved",
            "elements swapped",
            "part of the attacker's own response",
            "something between elements",
            "white space between elements",
        ],
        rarely: Rarely::These(&["ID on another element"]),
        why: "put where the same stood or taken away by the other change, white space around the root, or an \
              empty CDATA section",
    },
    Row {
        place: Some(Place::Signed),
        operators: &["part of the attacker's own response"],
        rarely: Rarely::NONE,
        why: "a whole signed element of the attacker's own response: it signs in the attacker, as it does alone",
    },
    Row {
        place: Some(Place::Signed),
        operators: &[],
        rarely: Rarely::These(&["element moved"]),
        why: "the whole signed element, moved past white space that nobody signed",
    },
    Row {
        place: Some(Place::Signed),
        operators: &[],
        rarely: Rarely::These(&["attribute added", "attribute moved to another element"]),
        why: "an attribute that one change added, and the other moved into KeyInfo, which nobody signed",
    },
    Row {
        place: Some(Place::SignedInfo),
        operators: &[],
        rarely: Rarely::These(&["element moved"]),
        why: "the whole SignedInfo, moved past white space of the Signature, which nobody signed",
    },
    Row {
        place: Some(Place::SignedInfo),
        operators: &[],
        rarely: Rarely::These(&[
            "attribute moved to another element",
            "part of the attacker's own response",
        ]),
        why: "the SignedInfo of the same response put in place of the changed one",
    },
    Row {
        place: Some(Place::Response),
        operators: &[],
        rarely: Rarely::These(&["algorithm changed"]),
        why: "rsa-oaep-mgf1p and rsa-oaep without parameters are two names of one algorithm",
    },
    Row {
        place: Some(Place::KeyInfo),
        operators: &[
            "ID on another element",
            "KeyInfo of the attacker's",
            "another ID on another element",
            "attribute added",
            "character in text",
            "content removed",
            "element copied",
            "element in text",
            "element moved",
            "element nested deeply",
            "element removed",
            "element renamed",
            "element unwrapped",
            "element with another prefix",
            "element wrapped",
            "noise in base64",
            "prefix bound to another namespace",
            "prefix renamed",
            "signature wrapping: evil copy added",
            "something between elements",
            "statement of the attacker's added",
            "text changed",
            "text goes on after a comment",
            "white space between elements",
            "white space in base64",
            "white space in text",
        ],
        rarely: Rarely::Any,
        why: "KeyInfo is not signed and never asked for a key; what stands in it is read by nobody",
    },
    Row {
        place: Some(Place::Extension),
        operators: &["text changed", "white space in text"],
        rarely: Rarely::Any,
        why: "Extensions, StatusMessage and StatusDetail may hold anything; no signature covers them here, and \
              nobody looks into them",
    },
    Row {
        place: Some(Place::Signature),
        operators: &["ECDSA with the other s"],
        rarely: Rarely::NONE,
        why: "(r, n - s) is a signature of the same key over the same octets, and nothing is remembered by \
              signature: the replay key is the ID of the assertion",
    },
    Row {
        place: Some(Place::Signature),
        operators: &[
            "white space between elements",
            "white space in base64",
            "white space in text",
        ],
        rarely: Rarely::These(&[
            "CDATA section in text",
            "character reference in text",
            "comment in text",
            "empty CDATA section in text",
            "something between elements",
            "text changed",
        ]),
        why: "white space in base64 and between the parts of a Signature means nothing, and the enveloped \
              Signature is not part of what it signs",
    },
    Row {
        place: Some(Place::Signature),
        operators: &[
            "ID changed",
            "ID removed",
            "another ID on another element",
            "attribute added",
            "attribute changed",
            "prefix renamed",
        ],
        rarely: Rarely::These(&[
            "ID and Reference changed together",
            "ID on another element",
            "attribute moved to another element",
            "attribute removed",
            "attribute with a prefix",
            "IDs swapped",
        ]),
        why: "the Id of a Signature and attributes of other namespaces on it are read by nobody, and prefixes \
              outside of SignedInfo are not signed",
    },
    Row {
        place: Some(Place::Signature),
        operators: &["element removed", "element wrapped"],
        rarely: Rarely::These(&["element moved", "element copied"]),
        why: "KeyInfo may be absent or hold anything; without the Signature of the Response that of the \
              Assertion is left, where the connection asks for either",
    },
    Row {
        place: Some(Place::Response),
        operators: &["ID and Reference changed together", "ID changed"],
        rarely: Rarely::NONE,
        why: "no signature covers this Response: its ID is shown in the audit log and decides nothing",
    },
    Row {
        place: Some(Place::Response),
        operators: &[
            "another ID on another element",
            "attribute added",
            "attribute changed",
            "attribute removed",
            "attribute with a prefix",
            "element removed",
            "prefix renamed",
            "time changed",
            "white space between elements",
            "white space in text",
        ],
        rarely: Rarely::These(&[
            "ID on another element",
            "ID removed",
            "IDs swapped",
            "CDATA section in text",
            "attribute in another case",
            "attribute moved to another element",
            "character reference in text",
            "comment in text",
            "element moved",
            "empty CDATA section in text",
            "something between elements",
            "text changed",
            "white space in base64",
        ]),
        why: "no signature covers this Response: what it says may refuse, never accept, and who it is about, \
              for whom and in answer to what is read from the signed Assertion",
    },
    Row {
        place: Some(Place::Response),
        operators: &[
            "element wrapped",
            "part of the attacker's own response",
            "signature wrapping: evil copy added",
            "statement of the attacker's added",
        ],
        rarely: Rarely::These(&[
            "element copied",
            "element in text",
            "element renamed",
            "part of a signature doubled",
        ]),
        why: "Extensions, StatusDetail and KeyInfo may be added to and hold anything, what the attacker's own Response \
              says outside of its Assertion is the same, and of several encrypted keys any that opens the \
              ciphertext will do",
    },
];

impl Row {
    pub(super) fn has(&self, effect: Effect) -> bool {
        let place = (!effect.is_spelling).then_some(effect.kind.place);
        self.place == place
            && (self.operators.contains(&effect.kind.operator)
                || self.rarely.has(effect.kind.operator))
    }
}

/// Why it is harmless; `None` for what is not on the list.
pub(super) fn why(effect: Effect) -> Option<&'static str> {
    ROWS.iter().find(|row| row.has(effect)).map(|row| row.why)
}
