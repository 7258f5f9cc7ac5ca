//! A year of rotations: the object, isolates that hear of it late, origin servers that read the JWK Set
//! once a day and never because a key is unknown, and people whose sessions last as long as they may.

use std::collections::VecDeque;
use std::rc::Rc;

use core::time::Duration;

use deskgate_core::base64;
use deskgate_core::identity::{Identity, NameId};
use deskgate_core::jose::{JwkKind, JwkSet};
use deskgate_core::session::{
    AttributeNames, ExpectedOriginToken, MAX_SESSION_LIFETIME, NewOriginToken, NewSession, Session,
    mint_origin_token, mint_session, verify_origin_token, verify_session,
};
use deskgate_core::time::UnixTime;
use serde_json::Value;

use super::key_life::{Margins, Plan};
use super::tests::set_up;
use super::{signing_keys, snapshot, wake};
use crate::host::{Storage as _, random};
use crate::loaded_desk::LoadedDesk;
use crate::snapshot::Snapshots;
use crate::tests::harness::{CRYPTO, Memory, NOW, TestHost, secret};

const HOST: &str = "help.contoso.com";
const URL: &str = "https://help.contoso.com";
const ORIGIN: &str = "https://tickets.internal";
const HOUR: Duration = Duration::from_secs(3600);

/// The longest that an isolate goes on without the object.
const LATE: Duration = Duration::from_secs(600);

struct World {
    storage: Memory,
    host: TestHost,
    margins: Margins,
}

impl World {
    fn new(margins: Margins) -> Self {
        let world = Self { storage: set_up(), host: TestHost::default(), margins };
        // The first random bytes of a host were those of the first settings.
        random::<8192>(&world.host);
        world
    }

    fn tend(&self, sets_alarm: bool, now: UnixTime) {
        let Self { storage, host, margins } = self;
        signing_keys::tend(storage, HOST, &secret().into(), *margins, sets_alarm, host, now)
            .unwrap();
    }

    /// Has an isolate ask.
    fn tell(&self, isolate: &mut Snapshots, now: UnixTime) {
        self.tend(false, now);
        let reply = snapshot(&self.storage, isolate.known(HOST)).unwrap();
        isolate.install(HOST, reply, &secret().into(), &self.host, now).unwrap();
    }
}

fn desk_of(isolate: &Snapshots, now: UnixTime) -> Rc<LoadedDesk> {
    isolate.find_unreachable(HOST, now).unwrap()
}

fn published(desk: &LoadedDesk) -> JwkSet {
    JwkSet::parse(desk.token_keys.to_json().as_bytes(), JwkKind::PUBLIC).unwrap()
}

fn kid(token: &str) -> String {
    let header = base64::decode_url(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

fn session(entropy: u64, now: UnixTime) -> Session {
    let name_id = NameId {
        value: "B.Simon".into(),
        format: None,
        name_qualifier: None,
        sp_name_qualifier: None,
    };
    let identity =
        Identity { issuer: "https://idp/".into(), name_id: Some(name_id), attributes: vec![] };
    let new = NewSession {
        identity: &identity,
        attribute_names: &AttributeNames::default(),
        connection: "contoso",
        email_domains: &[],
        authenticated_at: None,
        authn_context: None,
        session_not_on_or_after: None,
        lifetime: MAX_SESSION_LIFETIME,
        entropy: u128::from(entropy).to_le_bytes(),
    };
    Session::begin(&new, now, &CRYPTO).unwrap()
}

/// What became of a year.
#[derive(Debug, Default)]
struct Year {
    refused: Vec<String>,
    kids: Vec<String>,
    most_keys: u64,
}

/// The request of an hour: the origin gets a token of `signer` and checks it with each of the sets
/// that origin servers may have.
fn request(hour: u64, signer: &LoadedDesk, origins: &[String], now: UnixTime, year: &mut Year) {
    let someone = session(hour, now);
    let new = NewOriginToken {
        desk_url: URL,
        origin: ORIGIN,
        method: "GET",
        path_and_query: "/",
        entropy: [1; 16],
    };
    let token = mint_origin_token(&someone, &new, now, signer.token_key(now), &CRYPTO).unwrap();
    let kid = kid(&token);
    if origins.iter().any(|keys| !keys.contains(&kid)) {
        year.refused.push(format!("hour {hour}: an origin does not know the key"));
    }
    let expected =
        ExpectedOriginToken { desk_url: URL, origin: ORIGIN, method: "GET", path_and_query: "/" };
    let at = usize::try_from(hour).unwrap() % origins.len();
    let keys = JwkSet::parse(origins[at].as_bytes(), JwkKind::PUBLIC).unwrap();
    if let Err(error) = verify_origin_token(&token, &keys, &expected, now, &CRYPTO) {
        year.refused.push(format!("hour {hour}: {error}"));
    }
    if year.kids.last() != Some(&kid) {
        year.kids.push(kid);
    }
}

fn live(days: u64, margins: Margins) -> Year {
    let world = World::new(margins);
    let mut year = Year::default();
    let (mut prompt, mut late) = (Snapshots::default(), Snapshots::default());
    world.tell(&mut late, NOW);
    let first = published(&desk_of(&late, NOW)).to_json();
    // One for each hour of the day at which it reads the keys.
    let mut origins = vec![first; 24];
    let mut browsers: VecDeque<(UnixTime, String)> = VecDeque::new();
    let mut alarms = 0;
    for hour in 1..=days * 24 {
        let now = NOW.saturating_add(HOUR * u32::try_from(hour).unwrap());
        if world.storage.alarm().is_some_and(|at| at <= now) {
            alarms += 1;
            // Every third one is lost.
            match alarms % 3 {
                0 => world.storage.set_alarm(now.saturating_add(9 * 24 * HOUR)).unwrap(),
                _ => world.tend(true, now),
            }
        }
        let before = now.saturating_sub(LATE);
        world.tell(&mut late, before);
        // Every few hours it is a new one.
        if hour % 5 == 1 {
            prompt = Snapshots::default();
        }
        world.tell(&mut prompt, now);
        let [prompt, late] = [&prompt, &late].map(|isolate| desk_of(isolate, now));
        let (signer, verifier) = if hour % 2 == 0 { (&prompt, &late) } else { (&late, &prompt) };
        request(hour, signer, &origins, now, &mut year);
        let at = usize::try_from(hour).unwrap() % origins.len();
        origins[at] = published(&late).to_json();

        browsers.retain(|(expires_at, _)| *expires_at > now);
        if hour % 5 == 0 {
            let someone = session(hour, now);
            let token = mint_session(&someone, URL, signer.token_key(now), &CRYPTO).unwrap();
            browsers.push_back((someone.expires_at(), token));
        }
        // The oldest session and the newest one.
        for (_, token) in browsers.front().into_iter().chain(browsers.back()) {
            if let Err(error) = verify_session(token, &verifier.token_keys, URL, now, &CRYPTO) {
                year.refused.push(format!("hour {hour}: a session: {error}"));
            }
        }
        year.most_keys = year.most_keys.max(world.storage.count("signing_keys") - 2);
    }
    year
}

#[test]
fn in_a_year_of_rotations_no_request_is_refused() {
    let year = live(365, Margins::OURS);
    assert_eq!(year.refused, [""; 0]);
    assert_eq!((year.kids.len(), year.most_keys), (13, 2));
}

#[test]
fn keys_that_are_used_sooner_or_kept_shorter_have_requests_refused() {
    let at_once = Margins { announced: Duration::ZERO, ..Margins::OURS };
    let too_soon = Margins { announced: Margins::OURS.announced - 2 * HOUR, ..Margins::OURS };
    let too_short = Margins { kept: Margins::OURS.kept - 6 * HOUR, ..Margins::OURS };
    let not_kept = Margins { kept: Duration::ZERO, ..Margins::OURS };
    for margins in [at_once, too_soon, too_short, not_kept] {
        assert!(!live(45, margins).refused.is_empty(), "{margins:?}");
    }
}

#[test]
fn a_key_is_announced_then_used_then_kept_then_forgotten() {
    const DAY: u64 = 24 * 3600;
    let days = |days: u64| UnixTime::from_seconds(days * DAY);
    let margins =
        Margins { announced: Duration::from_secs(DAY), kept: Duration::from_secs(7 * DAY) };
    let rotation = Duration::from_secs(30 * DAY);
    let plan = |used_from: &[u64], now: u64| {
        let used_from: Vec<_> = used_from.iter().map(|at| days(*at)).collect();
        let plan = Plan::new(&used_from, rotation, margins, days(now));
        let day = |at: UnixTime| at.seconds() / DAY;
        (plan.next_from.map(day), plan.forget_before.map(day), day(plan.look_again))
    };
    assert_eq!(plan(&[100], 100), (None, None, 129));
    assert_eq!(plan(&[100], 128), (None, None, 129));
    assert_eq!(plan(&[100], 129), (Some(130), None, 137));
    assert_eq!(plan(&[130, 100], 129), (None, None, 137));
    assert_eq!(plan(&[130, 100], 136), (None, None, 137));
    assert_eq!(plan(&[130, 100], 137), (None, Some(130), 159));
    // Nobody came by for a long time: the next one is announced for as long as ever.
    assert_eq!(plan(&[130, 100], 400), (Some(401), Some(130), 408));
    // Several at once are forgotten, and what may still have tokens is not.
    assert_eq!(plan(&[130, 120, 110], 128), (None, Some(120), 137));
}

#[test]
fn the_alarm_makes_the_next_key_of_its_desk_and_rings_again() {
    let storage = set_up();
    let host = TestHost::default();
    random::<8192>(&host);
    let rings_at = storage.alarm().unwrap();
    wake(&secret().into(), &storage, &host, rings_at.saturating_sub(HOUR)).unwrap();
    assert_eq!(storage.count("signing_keys"), 3);
    assert_eq!(storage.alarm(), Some(rings_at));
    wake(&secret().into(), &storage, &host, rings_at).unwrap();
    // Twice for one time.
    wake(&secret().into(), &storage, &host, rings_at).unwrap();
    assert_eq!(storage.count("signing_keys"), 4);
    assert!(storage.alarm().unwrap() > rings_at);
    assert!(host.lines.borrow().concat().contains("keys.announced"));
    // A desk that nobody set up.
    let empty = Memory::new();
    wake(&secret().into(), &empty, &host, NOW).unwrap();
    assert_eq!((empty.count("sqlite_master"), empty.alarm()), (0, None));
}
