//! Groups that a token has no room for.

use deskgate_core::jose::Part;
use deskgate_core::jose::json::{Object, Value};

/// More than the desk reads of an identity provider.
pub(crate) const MAX_BYTES: usize = 512 * 1024;

/// The groups in the answer of the desk; `None` where it does not know them either.
pub(crate) fn read(body: &[u8]) -> Result<Option<Vec<String>>, String> {
    let malformed = || "the answer does not say which groups".to_owned();
    let answer = Object::parse(body, Part::Claims).map_err(|_| malformed())?;
    let groups = match (answer.member("groups_omitted"), answer.member("groups")) {
        (Some(Value::Bool(true)), _) => return Ok(None),
        (Some(Value::Bool(false)), Some(Value::Array(groups))) => groups,
        _ => return Err(malformed()),
    };
    let text = |group: &Value| match group {
        Value::String(group) => Ok(group.clone()),
        _ => Err(malformed()),
    };
    groups.iter().map(text).collect::<Result<_, _>>().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_all_groups_or_says_that_they_are_not_known() {
        let check = |answer: &str, expected: Option<Option<&[&str]>>| {
            let expected = expected.map(|groups| {
                groups.map(|groups| groups.iter().map(ToString::to_string).collect::<Vec<_>>())
            });
            assert_eq!(read(answer.as_bytes()).ok(), expected, "{answer}");
        };
        check(r#"{"groups":["a","b"],"groups_omitted":false}"#, Some(Some(&["a", "b"])));
        check(r#"{"groups":[],"groups_omitted":false,"name":"x"}"#, Some(Some(&[])));
        check(r#"{"groups":[],"groups_omitted":true}"#, Some(None));
        for malformed in [
            r#"{"groups":["a"]}"#,
            r#"{"groups_omitted":false}"#,
            r#"{"groups":"a","groups_omitted":false}"#,
            r#"{"groups":["a",1],"groups_omitted":false}"#,
            r#"{"groups":["a"],"groups_omitted":0}"#,
            r#"["a"]"#,
            "<html>",
        ] {
            check(malformed, None);
        }
    }
}
