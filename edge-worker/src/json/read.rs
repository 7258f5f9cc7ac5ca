use serde_json::Value;

/// What did not fit while a value was read. Reading goes on, with something in its place that nobody gets to
/// see: a way out of every member of every type would be most of the code.
#[derive(Debug, Default)]
pub(crate) struct Misfits(bool);

impl Misfits {
    /// Whether everything fitted.
    pub(super) const fn none(&self) -> bool {
        !self.0
    }

    pub(crate) const fn add(&mut self) {
        self.0 = true;
    }

    /// What was found, or what takes its place.
    pub(crate) fn unless<T>(&mut self, found: Option<T>, other: T) -> T {
        self.0 |= found.is_none();
        found.unwrap_or(other)
    }
}

/// A type that is read from JSON.
pub(crate) trait FromJson: Sized {
    /// What does not fit is noted.
    fn from_json(value: &Value, misfits: &mut Misfits) -> Self;
}

/// A member of an object; where it is missing, it is read from null.
#[inline(never)]
pub(crate) fn member<T: FromJson>(of: &Value, name: &str, misfits: &mut Misfits) -> T {
    T::from_json(find(of, name).unwrap_or(&Value::Null), misfits)
}

/// A member of an object that may be missing.
pub(crate) fn member_or_default<T: FromJson + Default>(
    of: &Value,
    name: &str,
    misfits: &mut Misfits,
) -> T {
    find(of, name).map_or_else(T::default, |value| T::from_json(value, misfits))
}

#[inline(never)]
fn find<'v>(of: &'v Value, name: &str) -> Option<&'v Value> {
    of.get(name)
}

/// A value that has to be an object.
pub(crate) fn object_of<'v>(value: &'v Value, misfits: &mut Misfits) -> &'v Value {
    misfits.0 |= !value.is_object();
    value
}

/// The name of a variant without content, or an object with the name and the content.
pub(crate) fn variant_of(value: &Value) -> (&str, Option<&Value>) {
    match value {
        Value::String(name) => (name, None),
        Value::Object(members) => {
            let mut members = members.iter();
            match (members.next(), members.next()) {
                (Some((name, content)), None) => (name, Some(content)),
                _ => ("", None),
            }
        }
        _ => ("", None),
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl FromJson for $number {
            fn from_json(value: &Value, misfits: &mut Misfits) -> Self {
                misfits.unless(value.as_u64().and_then(|number| number.try_into().ok()), 0)
            }
        })*
    };
}

numbers! { u16 u32 u64 usize }

impl FromJson for bool {
    fn from_json(value: &Value, misfits: &mut Misfits) -> Self {
        misfits.unless(value.as_bool(), false)
    }
}

impl FromJson for String {
    fn from_json(value: &Value, misfits: &mut Misfits) -> Self {
        misfits.unless(value.as_str(), "").to_owned()
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: &Value, misfits: &mut Misfits) -> Self {
        if value.is_null() { None } else { Some(T::from_json(value, misfits)) }
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn from_json(value: &Value, misfits: &mut Misfits) -> Self {
        Self::new(T::from_json(value, misfits))
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: &Value, misfits: &mut Misfits) -> Self {
        let entries = misfits.unless(value.as_array().map(Vec::as_slice), &[]);
        entries.iter().map(|entry| T::from_json(entry, misfits)).collect()
    }
}
