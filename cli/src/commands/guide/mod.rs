//! `deskgate guide`.

mod subject;
mod values;

use std::path::PathBuf;

use deskgate_core::desk::Desk;
use deskgate_core::preset::console::{Action, Step};
use deskgate_core::preset::{Helpdesk, IdentityProvider};
use serde::Serialize;

use self::subject::Subject;
use self::values::OurAddresses;
use crate::desk_file;
use crate::failure::{Failure, Reason};
use crate::output::{Output, Report};
use crate::page::Page;

const AFTER_HELP: &str = "\
Examples:
  deskgate guide                                   every console of desk.toml
  deskgate guide --connection contoso
  deskgate guide --app zendesk
  deskgate guide --preset entra                    before there is a desk.toml
  deskgate guide --preset help_scout --mode bridge --url https://help.contoso.com";

/// Show what to copy from where to where, in the order of clicks
///
/// For the identity providers and helpdesks of a desk.toml, or for one product before there is a
/// desk.toml: which box of its console gets which of our values, and which of its values goes into
/// which field of desk.toml.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The settings of the desk
    #[arg(long, value_name = "FILE", default_value = "desk.toml")]
    desk: PathBuf,
    /// Only this connection
    #[arg(long, value_name = "NAME", conflicts_with_all = ["app", "preset"])]
    connection: Option<String>,
    /// Only this app
    #[arg(long, value_name = "NAME", conflicts_with = "preset")]
    app: Option<String>,
    /// This product, without a desk.toml: entra, okta, onelogin, google, adfs, keycloak, imis, generic,
    /// zendesk, help_scout, jitbit or freshworks
    #[arg(long, value_name = "PRODUCT")]
    preset: Option<String>,
    /// For a helpdesk without a desk.toml: how people are signed in to it
    #[arg(long, value_name = "MODE", requires = "preset", value_enum)]
    mode: Option<Mode>,
    /// The address that the desk shall have
    #[arg(long, requires = "preset")]
    url: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Mode {
    /// With the helpdesk's own kind of token
    #[value(name = "hand_off")]
    HandOff,
    /// With SAML
    Bridge,
}

#[derive(Serialize)]
struct Guides {
    verdict: &'static str,
    guides: Vec<Guide>,
}

/// What to do in one console.
#[derive(Serialize)]
struct Guide {
    title: String,
    steps: Vec<StepFacts>,
    /// What cannot be seen in that console.
    notes: Vec<String>,
}

#[derive(Serialize)]
struct StepFacts {
    place: &'static str,
    action: &'static str,
    /// What to enter or choose there.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// The field of desk.toml that gets what stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What the field has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    has: Option<String>,
}

impl Report for Guides {
    fn write(&self, page: &mut Page) {
        for (index, guide) in self.guides.iter().enumerate() {
            if index > 0 {
                page.blank();
            }
            page.heading(&guide.title);
            for (number, step) in guide.steps.iter().enumerate() {
                page.line(format_args!("{:>4}  {}", number + 1, step.place));
                let field = step.field.as_ref().map(|field| format!("into {field}"));
                page.step(step.action, step.value.as_ref().or(field.as_ref()));
                page.step("it has", step.has.as_ref());
            }
            for note in &guide.notes {
                page.warning(note);
            }
        }
    }
}

pub(crate) fn run(arguments: &Arguments, output: Output) -> Result<(), Failure> {
    let guides = match &arguments.preset {
        Some(preset) => vec![without_desk(preset, arguments)?],
        None => of_desk(&desk_file::read(&arguments.desk, None)?, arguments)?,
    };
    output.show(&Guides { verdict: "accepted", guides });
    Ok(())
}

fn of_desk(desk: &Desk, arguments: &Arguments) -> Result<Vec<Guide>, Failure> {
    let is_all = arguments.connection.is_none() && arguments.app.is_none();
    let wanted = |given: &Option<String>, name: &str| is_all || given.as_deref() == Some(name);
    let connections = desk.connections.iter().filter(|c| wanted(&arguments.connection, &c.name));
    let apps = desk.apps.iter().filter(|app| wanted(&arguments.app, &app.name));
    let subjects: Vec<_> =
        connections.map(Subject::Connection).chain(apps.map(Subject::App)).collect();
    if subjects.is_empty() {
        let names = desk.connections.iter().map(|c| c.name.as_str());
        let names: Vec<_> = names.chain(desk.apps.iter().map(|app| app.name.as_str())).collect();
        let reason = Reason::new(
            "cli.no_such_name",
            "the settings have no connection or app of this name",
            "Give the name field of one of [[connections]] or [[apps]].",
        );
        return Err(reason.expected(format!("one of {}", names.join(", "))).refused());
    }
    let guide = |subject: &Subject<'_>| {
        let addresses = OurAddresses::of(desk, subject);
        guide(subject, &addresses)
    };
    Ok(subjects.iter().map(guide).collect())
}

fn without_desk(product: &str, arguments: &Arguments) -> Result<Guide, Failure> {
    let provider = IdentityProvider::ALL.into_iter().find(|known| known.name() == product);
    let helpdesk = Helpdesk::ALL.into_iter().find(|known| known.name() == product);
    let subject = match (provider, helpdesk, arguments.mode) {
        (Some(provider), _, None) => Subject::IdentityProvider(provider),
        (_, Some(helpdesk), Some(Mode::Bridge)) => Subject::Bridge(helpdesk),
        (_, Some(helpdesk), None | Some(Mode::HandOff))
            if !helpdesk.preset().hand_off_steps.is_empty() =>
        {
            Subject::HandOff(helpdesk)
        }
        (_, Some(_), _) => {
            let help = "Give --mode bridge: other helpdesks are signed in to with SAML.";
            return Err(Reason::new("cli.no_hand_off", "it has no hand-off", help).refused());
        }
        _ => return Err(unknown_product(product)),
    };
    Ok(guide(&subject, &OurAddresses::expected(arguments.url.as_deref(), product)))
}

fn unknown_product(product: &str) -> Failure {
    let providers = IdentityProvider::ALL.into_iter().map(IdentityProvider::name);
    let mut names: Vec<_> = Helpdesk::ALL.into_iter().map(Helpdesk::name).collect();
    names.splice(0..0, providers.filter(|name| *name != "generic"));
    let reason = Reason::new(
        "cli.no_such_preset",
        "there is no preset of this name",
        "Choose one of the names; generic fits any other product. --mode is for helpdesks only.",
    );
    reason.found(product).expected(format!("one of {}", names.join(", "))).refused()
}

fn guide(subject: &Subject<'_>, ours: &OurAddresses) -> Guide {
    let steps = subject.steps().iter().filter(|step| subject.needs(step));
    Guide {
        title: subject.title(),
        steps: steps.map(|step| facts(step, subject, ours)).collect(),
        notes: subject.notes(),
    }
}

fn facts(step: &Step, subject: &Subject<'_>, ours: &OurAddresses) -> StepFacts {
    let place = step.place.path(subject.console());
    let blank = StepFacts { place, action: "", value: None, field: None, has: None };
    match step.action {
        Action::Choose(what) => StepFacts { action: "choose", value: Some(what.into()), ..blank },
        Action::Copy(field) => StepFacts {
            action: "copy",
            field: Some(subject.field(field)),
            has: subject.has(field),
            ..blank
        },
        Action::Enter(value) => {
            StepFacts { action: "enter", value: Some(ours.text(value)), ..blank }
        }
    }
}
