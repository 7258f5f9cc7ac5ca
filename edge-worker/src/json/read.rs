use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::{Map, Value, map};

use super::Unfit;

/// Gives a value to whoever knows its type.
#[derive(Clone, Copy)]
pub(super) struct Source<'v>(pub(super) &'v Value);

/// What a type asks for, if the value is that.
macro_rules! give {
    ($($asked:ident => $value:ident: $read:expr, $visit:ident;)*) => {
        $(fn $asked<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Unfit> {
            let $value = self.0;
            visitor.$visit($read.ok_or(Unfit)?)
        })*
    };
}

/// What none of our types ask for.
macro_rules! never {
    ($($asked:ident)*) => {
        $(fn $asked<V: Visitor<'v>>(self, _: V) -> Result<V::Value, Unfit> {
            Err(Unfit)
        })*
    };
}

impl<'v> Deserializer<'v> for Source<'v> {
    type Error = Unfit;

    give! {
        deserialize_bool => value: value.as_bool(), visit_bool;
        deserialize_i64 => value: value.as_i64(), visit_i64;
        deserialize_u8 => value: value.as_u64(), visit_u64;
        deserialize_u16 => value: value.as_u64(), visit_u64;
        deserialize_u32 => value: value.as_u64(), visit_u64;
        deserialize_u64 => value: value.as_u64(), visit_u64;
        deserialize_str => value: value.as_str(), visit_borrowed_str;
        deserialize_string => value: value.as_str(), visit_borrowed_str;
        deserialize_identifier => value: value.as_str(), visit_borrowed_str;
        deserialize_seq => value: value.as_array().map(|entries| Entries(entries.iter())), visit_seq;
        deserialize_map => value: value.as_object().map(Members::of), visit_map;
    }

    never! {
        deserialize_any deserialize_i8 deserialize_i16 deserialize_i32 deserialize_f32
        deserialize_f64 deserialize_char deserialize_bytes deserialize_byte_buf deserialize_unit
    }

    fn deserialize_option<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'v>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'v>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_tuple<V: Visitor<'v>>(self, _: usize, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'v>>(
        self,
        _: &'static str,
        _: usize,
        _: V,
    ) -> Result<V::Value, Unfit> {
        Err(Unfit)
    }

    fn deserialize_unit_struct<V: Visitor<'v>>(
        self,
        _: &'static str,
        _: V,
    ) -> Result<V::Value, Unfit> {
        Err(Unfit)
    }

    /// The name of a variant without content, or an object with the name and the content.
    fn deserialize_enum<V: Visitor<'v>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(Variant { name, content: None }),
            Value::Object(members) => {
                let mut members = members.iter();
                match (members.next(), members.next()) {
                    (Some((name, content)), None) => {
                        visitor.visit_enum(Variant { name, content: Some(content) })
                    }
                    _ => Err(Unfit),
                }
            }
            _ => Err(Unfit),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_unit()
    }
}

/// The name of a field or of a variant.
struct Name<'v>(&'v str);

impl<'v> Deserializer<'v> for Name<'v> {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'v>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_borrowed_str(self.0)
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'v>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Entries<'v>(core::slice::Iter<'v, Value>);

impl<'v> SeqAccess<'v> for Entries<'v> {
    type Error = Unfit;

    fn next_element_seed<T: DeserializeSeed<'v>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unfit> {
        self.0.next().map(|value| seed.deserialize(Source(value))).transpose()
    }
}

struct Members<'v> {
    rest: map::Iter<'v>,
    value: Option<&'v Value>,
}

impl<'v> Members<'v> {
    fn of(members: &'v Map<String, Value>) -> Self {
        Self { rest: members.iter(), value: None }
    }
}

impl<'v> MapAccess<'v> for Members<'v> {
    type Error = Unfit;

    fn next_key_seed<K: DeserializeSeed<'v>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unfit> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(Name(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'v>>(&mut self, seed: T) -> Result<T::Value, Unfit> {
        seed.deserialize(Source(self.value.take().ok_or(Unfit)?))
    }
}

struct Variant<'v> {
    name: &'v str,
    content: Option<&'v Value>,
}

impl<'v> EnumAccess<'v> for Variant<'v> {
    type Error = Unfit;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'v>>(self, seed: T) -> Result<(T::Value, Self), Unfit> {
        Ok((seed.deserialize(Name(self.name))?, self))
    }
}

impl<'v> VariantAccess<'v> for Variant<'v> {
    type Error = Unfit;

    fn unit_variant(self) -> Result<(), Unfit> {
        if self.content.is_none() { Ok(()) } else { Err(Unfit) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'v>>(self, seed: T) -> Result<T::Value, Unfit> {
        seed.deserialize(Source(self.content.ok_or(Unfit)?))
    }

    fn tuple_variant<V: Visitor<'v>>(self, _: usize, _: V) -> Result<V::Value, Unfit> {
        Err(Unfit)
    }

    fn struct_variant<V: Visitor<'v>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        Source(self.content.ok_or(Unfit)?).deserialize_map(visitor)
    }
}
