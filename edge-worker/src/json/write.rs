use serde_json::Value;

/// A type that is written as JSON.
pub(crate) trait ToJson {
    /// Appends the value to `text`.
    fn to_json(&self, text: &mut String);

    /// Whether there is nothing to write, where a member may be left out then.
    fn is_nothing(&self) -> bool {
        false
    }
}

/// What is JSON already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written(pub(crate) String);

impl ToJson for Written {
    fn to_json(&self, text: &mut String) {
        text.push_str(&self.0);
    }
}

/// An object that is being written.
#[derive(Debug)]
pub(crate) struct Members<'t> {
    text: &'t mut String,
    is_first: bool,
    close: &'static str,
}

impl<'t> Members<'t> {
    pub(crate) fn open(text: &'t mut String) -> Self {
        text.push('{');
        Self { text, is_first: true, close: "}" }
    }

    /// The content of a variant.
    pub(crate) fn of_variant(name: &str, text: &'t mut String) -> Self {
        open_variant(name, text);
        Self { close: "}}", ..Self::open(text) }
    }

    pub(crate) fn add(&mut self, name: &str, value: &(impl ToJson + ?Sized)) {
        self.name(name);
        value.to_json(self.text);
    }

    /// Leaves out what is nothing.
    pub(crate) fn add_some(&mut self, name: &str, value: &(impl ToJson + ?Sized)) {
        if !value.is_nothing() {
            self.add(name, value);
        }
    }

    fn name(&mut self, name: &str) {
        if !core::mem::replace(&mut self.is_first, false) {
            self.text.push(',');
        }
        quote(name, self.text);
        self.text.push(':');
    }

    pub(crate) fn close(self) {
        self.text.push_str(self.close);
    }
}

pub(super) fn open_variant(name: &str, text: &mut String) {
    text.push('{');
    quote(name, text);
    text.push(':');
}

/// RFC 8259, section 7.
pub(crate) fn quote(value: &str, text: &mut String) {
    text.push('"');
    let mut rest = value;
    while let Some((plain, after)) = rest
        .bytes()
        .position(|byte| matches!(byte, 0..0x20 | b'"' | b'\\'))
        .and_then(|at| rest.split_at_checked(at))
    {
        text.push_str(plain);
        let Some((escaped, after)) = after.split_at_checked(1) else { break };
        match escaped {
            "\n" => text.push_str("\\n"),
            "\r" => text.push_str("\\r"),
            "\t" => text.push_str("\\t"),
            "\"" | "\\" => {
                text.push('\\');
                text.push_str(escaped);
            }
            control => {
                const DIGITS: [char; 16] = [
                    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
                ];
                text.push_str("\\u00");
                for byte in control.bytes() {
                    text.push(DIGITS[usize::from(byte >> 4)]);
                    text.push(DIGITS[usize::from(byte & 0xf)]);
                }
            }
        }
        rest = after;
    }
    text.push_str(rest);
    text.push('"');
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl ToJson for $number {
            fn to_json(&self, text: &mut String) {
                text.push_str(&self.to_string());
            }
        })*
    };
}

numbers! { u16 u32 u64 usize }

impl ToJson for bool {
    fn to_json(&self, text: &mut String) {
        text.push_str(if *self { "true" } else { "false" });
    }
}

impl ToJson for str {
    fn to_json(&self, text: &mut String) {
        quote(self, text);
    }
}

impl ToJson for String {
    fn to_json(&self, text: &mut String) {
        quote(self, text);
    }
}

impl ToJson for Value {
    fn to_json(&self, text: &mut String) {
        text.push_str(&self.to_string());
    }
}

impl<T: ToJson + ?Sized> ToJson for &T {
    fn to_json(&self, text: &mut String) {
        (**self).to_json(text);
    }
}

impl<T: ToJson> ToJson for Box<T> {
    fn to_json(&self, text: &mut String) {
        (**self).to_json(text);
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn to_json(&self, text: &mut String) {
        match self {
            Some(value) => value.to_json(text),
            None => text.push_str("null"),
        }
    }

    fn is_nothing(&self) -> bool {
        self.is_none()
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn to_json(&self, text: &mut String) {
        self.as_slice().to_json(text);
    }

    fn is_nothing(&self) -> bool {
        self.is_empty()
    }
}

impl<T: ToJson> ToJson for [T] {
    fn to_json(&self, text: &mut String) {
        text.push('[');
        for (at, entry) in self.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            entry.to_json(text);
        }
        text.push(']');
    }
}

impl<A: ToJson, B: ToJson> ToJson for (A, B) {
    fn to_json(&self, text: &mut String) {
        text.push('[');
        self.0.to_json(text);
        text.push(',');
        self.1.to_json(text);
        text.push(']');
    }
}
