use serde::Serialize;
use serde::ser::{
    Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, Serializer,
};
use serde_json::Number;

use super::Unfit;

/// Where the text goes.
pub(super) struct Target<'t>(pub(super) &'t mut String);

/// What none of our types are.
macro_rules! never {
    ($($method:ident: $type:ty;)*) => {
        $(fn $method(self, _: $type) -> Result<(), Unfit> {
            Err(Unfit)
        })*
    };
}

impl<'t> Serializer for Target<'t> {
    type Ok = ();
    type Error = Unfit;
    type SerializeSeq = List<'t>;
    type SerializeTuple = List<'t>;
    type SerializeTupleStruct = Impossible<(), Unfit>;
    type SerializeTupleVariant = Impossible<(), Unfit>;
    type SerializeMap = Members<'t>;
    type SerializeStruct = Members<'t>;
    type SerializeStructVariant = Members<'t>;

    never! {
        serialize_f32: f32;
        serialize_char: char;
        serialize_bytes: &[u8];
        serialize_unit_struct: &'static str;
    }

    fn serialize_bool(self, value: bool) -> Result<(), Unfit> {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Unfit> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Unfit> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Unfit> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Unfit> {
        if value < 0 {
            self.0.push('-');
        }
        self.serialize_u64(value.unsigned_abs())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Unfit> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Unfit> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Unfit> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Unfit> {
        self.0.push_str(&value.to_string());
        Ok(())
    }

    /// Numbers of settings may have a fraction, which no rule of ours takes.
    fn serialize_f64(self, value: f64) -> Result<(), Unfit> {
        match Number::from_f64(value) {
            Some(number) => self.0.push_str(&number.to_string()),
            None => self.0.push_str("null"),
        }
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), Unfit> {
        quote(text, self.0);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Unfit> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unfit> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unfit> {
        self.0.push_str("null");
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Unfit> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        open_variant(variant, self.0);
        value.serialize(Target(self.0))?;
        self.0.push('}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'t>, Unfit> {
        self.0.push('[');
        Ok(List { text: self.0, is_first: true })
    }

    fn serialize_tuple(self, length: usize) -> Result<List<'t>, Unfit> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Unfit> {
        Err(Unfit)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unfit> {
        Err(Unfit)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'t>, Unfit> {
        self.0.push('{');
        Ok(Members { text: self.0, is_first: true, close: "}" })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Members<'t>, Unfit> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Members<'t>, Unfit> {
        open_variant(variant, self.0);
        self.0.push('{');
        Ok(Members { text: self.0, is_first: true, close: "}}" })
    }
}

fn open_variant(name: &str, text: &mut String) {
    text.push('{');
    quote(name, text);
    text.push(':');
}

/// RFC 8259, section 7.
fn quote(value: &str, text: &mut String) {
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

/// A list that is being written.
pub(super) struct List<'t> {
    text: &'t mut String,
    is_first: bool,
}

impl List<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
        comma(&mut self.is_first, self.text);
        value.serialize(Target(self.text))
    }

    fn close(self) {
        self.text.push(']');
    }
}

/// An object that is being written.
pub(super) struct Members<'t> {
    text: &'t mut String,
    is_first: bool,
    close: &'static str,
}

impl Members<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Unfit> {
        comma(&mut self.is_first, self.text);
        quote(name, self.text);
        self.text.push(':');
        value.serialize(Target(self.text))
    }

    fn close(self) {
        self.text.push_str(self.close);
    }
}

fn comma(is_first: &mut bool, text: &mut String) {
    if !core::mem::replace(is_first, false) {
        text.push(',');
    }
}

impl SerializeSeq for List<'_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
        self.add(value)
    }

    fn end(self) -> Result<(), Unfit> {
        self.close();
        Ok(())
    }
}

impl SerializeTuple for List<'_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
        self.add(value)
    }

    fn end(self) -> Result<(), Unfit> {
        self.close();
        Ok(())
    }
}

impl SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Unfit;

    /// The key of a map is written as a value: all of ours are strings.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), Unfit> {
        comma(&mut self.is_first, self.text);
        name.serialize(Target(self.text))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
        self.text.push(':');
        value.serialize(Target(self.text))
    }

    fn end(self) -> Result<(), Unfit> {
        self.close();
        Ok(())
    }
}

impl SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        self.add(name, value)
    }

    fn end(self) -> Result<(), Unfit> {
        self.close();
        Ok(())
    }
}

impl SerializeStructVariant for Members<'_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        self.add(name, value)
    }

    fn end(self) -> Result<(), Unfit> {
        self.close();
        Ok(())
    }
}
