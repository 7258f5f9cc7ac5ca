//! The answer to the app: a signed response in a form that posts itself.

use std::borrow::Cow;
use std::rc::Rc;

use deskgate_core::crypto::DigestAlgorithm;
use deskgate_core::desk::BridgeAttribute;
use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::helpdesk::{self, Profile, Received};
use deskgate_core::identity::Attribute;
use deskgate_core::preset::{NameIdSource, ProfileField};
use deskgate_core::saml::constants::{
    AUTHN_UNSPECIFIED, NAME_ID_EMAIL, NAME_ID_PERSISTENT, NAME_ID_UNSPECIFIED,
};
use deskgate_core::saml::identity_provider::{self, IssuedAssertion, Status};
use deskgate_core::saml::request_id;
use deskgate_core::session::Session;
use deskgate_core::xenc::{ENCRYPTION_ENTROPY_BYTES, Recipient};
use zeroize::Zeroizing;

use super::asked::Asked;
use super::{Target, entity_id, event, page, refuse_as, refuse_because, with_target};
use crate::audit::Name;
use crate::desk_object::{Meeting, Operation, Reply, Unknown, Visitor};
use crate::error::{HandOffRefusal, SignInRefusal, notice_for};
use crate::host::random;
use crate::http::Response;
use crate::pages::{self, Notice};
use crate::renewal;
use crate::routes::{app, respond_and_record};
use crate::step::Step;
use crate::visit::Visit;

/// The fields of a profile that an app may get only once.
const ONCE: [&str; 3] = ["name", "phone", "organization"];

/// The Format of the NameIDs that an app gets.
pub(super) const fn name_id_format(source: NameIdSource) -> &'static str {
    match source {
        NameIdSource::Email => NAME_ID_EMAIL,
        NameIdSource::Persistent => NAME_ID_PERSISTENT,
        _ => NAME_ID_UNSPECIFIED,
    }
}

/// One question to the object: whether this person is let in, and what the app got before. It keeps the
/// event in the same transaction, so that no answer is given that the log does not have; the event joins
/// who somebody is there, by the session, to who they are here, by the ID of the response.
pub(super) fn meet(visit: &Visit, target: Target<'_>, session: Rc<Session>, asked: Asked) -> Step {
    let id = request_id(&random(visit.host));
    let mut event = event(visit, Name::Bridge, target).connection(session.connection());
    event.subject = Some(session.subject().to_owned());
    event.session = Some(session.id().to_owned());
    event.token = Some(id.clone());
    if asked.has_unverified_signature {
        event.found = Some("a signature of the request, and no key to verify it with".to_owned());
    }
    let once = target.app.sync.once().filter(|field| ONCE.contains(field));
    let operation = Operation::Meet {
        app: target.app.name.clone(),
        visitor: Visitor::of(&session),
        unknown: Unknown::from(target.app.provisioning),
        once: once.map(str::to_owned).collect(),
        event: event.clone(),
    };
    let (visit, name) = (visit.clone(), target.app.name.clone());
    Step::ask(operation, move |reply| {
        with_target(&visit, &name, |target| match reply {
            Ok(Reply::Met(meeting)) => {
                event.log(visit.host);
                respond(&visit, target, &session, &meeting, &asked, &id)
            }
            Ok(Reply::NotAdmitted { why }) => {
                refuse_as(&visit, target, SignInRefusal::from(why).describe())
            }
            _ => refuse_as(&visit, target, HandOffRefusal::Unavailable.describe()),
        })
    })
}

fn respond(
    visit: &Visit,
    target: Target<'_>,
    session: &Session,
    meeting: &Meeting,
    asked: &Asked,
    id: &str,
) -> Step {
    let upstream = session.authn_context().unwrap_or(AUTHN_UNSPECIFIED);
    let requested = asked.authn_context();
    let authn_context_class = match requested.answer(upstream) {
        Ok(class) => class,
        Err(status) => return refuse(visit, target, asked, status),
    };
    match write(visit, target, session, meeting, asked, id, authn_context_class) {
        Ok(message) => {
            let form = post(visit, target, asked, &message);
            renewal::with_renewal(visit, session, form).into()
        }
        Err(error) => refuse_because(visit, target, &*error, notice_for(&*error)),
    }
}

/// The message. The people of a helpdesk are known by their addresses, so there has to be one.
fn write(
    visit: &Visit,
    target: Target<'_>,
    session: &Session,
    meeting: &Meeting,
    asked: &Asked,
    id: &str,
    authn_context_class: &str,
) -> Result<String, Box<dyn Diagnostic>> {
    let bridge = target.bridge;
    let profile = profile(target, session, meeting).map_err(boxed)?;
    let attributes: Vec<Attribute<'_>> = bridge
        .attributes
        .iter()
        .map(|attribute| attribute_of(attribute, &profile, session))
        .collect();
    let assertion = IssuedAssertion {
        id: &request_id(&random(visit.host)),
        sp_entity_id: &bridge.audience,
        name_id: &name_id(bridge.name_id, &profile, session, meeting),
        name_id_format: name_id_format(bridge.name_id),
        authn_instant: session.authenticated_at(),
        session_index: session.id(),
        session_not_on_or_after: Some(session.expires_at()),
        authn_context_class,
        attributes: &attributes,
    };
    let entropy = Zeroizing::new(random::<ENCRYPTION_ENTROPY_BYTES>(visit.host));
    let recipient = bridge.encryption_certificate.as_ref().map(|certificate| Recipient {
        key: certificate.public_key(),
        oaep_digest: DigestAlgorithm::Sha1,
    });
    let recipient = recipient.as_ref().map(|recipient| (recipient, &*entropy));
    let key = visit.desk.bridge_signing_key(&visit.secrets, visit.host);
    let key =
        key.ok_or_else(|| boxed(helpdesk::Error::from(deskgate_core::jose::Error::SigningFailed)))?;
    response(visit, target, asked, id, &entity_id(visit, target.app))
        .with_assertion(&assertion, recipient, &key, visit.crypto())
        .map_err(boxed)
}

fn response<'a>(
    visit: &Visit,
    target: Target<'a>,
    asked: &'a Asked,
    id: &'a str,
    idp_entity_id: &'a str,
) -> identity_provider::Response<'a> {
    identity_provider::Response {
        id,
        issue_instant: visit.now,
        idp_entity_id,
        acs_url: target.bridge.acs_url.as_str(),
        in_response_to: asked.request_id.as_deref(),
    }
}

fn boxed(error: impl Diagnostic + 'static) -> Box<dyn Diagnostic> {
    Box::new(error)
}

/// The identifier is how an app recognizes the person: what is pinned stands in every assertion, and not
/// in the first one only. It never changes, so there is nothing that it could overwrite.
fn profile(
    target: Target<'_>,
    session: &Session,
    meeting: &Meeting,
) -> Result<Profile, helpdesk::Error> {
    let received = Received { external_id: false, ..Received::all_but(&meeting.first) };
    Profile::new(&app::known(session, meeting), &target.app.sync, &received)
}

/// The username that an administrator wrote into the directory counts before what is made of others.
fn name_id(
    source: NameIdSource,
    profile: &Profile,
    session: &Session,
    meeting: &Meeting,
) -> String {
    let email = profile.email();
    let username = meeting.profile.as_ref().and_then(|profile| profile.username.as_deref());
    let text = match source {
        NameIdSource::EmailLocalPart => {
            username.or_else(|| email.split_once('@').map(|(local_part, _)| local_part))
        }
        NameIdSource::NameId => username.or_else(|| session.person().name_id.as_deref()),
        NameIdSource::Persistent => Some(session.subject()),
        _ => None,
    };
    text.unwrap_or(email).to_owned()
}

fn attribute_of<'a>(
    attribute: &'a BridgeAttribute,
    profile: &'a Profile,
    session: &'a Session,
) -> Attribute<'a> {
    let value = match attribute.field {
        ProfileField::Email => Some(profile.email()),
        ProfileField::FamilyName => profile.family_name(),
        ProfileField::GivenName => profile.given_name(),
        ProfileField::Id => profile.external_id(),
        ProfileField::Name => profile.name(),
        ProfileField::Organization => profile.organization(),
        ProfileField::Phone => profile.phone(),
        _ => None,
    };
    let values = match attribute.field {
        ProfileField::Groups => session.person().groups.iter().map(Cow::from).collect(),
        _ => value.map(Cow::from).into_iter().collect(),
    };
    Attribute { name: Cow::from(&attribute.name), values }
}

/// Tells the app that nobody is signed in, and why.
pub(super) fn refuse(visit: &Visit, target: Target<'_>, asked: &Asked, status: Status) -> Step {
    let id = request_id(&random(visit.host));
    let idp = entity_id(visit, target.app);
    let Some(key) = visit.desk.bridge_signing_key(&visit.secrets, visit.host) else {
        return page(visit, target, Notice::Unavailable).into();
    };
    let written = response(visit, target, asked, &id, &idp).with_status(
        status,
        &format!("deskgate reference {}", visit.reference()),
        &key,
        visit.crypto(),
    );
    let Ok(message) = written else {
        return page(visit, target, Notice::Unavailable).into();
    };
    let mut event = event(visit, Name::BridgeRefused, target);
    event.token = Some(id);
    event.found = Some(status.code().to_owned());
    respond_and_record(post(visit, target, asked, &message), event, visit)
}

/// HTTP-POST binding (SAML Bindings 3.5): RelayState goes back as it came.
fn post(visit: &Visit, target: Target<'_>, asked: &Asked, message: &str) -> Response {
    let value = deskgate_core::base64::encode(message.as_bytes());
    let mut fields = vec![("SAMLResponse", value.as_str())];
    fields.extend(asked.relay_state.as_deref().map(|state| ("RelayState", state)));
    let (desk, app) = (&visit.desk.desk.name, &target.app.display_name);
    let action = target.bridge.acs_url.as_str();
    if action.starts_with("https:") {
        pages::hand_over(desk, app, action, &fields)
    } else {
        // Only on loopback, where there is no TLS to insist on.
        pages::post_message(desk, app, action, &fields)
    }
}
