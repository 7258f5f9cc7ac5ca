use serde_json::json;

use super::*;
use crate::json;

#[derive(Clone, Debug, PartialEq)]
struct Everything {
    text: String,
    number: u64,
    small: u16,
    flag: bool,
    empty: Option<u64>,
    list: Vec<Kind>,
    boxed: Box<Kind>,
    name: Name,
    left_out: Option<String>,
    also_left_out: Vec<String>,
}

json::object! { Everything {
    text, number, small, flag, empty, list, boxed, name; left_out, also_left_out
} }

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Alone,
    Around(String),
    WithFields { inner: Option<String> },
}

json::tagged! { Kind {
    Alone, Around(text) = "around", WithFields { inner } = "with_fields"
} else Self::Alone }

#[derive(Clone, Copy, Debug, PartialEq)]
enum Name {
    First,
    Second,
}

json::named! { Name { First = "the first", Second = "the second" } }

fn to_value(value: &(impl ToJson + ?Sized)) -> Value {
    parse(write(value).as_bytes()).unwrap()
}

fn everything() -> Everything {
    Everything {
        text: "\"\\\n\r\t\u{0}\u{1f}\u{7f} ü \u{1f600}".into(),
        number: u64::MAX,
        small: 7,
        flag: true,
        empty: None,
        list: vec![
            Kind::Alone,
            Kind::Around(String::new()),
            Kind::WithFields { inner: Some("x".into()) },
        ],
        boxed: Box::new(Kind::Around("y".into())),
        name: Name::Second,
        left_out: None,
        also_left_out: Vec::new(),
    }
}

#[test]
fn what_is_written_is_read_again() {
    let value = everything();
    let expected = json!({
        "text": value.text,
        "number": u64::MAX,
        "small": 7,
        "flag": true,
        "empty": null,
        "list": ["Alone", { "around": "" }, { "with_fields": { "inner": "x" } }],
        "boxed": { "around": "y" },
        "name": "the second",
    });
    assert_eq!(to_value(&value), expected);
    assert_eq!(read::<Everything>(write(&value).as_bytes()), Some(value.clone()));
    let more = Everything {
        left_out: Some(String::new()),
        also_left_out: vec!["z".into()],
        name: Name::First,
        ..value
    };
    assert_eq!(to_value(&more)["also_left_out"], json!(["z"]));
    assert_eq!(from_value(&to_value(&more)), Some(more));
}

#[test]
fn every_character_of_a_text_arrives() {
    for byte in 0..=0x7f_u8 {
        let text = format!("ü{}\u{1f600}", char::from(byte));
        assert_eq!(serde_json::from_str::<String>(&write(&text)).unwrap(), text);
    }
    assert_eq!(write(&[(1_u64, "a")][..]), r#"[[1,"a"]]"#);
}

#[test]
fn fields_that_are_not_known_are_passed_over_and_optional_ones_may_miss() {
    let mut value = to_value(&everything());
    value["later"] = json!({"deep": [1, {}]});
    value.as_object_mut().unwrap().remove("empty");
    assert_eq!(from_value(&value), Some(everything()));
}

#[test]
fn other_values_are_refused() {
    let check = |field: &str, wrong: Value| {
        let mut value = to_value(&everything());
        value[field] = wrong;
        assert_eq!(from_value::<Everything>(&value), None, "{value}");
    };
    check("text", json!(1));
    check("text", json!(null));
    check("number", json!(-1));
    check("number", json!(1.5));
    check("number", json!("1"));
    check("small", json!(65_536));
    check("flag", json!(0));
    check("flag", json!(null));
    check("empty", json!("1"));
    check("list", json!({}));
    check("list", json!(null));
    check("list", json!(["unheard_of"]));
    check("list", json!(["alone"]));
    check("list", json!([{"Alone": {}}]));
    check("list", json!([{"Alone": null}]));
    check("list", json!(["around"]));
    check("list", json!([{"around": null}]));
    check("list", json!([{"around": "x", "Alone": null}]));
    check("list", json!([{}]));
    check("list", json!([{"with_fields": null}]));
    check("list", json!([{"with_fields": []}]));
    check("list", json!([{"with_fields": {"inner": 1}}]));
    check("boxed", json!(null));
    check("name", json!("third"));
    check("name", json!(null));
    check("name", json!(["the first"]));
    check("left_out", json!(1));
    check("also_left_out", json!(null));
    check("also_left_out", json!([1]));
    for required in ["text", "number", "small", "flag", "list", "boxed", "name"] {
        let mut value = to_value(&everything());
        value.as_object_mut().unwrap().remove(required);
        assert_eq!(from_value::<Everything>(&value), None, "{required}");
    }
    assert_eq!(read::<Everything>(b"{"), None);
    assert_eq!(read::<Everything>(b"[]"), None);
    assert_eq!(read::<Everything>(br#""text""#), None);
}

#[test]
fn one_misfit_anywhere_refuses_the_whole() {
    let mut value = to_value(&vec![everything(), everything()]);
    assert!(from_value::<Vec<Everything>>(&value).is_some());
    value[1]["list"][2]["with_fields"]["inner"] = json!(false);
    assert_eq!(from_value::<Vec<Everything>>(&value), None);
}

#[test]
fn a_member_is_read_of_objects_only() {
    assert_eq!(read_member(br#"{"version": 3, "more": 1}"#, "version"), Some(3_u64));
    assert_eq!(read_member::<u64>(br#"{"Version": 3}"#, "version"), None);
    assert_eq!(read_member::<u64>(b"[3]", "version"), None);
    assert_eq!(read_member::<u64>(b"3", "version"), None);
}
