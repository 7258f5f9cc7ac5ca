//! The objects that JavaScript gets. `explain.d.ts` describes them; absent members are left out.

use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::jose::json::{Object, Value};
use deskgate_core::remedy::{Console, Place, Remedy};
use deskgate_core::saml::{Claims, Explanation, Finding, Outcome, Problem, Verdict};

type Consoles = (Option<Console>, Option<Console>);

pub(crate) fn explanation(explanation: &Explanation) -> Object {
    let (verdict, refused_by) = match explanation.verdict {
        Verdict::Accepted => ("accepted", None),
        Verdict::Refused(check) => ("rejected", Some(check.name())),
        _ => ("undecided", None),
    };
    let consoles = (explanation.identity_provider, explanation.helpdesk);
    Object::new()
        .with("verdict", verdict)
        .with_some("identityProvider", consoles.0.map(Console::name))
        .with_some("helpdesk", consoles.1.map(Console::name))
        .with_some("refusedBy", refused_by)
        .with("checks", list(explanation.findings.iter().map(|finding| check(finding, consoles))))
        .with("claims", claims(&explanation.claims))
}

pub(crate) fn refusal(error: &dyn Diagnostic) -> String {
    let refusal = Object::new()
        .with("code", error.code())
        .with("message", error.to_string())
        .with_some("expected", error.expected())
        .with_some("found", error.found());
    Object::new().with("refusal", refusal).to_json()
}

fn check(finding: &Finding, consoles: Consoles) -> Object {
    let outcome = match finding.outcome {
        Outcome::Absent => "absent",
        Outcome::Failed => "failed",
        Outcome::NeedsSettings => "needs_settings",
        Outcome::Passed => "passed",
        _ => "not_reached",
    };
    Object::new()
        .with("check", finding.check.name())
        .with("title", finding.check.title())
        .with("outcome", outcome)
        .with_some("expected", finding.expected.as_deref())
        .with_some("found", finding.found.as_deref())
        .with_some("problem", finding.problem.as_ref().map(|found| problem(found, consoles)))
}

fn problem(problem: &Problem, consoles: Consoles) -> Object {
    let places = problem.remedy.map(|remedy| remedy.places(consoles.0, consoles.1));
    Object::new()
        .with("code", problem.code)
        .with("message", problem.message.as_str())
        // The places say where; the help would say it again, for every console.
        .with("help", problem.remedy.map_or(problem.help, Remedy::advice))
        .with("places", list(places.unwrap_or_default().into_iter().map(place)))
}

fn place(place: Place) -> Object {
    Object::new().with("console", place.console.name()).with("path", place.path)
}

/// Unverified, whatever the verdict is.
fn claims(claims: &Claims) -> Object {
    let values = claims.values.iter();
    let values = values.map(|(claim, value)| {
        Object::new().with("name", claim.name()).with("value", value.as_str())
    });
    let attributes = claims.attributes.iter().map(|attribute| {
        let values: Vec<Value> =
            attribute.values.iter().map(|value| value.as_str().into()).collect();
        Object::new().with("name", attribute.name.as_str()).with("values", values)
    });
    Object::new().with("values", list(values)).with("attributes", list(attributes))
}

fn list(objects: impl Iterator<Item = Object>) -> Vec<Value> {
    objects.map(Value::from).collect()
}
