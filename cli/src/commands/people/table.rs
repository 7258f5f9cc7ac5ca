//! People as CSV (RFC 4180).

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Writer};
use deskgate_core::diagnostic::Excerpt;
use deskgate_core::session::email_address;
use deskgate_core::time::UnixTime;

use super::{Person, Profile};
use crate::failure::{Failure, Reason};

const EMAIL: &str = "email";
const USERNAME: &str = "username";
const GIVEN_NAME: &str = "given_name";
const FAMILY_NAME: &str = "family_name";

/// All columns, in the order in which they are written. Those after the first four are of the desk and
/// cannot be imported.
const COLUMNS: [&str; 10] = [
    EMAIL,
    USERNAME,
    GIVEN_NAME,
    FAMILY_NAME,
    "disabled",
    "connection",
    "identifier",
    "added_by",
    "added_at",
    "last_sign_in",
];

/// Longest user name or name.
const MAX_TEXT_CHARS: usize = 256;

/// Characters with which a spreadsheet begins a formula: names come from identity providers, and
/// whoever opens the table has more rights than they (OWASP: CSV injection).
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// An address in the form that is the key of the directory.
pub(in crate::commands) fn email(text: &str) -> Result<String, Box<Reason>> {
    email_address(text).map(str::to_ascii_lowercase).map_err(|_| {
        let reason = Reason::new(
            "cli.not_an_address",
            "this is no e-mail address that every helpdesk understands alike",
            "Write one address such as b.simon@contoso.com, without a name around it.",
        );
        Box::new(reason.found(Excerpt::new(text)))
    })
}

/// Reads people; every line that is wrong is told.
pub(super) fn read(bytes: &[u8], name: &str) -> Result<Vec<Profile>, Failure> {
    // Spreadsheets write a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let headers = reader.headers().map_err(|error| not_csv(&error, name).refused())?.clone();
    let unknown = headers.iter().find(|header| !COLUMNS.contains(header));
    if unknown.is_some() || !headers.iter().any(|header| header == EMAIL) {
        return Err(wrong_columns(&headers, name).refused());
    }
    let mut reasons = Vec::new();
    let mut lines = BTreeMap::new();
    let mut profiles = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| not_csv(&error, name).refused())?;
        let line = record.position().map_or(0, csv::Position::line);
        let at = format!("{name}, line {line}");
        match profile(&headers, &record) {
            Ok(profile) => match lines.insert(profile.email.clone(), line) {
                Some(earlier) => reasons.push(repeated(&profile.email, earlier).at(at)),
                None => profiles.push(profile),
            },
            Err(reason) => reasons.push(reason.at(at)),
        }
    }
    if reasons.is_empty() { Ok(profiles) } else { Err(Failure::Refused(reasons)) }
}

fn profile(headers: &StringRecord, record: &StringRecord) -> Result<Profile, Box<Reason>> {
    let field = |name| {
        let index = headers.iter().position(|header| header == name)?;
        let text = record.get(index)?;
        let text = text.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(text);
        Some(text.to_owned()).filter(|text| !text.is_empty())
    };
    let text = |name| match field(name) {
        Some(text)
            if text.chars().any(char::is_control) || text.chars().count() > MAX_TEXT_CHARS =>
        {
            let message = format!("{name} is too long or has line breaks");
            let help = "Write at most 256 characters on one line.";
            Err(Box::new(Reason::new("cli.not_a_name", message, help).found(Excerpt::new(&text))))
        }
        field => Ok(field),
    };
    Ok(Profile {
        email: email(&field(EMAIL).unwrap_or_default())?,
        username: text(USERNAME)?,
        given_name: text(GIVEN_NAME)?,
        family_name: text(FAMILY_NAME)?,
    })
}

fn repeated(email: &str, earlier: u64) -> Reason {
    let message = format!("{email} stands in line {earlier} already");
    Reason::new("cli.repeated_person", message, "Keep one line for each address.")
}

fn wrong_columns(headers: &StringRecord, name: &str) -> Reason {
    Reason::new(
        "cli.wrong_columns",
        "the first line does not name the columns of people",
        "Begin the file with a line such as email,username,given_name,family_name.",
    )
    .expected(COLUMNS.join(", "))
    .found(Excerpt::new(&headers.iter().collect::<Vec<_>>().join(", ")))
    .at(name)
}

fn not_csv(error: &csv::Error, name: &str) -> Reason {
    let help = "Save the table as CSV with commas, in UTF-8.";
    Reason::new("cli.not_csv", "this is no CSV", help).found(error.to_string()).at(name)
}

/// Everybody, with a line of column names.
pub(super) fn write(people: &[Person]) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    let time = |seconds| UnixTime::from_seconds(seconds).to_string();
    let mut rows: Vec<[String; COLUMNS.len()]> = vec![COLUMNS.map(str::to_owned)];
    rows.extend(people.iter().map(|person| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        [
            person.email.clone(),
            text(&person.username),
            text(&person.given_name),
            text(&person.family_name),
            person.disabled.to_string(),
            text(&person.pinned_connection),
            text(&person.pinned_id),
            person.added_by.clone(),
            time(person.added_at),
            person.last_sign_in.map(time).unwrap_or_default(),
        ]
        .map(harmless)
    }));
    for row in rows {
        writer.write_record(row).expect("every row has as many columns, and memory does not fail");
    }
    let bytes = writer.into_inner().expect("memory does not fail");
    String::from_utf8(bytes).expect("made of texts")
}

fn harmless(text: String) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(email: &str, given_name: &str) -> Person {
        Person {
            email: email.into(),
            username: None,
            given_name: Some(given_name.into()),
            family_name: Some("O'Neill, Jr.".into()),
            disabled: false,
            pinned_connection: Some("contoso".into()),
            pinned_id: None,
            added_by: "hand".into(),
            added_at: 1_795_262_400,
            last_sign_in: None,
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        match read(text.as_bytes(), "people.csv") {
            Ok(profiles) => panic!("{profiles:?}"),
            Err(Failure::Refused(reasons)) => {
                let found: Vec<_> = reasons
                    .iter()
                    .map(|reason| format!("{} {}", reason.at.as_deref().unwrap(), reason.code))
                    .collect();
                assert_eq!(found, expected, "{text}");
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let people = [person("a@contoso.com", "=HYPERLINK(\"x\")"), person("b@contoso.com", "B.")];
        let text = write(&people);
        assert!(text.contains("'=HYPERLINK"), "{text}");
        let read = read(text.as_bytes(), "people.csv").unwrap();
        assert_eq!(read[0].given_name, people[0].given_name);
        assert_eq!(read[1].family_name, people[1].family_name);
        assert_eq!(read[1].username, None);
    }

    #[test]
    fn columns_stand_in_any_order_and_addresses_become_lower_case() {
        let text = "\u{feff}family_name, email\r\nSimon, B.Simon@Contoso.com\r\n";
        let expected = Profile {
            email: "b.simon@contoso.com".into(),
            family_name: Some("Simon".into()),
            ..Profile::default()
        };
        assert_eq!(read(text.as_bytes(), "people.csv").unwrap(), [expected]);
    }

    #[test]
    fn every_line_that_is_wrong_is_told() {
        check(
            "email,username\nx,a\nb@contoso.com,b\nB@contoso.com,c\nd@contoso.com,\"d\nd\"\n",
            &[
                "people.csv, line 2 cli.not_an_address",
                "people.csv, line 4 cli.repeated_person",
                "people.csv, line 5 cli.not_a_name",
            ],
        );
        check("mail\na@contoso.com\n", &["people.csv cli.wrong_columns"]);
        check("email,role\na@contoso.com,admin\n", &["people.csv cli.wrong_columns"]);
        check("", &["people.csv cli.wrong_columns"]);
        check("email,username\na@contoso.com\n", &["people.csv cli.not_csv"]);
    }
}
