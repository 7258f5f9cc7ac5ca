/// An object with these members. Those after the semicolon are left out when they are nothing, and may be
/// missing.
macro_rules! object {
    ($type:ident { $($member:ident),* $(; $($may_miss:ident),*)? $(,)? }) => {
        impl $crate::json::ToJson for $type {
            fn to_json(&self, text: &mut String) {
                let Self { $($member,)* $($($may_miss),*)? } = self;
                let mut members = $crate::json::Members::open(text);
                $(members.add(stringify!($member), $member);)*
                $($(members.add_some(stringify!($may_miss), $may_miss);)*)?
                members.close();
            }
        }

        impl $crate::json::FromJson for $type {
            fn from_json(
                value: &serde_json::Value,
                misfits: &mut $crate::json::Misfits,
            ) -> Self {
                let value = $crate::json::object_of(value, misfits);
                Self {
                    $($member: $crate::json::member(value, stringify!($member), misfits),)*
                    $($($may_miss: $crate::json::member_or_default(
                        value, stringify!($may_miss), misfits
                    )),*)?
                }
            }
        }
    };
}

/// One of these variants: `"Name"`, `{"Name": content}` or `{"Name": {members}}`. What does not fit is noted and
/// becomes `other`, which nobody gets to see; the one that does least, all the same.
macro_rules! tagged {
    ($type:ident {
        $($variant:ident $({ $($member:ident),* })? $(($content:ident))? $(= $name:literal)?),* $(,)?
    } else $other:expr) => {
        impl $crate::json::ToJson for $type {
            fn to_json(&self, text: &mut String) {
                match self {
                    $(Self::$variant $({ $($member),* })? $(($content))? => {
                        let name = $crate::json::name_of_variant!($variant $($name)?);
                        $crate::json::write_variant!(
                            name, text $(, { $($member)* })? $(, ($content))?
                        );
                    })*
                }
            }
        }

        impl $crate::json::FromJson for $type {
            fn from_json(
                value: &serde_json::Value,
                misfits: &mut $crate::json::Misfits,
            ) -> Self {
                let (name, content) = $crate::json::variant_of(value);
                $(if name == $crate::json::name_of_variant!($variant $($name)?) {
                    $crate::json::read_variant!(
                        $variant, content, misfits $(, { $($member)* })? $(, ($content))?
                    )
                })*
                misfits.add();
                $other
            }
        }
    };
}

macro_rules! name_of_variant {
    ($variant:ident) => {
        stringify!($variant)
    };
    ($variant:ident $name:literal) => {
        $name
    };
}

macro_rules! write_variant {
    ($name:ident, $text:ident) => {
        $crate::json::quote($name, $text)
    };
    ($name:ident, $text:ident, { $($member:ident)* }) => {
        let mut members = $crate::json::Members::of_variant($name, $text);
        $(members.add(stringify!($member), $member);)*
        members.close();
    };
    ($name:ident, $text:ident, ($content:ident)) => {
        let mut members = $crate::json::Members::open($text);
        members.add($name, $content);
        members.close();
    };
}

macro_rules! read_variant {
    ($variant:ident, $content:ident, $misfits:ident) => {
        if $content.is_none() {
            return Self::$variant;
        }
    };
    ($variant:ident, $content:ident, $misfits:ident, { $($member:ident)* }) => {
        if let Some(content) = $content {
            let content = $crate::json::object_of(content, $misfits);
            return Self::$variant {
                $($member: $crate::json::member(content, stringify!($member), $misfits)),*
            };
        }
    };
    ($variant:ident, $content:ident, $misfits:ident, ($of:ident)) => {
        if let Some(content) = $content {
            return Self::$variant($crate::json::FromJson::from_json(content, $misfits));
        }
    };
}

/// One of these names.
macro_rules! named {
    ($type:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        impl $type {
            /// As it is written.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }
        }

        impl $crate::json::ToJson for $type {
            fn to_json(&self, text: &mut String) {
                $crate::json::quote(self.name(), text);
            }
        }

        impl $crate::json::FromJson for $type {
            fn from_json(
                value: &serde_json::Value,
                misfits: &mut $crate::json::Misfits,
            ) -> Self {
                const ALL: &[$type] = &[$($type::$variant),*];
                let name = value.as_str().unwrap_or_default();
                misfits.unless(ALL.iter().copied().find(|known| known.name() == name), ALL[0])
            }
        }
    };
}

/// An object of values with these names, written at once.
macro_rules! written {
    ($($name:literal: $value:expr),* $(,)?) => {{
        let mut text = String::new();
        let mut members = $crate::json::Members::open(&mut text);
        $(members.add($name, &$value);)*
        members.close();
        $crate::json::Written(text)
    }};
}

pub(crate) use {name_of_variant, named, object, read_variant, tagged, write_variant, written};
