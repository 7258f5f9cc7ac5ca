use super::*;
use crate::helpdesk::jitbit::{Request, Site, Username, autologin};

fn site() -> Site {
    Site::new("https://contoso.jitbit.com/helpdesk/").unwrap()
}

fn link(known: &Known<'_>, query: &str, username: Username, now: UnixTime) -> String {
    let person = profile(known, &SyncRules { organization: SyncRule::Never, ..EVERYTHING });
    let request = Request::parse(query, &site()).unwrap();
    autologin(&site(), &request, &person, username, &secret(), now, &RustCrypto::new()).unwrap()
}

#[test]
fn the_link_is_the_one_that_other_code_makes() {
    // Hashes made with hashlib of Python from the same values.
    assert_eq!(
        link(&B_SIMON, "", Username::Email, NOW),
        "https://contoso.jitbit.com/helpdesk/User/AutoLogin?username=b.simon%40contoso.com&\
         email=b.simon%40contoso.com&userHash=a7d84e5f2b7a6175ed8993030061&FirstName=Britta&\
         LastName=Sim%C3%B3n"
    );
    let nameless = Known { email: B_SIMON.email, ..Known::default() };
    assert_eq!(
        link(
            &nameless,
            "new_ticket=1&ReturnUrl=%2Fhelpdesk%2FTicket%2F17",
            Username::EmailLocalPart,
            NOW
        ),
        "https://contoso.jitbit.com/helpdesk/User/AutoLogin?username=b.simon&\
         email=b.simon%40contoso.com&userHash=eb12a673d26e015b657b6821d2f6&new_ticket=1&\
         ReturnUrl=%2Fhelpdesk%2FTicket%2F17"
    );
}

#[test]
fn day_and_month_have_two_digits() {
    let new_year = UnixTime::parse("2027-01-01T00:00:00Z").unwrap();
    let found = link(&B_SIMON, "", Username::Email, new_year);
    assert!(found.contains("userHash=e9d98380a889504befe6e481fa25"), "{found}");
    let second_before = UnixTime::from_seconds(new_year.seconds() - 1);
    assert_ne!(link(&B_SIMON, "", Username::Email, second_before), found);
}

#[test]
fn a_name_cannot_add_parameters() {
    let known = Known { given_name: Some("B&userHash=x#"), ..B_SIMON };
    let found = link(&known, "", Username::Email, NOW);
    assert!(found.contains("FirstName=B%26userHash%3Dx%23"), "{found}");
}

#[test]
fn the_return_address_stays_at_the_helpdesk() {
    let check = |text: &str, expected: &str| {
        let found = Request::parse(&std::format!("ReturnUrl={}", encoded(text)), &site());
        assert_eq!(code(found), expected, "{text:?}");
    };
    for text in ["/helpdesk/Ticket/17", "https://contoso.jitbit.com/helpdesk/Ticket/17"] {
        check(text, "ok");
    }
    for text in FOREIGN {
        check(text, "helpdesk.address_refused");
    }
    check("/a\r\nb", "helpdesk.parameter_malformed");
    let query = |query| code(Request::parse(query, &site()));
    assert_eq!(query("new_ticket=2"), "helpdesk.parameter_malformed");
    assert_eq!(query("new_ticket=1&new_ticket=1"), "helpdesk.parameter_repeated");
    let request = Request::parse("ReturnUrl=/helpdesk/x%3Fa&new_ticket=1", &site()).unwrap();
    assert_eq!(Request::parse(&request.to_query(), &site()), Ok(request));
}

#[test]
fn a_helpdesk_is_an_https_host_and_plain_segments() {
    assert_eq!(code(Site::new("https://tickets.contoso.com")), "ok");
    for url in [
        "",
        "http://contoso.jitbit.com",
        "https://contoso",
        "https://contoso.jitbit.com/a?b",
        "https://contoso.jitbit.com//",
        "https://contoso.jitbit.com/a/../b",
        "https://a@b.example/",
    ] {
        assert_eq!(code(Site::new(url)), "helpdesk.address_refused", "{url}");
    }
}
