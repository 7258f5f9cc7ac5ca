use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    text: String,
    number: u64,
    small: u32,
    flag: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    left_out: Option<String>,
    empty: Option<u64>,
    list: Vec<Kind>,
    pair: (String, String),
    map: BTreeMap<String, u64>,
    boxed: Box<Kind>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Alone,
    Around(String),
    WithFields { inner: Option<String> },
}

fn everything() -> Everything {
    Everything {
        text: "\"\\\n\r\t\u{0}\u{1f}\u{7f} ü \u{1f600}".into(),
        number: u64::MAX,
        small: 7,
        flag: true,
        left_out: None,
        empty: None,
        list: vec![
            Kind::Alone,
            Kind::Around(String::new()),
            Kind::WithFields { inner: Some("x".into()) },
        ],
        pair: ("a".into(), "b".into()),
        map: [("one".to_owned(), 1), ("two".to_owned(), 2)].into(),
        boxed: Box::new(Kind::Around("y".into())),
    }
}

#[test]
fn what_is_written_is_what_serde_json_writes_and_is_read_again() {
    let value = everything();
    let text = write(&value);
    assert_eq!(text, serde_json::to_string(&value).unwrap());
    assert_eq!(read::<Everything>(text.as_bytes()), Some(value.clone()));
    assert_eq!(to_value(&value), serde_json::to_value(&value).unwrap());
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
    check("small", json!(u64::MAX));
    check("flag", json!(0));
    check("list", json!({}));
    check("list", json!(["unheard_of"]));
    check("list", json!([{"alone": {}}]));
    check("list", json!(["around"]));
    check("list", json!([{"around": "x", "alone": null}]));
    check("pair", json!(["a"]));
    check("map", json!({"one": "1"}));
    let mut value = to_value(&everything());
    value.as_object_mut().unwrap().remove("number");
    assert_eq!(from_value::<Everything>(&value), None);
    assert_eq!(read::<Everything>(b"{"), None);
    assert_eq!(read::<Everything>(b"[]"), None);
}
