//! What `deskgate explain` says about a response.

use deskgate_core::remedy::{Console, Place, Remedy};
use deskgate_core::saml::{Explanation, Finding, Outcome, Verdict};
use serde::Serialize;

use crate::failure::Reason;
use crate::output::{Report, quoted_if_padded};
use crate::page::{Mark, Page};

#[derive(Serialize)]
pub(super) struct Checklist<'a> {
    verdict: &'static str,
    /// As far as settings, options or the message say so.
    identity_provider: Option<&'static str>,
    helpdesk: Option<&'static str>,
    /// The check that is the reason: the one that says most about what to change.
    refused_by: Option<&'static str>,
    checks: Vec<CheckJson<'a>>,
    /// Unverified, whatever the verdict is.
    claims: ClaimsJson<'a>,
    not_checked: Vec<&'static str>,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    check: &'static str,
    title: &'static str,
    outcome: &'static str,
    expected: Option<&'a str>,
    found: Option<&'a str>,
    #[serde(flatten)]
    problem: Option<ProblemJson<'a>>,
    #[serde(skip)]
    mark: Mark,
}

#[derive(Serialize)]
struct ProblemJson<'a> {
    code: &'a str,
    message: &'a str,
    help: &'a str,
    /// The boxes to look at, in the consoles that may be meant.
    places: Vec<PlaceJson>,
}

#[derive(Serialize)]
struct PlaceJson {
    console: &'static str,
    #[serde(skip)]
    label: &'static str,
    path: &'static str,
}

#[derive(Serialize)]
struct ClaimsJson<'a> {
    values: Vec<ClaimJson<'a>>,
    attributes: Vec<AttributeJson<'a>>,
}

#[derive(Serialize)]
struct ClaimJson<'a> {
    name: &'static str,
    #[serde(skip)]
    label: &'static str,
    value: &'a str,
}

#[derive(Serialize)]
struct AttributeJson<'a> {
    name: &'a str,
    values: &'a [String],
}

impl<'a> Checklist<'a> {
    /// `refusal` is why the desk signs nobody in with a good response.
    pub(super) fn new(
        explanation: &'a Explanation,
        refusal: Option<&'a Reason>,
        is_request_known: bool,
    ) -> Self {
        let consoles = (explanation.identity_provider, explanation.helpdesk);
        let findings = explanation.findings.iter();
        let mut checks: Vec<_> = findings.map(|finding| check_json(finding, consoles)).collect();
        let (verdict, refused_by) = match (explanation.verdict, refusal) {
            (Verdict::Accepted, None) => ("accepted", None),
            (Verdict::Accepted, Some(reason)) => {
                checks.push(desk_json(reason));
                ("rejected", Some("desk"))
            }
            (Verdict::Refused(check), _) => ("rejected", Some(check.name())),
            _ => ("undecided", None),
        };
        let mut not_checked = vec!["one_time_use"];
        if !is_request_known {
            not_checked.push("in_response_to");
        }
        let claims = claims_json(explanation);
        Self {
            verdict,
            identity_provider: consoles.0.map(Console::name),
            helpdesk: consoles.1.map(Console::name),
            refused_by,
            checks,
            claims,
            not_checked,
        }
    }
}

fn check_json(
    finding: &Finding,
    (identity_provider, helpdesk): (Option<Console>, Option<Console>),
) -> CheckJson<'_> {
    let (outcome, mark) = match finding.outcome {
        Outcome::Absent => ("absent", Mark::Absent),
        Outcome::Failed => ("failed", Mark::Failed),
        Outcome::NeedsSettings => ("needs_settings", Mark::NeedsSettings),
        Outcome::Passed => ("passed", Mark::Passed),
        _ => ("not_reached", Mark::NotReached),
    };
    CheckJson {
        check: finding.check.name(),
        title: finding.check.title(),
        outcome,
        expected: finding.expected.as_deref(),
        found: finding.found.as_deref(),
        problem: finding.problem.as_ref().map(|problem| ProblemJson {
            code: problem.code,
            message: &problem.message,
            // The places say where; the help would say it again, for every console.
            help: problem.remedy.map_or(problem.help, Remedy::advice),
            places: problem
                .remedy
                .map(|remedy| remedy.places(identity_provider, helpdesk))
                .unwrap_or_default()
                .into_iter()
                .map(PlaceJson::new)
                .collect(),
        }),
        mark,
    }
}

fn desk_json(reason: &Reason) -> CheckJson<'_> {
    CheckJson {
        check: "desk",
        title: "the desk lets this person in",
        outcome: "failed",
        expected: reason.expected.as_deref(),
        found: reason.found.as_deref(),
        problem: Some(ProblemJson {
            code: &reason.code,
            message: &reason.message,
            help: &reason.help,
            places: Vec::new(),
        }),
        mark: Mark::Failed,
    }
}

fn claims_json(explanation: &Explanation) -> ClaimsJson<'_> {
    ClaimsJson {
        values: explanation
            .claims
            .values
            .iter()
            .map(|(claim, value)| ClaimJson { name: claim.name(), label: claim.label(), value })
            .collect(),
        attributes: explanation
            .claims
            .attributes
            .iter()
            .map(|attribute| AttributeJson { name: &attribute.name, values: &attribute.values })
            .collect(),
    }
}

impl PlaceJson {
    fn new(place: Place) -> Self {
        Self { console: place.console.name(), label: place.console.label(), path: place.path }
    }
}

impl Report for Checklist<'_> {
    fn write(&self, page: &mut Page) {
        let failed = self.checks.iter().find(|check| Some(check.check) == self.refused_by);
        let message =
            failed.and_then(|check| check.problem.as_ref()).map(|problem| problem.message);
        match (self.verdict, message) {
            ("accepted", _) => page.accepted("every check passed"),
            ("undecided", _) => {
                page.undecided("nothing is wrong so far; the other checks need settings");
            }
            (_, message) => page.refused("refused", message.unwrap_or_default()),
        }
        page.blank();
        page.heading("Checks");
        for check in &self.checks {
            check.write(page);
        }
        self.claims.write(page);
        page.blank();
        page.note("Not checked here: whether the response was used before.");
        if self.not_checked.contains(&"in_response_to") && self.verdict != "undecided" {
            page.note("Nor whether it answers a request of the desk; see --in-response-to.");
        }
        if self.verdict == "undecided" {
            page.note("For all checks, give the settings: --desk desk.toml.");
        }
    }
}

impl CheckJson<'_> {
    fn write(&self, page: &mut Page) {
        page.item(self.mark, self.title);
        match &self.problem {
            Some(problem) => {
                page.detail("problem", problem.message);
                page.detail_if("found", self.found.map(quoted_if_padded));
                page.detail_if("expected", self.expected);
                page.detail("what to do", problem.help);
                for place in &problem.places {
                    page.detail(place.label, place.path);
                }
                page.detail("code", problem.code);
            }
            None if self.mark == Mark::Passed => page.detail_if("found", self.found),
            None => {}
        }
    }
}

impl ClaimsJson<'_> {
    fn write(&self, page: &mut Page) {
        if self.values.is_empty() {
            return;
        }
        page.blank();
        page.heading("What the message says; nothing of this part is verified");
        for claim in &self.values {
            page.row(claim.label, claim.value);
        }
        for attribute in &self.attributes {
            page.line(format_args!("  {}", attribute.name));
            for value in attribute.values {
                page.line(format_args!("    {value}"));
            }
        }
    }
}
