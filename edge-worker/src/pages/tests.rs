//! What every page keeps to.

use super::*;

const EVIL: &str = "\"><script>alert(1)</script>'&";

fn header<'a>(response: &'a Response, name: &str) -> Vec<&'a str> {
    response.headers.iter().filter(|(n, _)| *n == name).map(|(_, v)| v.as_str()).collect()
}

fn pages() -> Vec<Response> {
    let choices = [Choice { address: EVIL.to_owned(), name: EVIL.to_owned() }];
    let desk = DeskFacts { name: EVIL, support: Some(EVIL), login: EVIL };
    vec![
        choose(EVIL, &choices),
        pass_on(EVIL, EVIL, &[("SAMLResponse", EVIL), ("RelayState", EVIL)]),
        post_message(EVIL, EVIL, EVIL, &[("SAMLRequest", EVIL)]),
        sign_out(EVIL, EVIL, EVIL, false),
        session(EVIL, EVIL, &[("Name", EVIL.to_owned())]),
        notice(Notice::AlreadyUsed, desk, EVIL),
        discover(&Discovery {
            desk: EVIL,
            action: EVIL,
            target: EVIL,
            email: EVIL,
            problem: Some("It is wrong."),
            choices: &choices,
        }),
        home(EVIL, Some(EVIL), &choices, EVIL),
        home(EVIL, None, &[], EVIL),
        confirm_kept(&KeptPage {
            desk: EVIL,
            facts: &[("Fields", EVIL.to_owned())],
            was_tried: true,
            send: EVIL,
            discard: EVIL,
            token: EVIL,
        }),
        kept_until_sign_in(desk, EVIL),
        not_kept(desk, NotKept::TooLarge, EVIL),
    ]
}

#[test]
fn no_value_leaves_its_place_in_the_markup() {
    for page in pages() {
        assert!(!page.body.contains("<script>alert"), "{}", page.body);
        // As it stands in text and in attributes, and in no other form.
        let escaped = "&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#39;&#38;";
        assert!(page.body.contains(escaped), "{}", page.body);
        assert_eq!(page.body.matches("alert(1)").count(), page.body.matches(escaped).count());
    }
}

/// What a form carries is escaped only where there is something to escape.
#[test]
fn every_character_of_a_field_is_escaped_or_needs_not_be() {
    for character in '\0'..='\u{ff}' {
        let value = format!("PHNhbWw+{character}==");
        let page = pass_on("Contoso", "/deskgate/acs/complete", &[("SAMLResponse", &value)]);
        let Ok(escaped) = askama::filters::escape(&value, askama::filters::Html);
        let expected = format!("name=\"SAMLResponse\" value=\"{}\">", escaped.0);
        assert!(page.body.contains(&expected), "{character:?}: {}", page.body);
        let is_markup = "<>&\"'".contains(character);
        assert_eq!(page.body.contains(&format!("value=\"{value}\">")), !is_markup);
    }
}

#[test]
fn every_page_is_guarded_by_its_headers() {
    for page in pages() {
        let [policy] = header(&page, "Content-Security-Policy")[..] else { panic!("one policy") };
        assert!(policy.starts_with("default-src 'none'; base-uri 'none'; frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(header(&page, "Cache-Control"), ["private, no-store"]);
        assert_eq!(header(&page, "X-Content-Type-Options"), ["nosniff"]);
        assert_eq!(header(&page, "Referrer-Policy"), ["same-origin"]);
        assert_eq!(header(&page, "X-Frame-Options"), ["DENY"]);
    }
}

#[test]
fn only_pages_with_a_form_may_send_one_or_run_its_script() {
    let policies: Vec<_> =
        pages().iter().map(|page| header(page, "Content-Security-Policy").join("")).collect();
    let form_action =
        |at: usize, text: &str| assert!(policies[at].contains(text), "{}", policies[at]);
    form_action(0, "form-action 'none'");
    form_action(1, "form-action 'self'");
    assert!(!policies[2].contains("form-action"));
    form_action(3, "form-action 'self'");
    form_action(9, "form-action 'self'");
    for without_script in [0, 4, 5, 10, 11] {
        assert!(!policies[without_script].contains("script-src"));
    }
}

#[test]
fn a_token_leaves_with_tls_and_the_next_page_learns_our_origin_only() {
    let policy = |action: &str| {
        let page = hand_over(EVIL, EVIL, action, &[("jwt", EVIL)]);
        assert!(!page.body.contains("<script>alert"), "{}", page.body);
        assert_eq!(header(&page, "Referrer-Policy"), ["strict-origin"]);
        assert_eq!(header(&page, "Cache-Control"), ["private, no-store"]);
        header(&page, "Content-Security-Policy").join("")
    };
    assert!(policy("https://contoso.zendesk.com/access/jwt").contains("; form-action https:"));
    // A program that plays Zendesk on this machine has no TLS.
    assert!(!policy("http://localhost:9200/access/jwt").contains("form-action"));
}

#[test]
fn further_ways_stand_behind_those_of_the_notice() {
    let desk = DeskFacts { name: "Desk", support: None, login: "/deskgate/handoff/zendesk" };
    let further = || vec![Choice { address: EVIL.to_owned(), name: EVIL.to_owned() }];
    let page = notice_with(Notice::ZendeskClock, desk, "AB12-CD34", further());
    let at = |text: &str| page.body.find(text).unwrap_or_else(|| panic!("{}", page.body));
    assert!(at("href=\"/deskgate/handoff/zendesk\"") < at("href=\"&#34;"));
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
}

#[test]
fn the_page_carries_the_very_style_that_its_policy_allows() {
    let page = &pages()[1];
    assert!(page.body.contains(&format!("<style>{}</style>", policy::STYLE)));
    assert!(page.body.contains(&format!("<script>{}</script>", policy::SUBMIT)));
}

#[test]
fn a_page_has_a_language_a_title_and_one_heading() {
    for page in pages() {
        assert!(page.body.starts_with("<!doctype html>\n<html lang=\"en\">"));
        assert!(page.body.contains("<title>"));
        assert_eq!(page.body.matches("<h1>").count(), 1);
        assert_eq!(page.body.matches("<main>").count(), 1);
    }
}

#[test]
fn support_becomes_a_link_only_where_that_is_safe() {
    let check = |support: &str, expected: Option<&str>| {
        let desk = DeskFacts { name: "Desk", support: Some(support), login: "/deskgate/login" };
        let page = notice(Notice::NotConfirmed, desk, "AB12-CD34");
        let link = expected.map(|address| format!("<a href=\"{address}\">"));
        match link {
            Some(link) => assert!(page.body.contains(&link), "{}", page.body),
            None => assert!(!page.body.contains("Ask <a"), "{}", page.body),
        }
        assert!(page.body.contains("<code>AB12-CD34</code>"));
    };
    check("it@contoso.com", Some("mailto:it@contoso.com"));
    check("https://it.contoso.com/help", Some("https://it.contoso.com/help"));
    check("the IT desk, room 12", None);
    check("javascript:alert(1)//@", None);
    check("http://it.contoso.com/", None);
}
