//! What the shim calls. Times are milliseconds since 1970, as `Date.now()` gives them.

use core::cell::RefCell;

use deskgate_core::time::UnixTime;
use wasm_bindgen::prelude::*;

use crate::desk_object::{self, Operation, Reply};
use crate::entry;
use crate::host::{DurableStorage, ObjectStorage, Workerd, install_panic_hook};
use crate::http::RequestHead;
use crate::isolate;
use crate::json;
use crate::relay::{self, OriginResponse, Passed};
use crate::renewal::{self};
use crate::secret;
use crate::step::{Instruction, Step, TooLarge, Unreachable};
use crate::watch;

const HOST: &Workerd = &Workerd;

/// Prepares a new instance with `DESKGATE_SECRET` and `DESKGATE_SECRET_FALLBACK`. Without a valid secret
/// every request is answered by a page that says so.
#[wasm_bindgen]
pub fn start(secret: &str, fallback: &str) {
    install_panic_hook();
    isolate::with(|isolate| secret::set(isolate, secret, fallback));
}

/// Begins to answer a request and says what to do, as JSON of one of `{respond, later}`, `{ask}`, `{read}`,
/// each perhaps with `refresh`, or as lines of which the first is `forward`: `Forward::lines` in `gate.rs`.
///
/// After `ask` and `read` the shim takes the rest of the work with [`take_pending`] at once.
#[wasm_bindgen]
pub fn handle(now: f64, head: Vec<u8>) -> String {
    let (step, refresh) = entry::enter(read_head(head), time(now), HOST);
    instruct(step, refresh)
}

thread_local! {
    static PENDING: RefCell<Option<Pending>> = const { RefCell::new(None) };
    static BODY: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// The body of what is to be responded, if it has one, or the one that goes to the origin in place of the client's,
/// when `forward` says that it `replays`. Once, and at once.
#[wasm_bindgen(js_name = takeBody)]
pub fn take_body() -> Option<Vec<u8>> {
    BODY.take()
}

/// The work that waits for a reply or a body. Once.
#[wasm_bindgen(js_name = takePending)]
pub fn take_pending() -> Option<Pending> {
    PENDING.take()
}

/// Work that waits.
#[wasm_bindgen]
pub struct Pending(Step);

impl core::fmt::Debug for Pending {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

#[wasm_bindgen]
impl Pending {
    /// Goes on with what the object replied; nothing when it did not.
    pub fn replied(self, reply: Option<String>) -> String {
        let Step::Ask(_, then) = self.0 else { return String::new() };
        instruct(then(read_reply(reply)), None)
    }

    /// Goes on with the body; nothing when it was longer than allowed.
    #[wasm_bindgen(js_name = bodyRead)]
    pub fn body_read(self, body: Option<Vec<u8>>, now: f64) -> String {
        let Step::Read(_, then) = self.0 else { return String::new() };
        instruct(then(body.ok_or(TooLarge), time(now)), None)
    }
}

/// Takes in the answer to `refresh`; nothing when there was none.
#[wasm_bindgen]
pub fn refreshed(host: &str, reply: Option<String>, now: f64) {
    entry::install(host, read_reply(reply), time(now), HOST);
}

fn read_reply(reply: Option<String>) -> Result<Reply, Unreachable> {
    reply.and_then(|reply| json::read(reply.as_bytes())).ok_or(Unreachable)
}

/// What to change in the headers of the origin's response, as `Relay::lines` has it. `response` is one line each for
/// `Cache-Control`, `Content-Length`, `Content-Type`, `Location`, the address that was asked and that of the
/// desk, then one for each `Set-Cookie`; `renewed` is what [`renewal`] gave.
#[wasm_bindgen]
pub fn relay(response: Vec<u8>, personal: bool, watched: bool, renewed: Option<String>) -> String {
    let passed = Passed { personal, watched, renewed };
    relay::relay(OriginResponse::parse(&text_of(response)), passed).lines()
}

/// The new session cookie for the answer to a request that the origin was sent at `asked_at`; nothing when
/// that is long ago, or its session has ended meanwhile.
#[wasm_bindgen]
pub fn renewal(asked_at: f64, now: f64, head: Vec<u8>) -> Option<String> {
    renewal::of_answer(read_head(head), time(asked_at), time(now), HOST)
}

/// Whether what a request opened may go on, as JSON: `{}`, `{ended}` with the reason, or `{refresh}`:
/// then the object has to be asked, its answer given to [`refreshed`], and this asked again.
#[wasm_bindgen(js_name = stillPasses)]
pub fn still_passes(has_asked: bool, now: f64, head: Vec<u8>) -> String {
    json::write(&watch::look(read_head(head), has_asked, time(now), HOST))
}

/// What to answer when the origin did not.
#[wasm_bindgen(js_name = originUnreachable)]
pub fn origin_unreachable(now: f64, head: Vec<u8>) -> String {
    instruct(entry::origin_unreachable(read_head(head), time(now), HOST), None)
}

/// One operation of the Durable Object, inside a transaction of the shim. Nothing when the operation
/// cannot be read or the platform fails; the shim then rolls back. No exception: that would tell the
/// shim that this instance is broken, and what it knows would be lost with it.
#[wasm_bindgen(js_name = deskObject)]
pub fn desk_object(
    storage: &ObjectStorage,
    host: &str,
    operation: &str,
    now: f64,
) -> Option<String> {
    let operation = json::read::<Operation>(operation.as_bytes())?;
    let secrets = isolate::with(|isolate| isolate.secrets.clone())?;
    let storage = DurableStorage(storage);
    desk_object::run(&operation, host, &secrets, &storage, HOST, time(now))
        .map(|reply| json::write(&reply))
        .ok()
}

/// The alarm of the Durable Object, inside a transaction of the shim. `false` when the platform fails; the
/// shim then rolls back, and the platform calls again later.
#[wasm_bindgen(js_name = deskAlarm)]
pub fn desk_alarm(storage: &ObjectStorage, now: f64) -> bool {
    let secrets = isolate::with(|isolate| isolate.secrets.clone());
    let Some(secrets) = secrets else { return false };
    desk_object::wake(&secrets, &DurableStorage(storage), HOST, time(now)).is_ok()
}

/// Heads cross as bytes: of a text the bindings would look at each letter.
fn read_head(bytes: Vec<u8>) -> RequestHead {
    RequestHead::parse(text_of(bytes))
}

/// What `TextEncoder` writes is always UTF-8. Of anything else nothing can be said, least of all that an
/// answer sets no cookie of ours: the shim then answers that something went wrong.
fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|_| wasm_bindgen::throw_str("no UTF-8"))
}

/// Whole seconds.
fn time(milliseconds: f64) -> UnixTime {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a time after 1970"
    )]
    UnixTime::from_seconds((milliseconds / 1000.0) as u64)
}

fn instruct(mut step: Step, refresh: Option<Operation>) -> String {
    let refresh = refresh.map(|operation| json::write(&operation));
    let mut instruction = Instruction { refresh, ..Instruction::NONE };
    match &mut step {
        Step::Ask(operation, _) => instruction.ask = Some(json::write(operation)),
        Step::Forward(forward, later) => {
            if let Some(body) = forward.other_body() {
                BODY.set(Some(body.to_vec()));
            }
            let later = later.as_ref().map(json::write);
            return forward.lines(instruction.refresh.as_deref(), later.as_deref());
        }
        Step::Read(max_bytes, _) => instruction.read = Some(*max_bytes),
        Step::Respond(response, events) => {
            let body = core::mem::take(&mut response.body);
            BODY.set(Some(body.into_bytes()).filter(|body| !body.is_empty()));
            instruction.respond = Some(response);
            let record = |event| json::write(&Operation::Record { event });
            instruction.later = events.iter().cloned().map(record).collect();
        }
    }
    let json = json::write(&instruction);
    if matches!(step, Step::Ask(..) | Step::Read(..)) {
        PENDING.set(Some(Pending(step)));
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "non-wasm targets")]
    fn what_is_no_text_is_refused() {
        let _changes = relay(b"\n\n\n\n\n\n__Host-deskgate=\xFF\n".to_vec(), true, true, None);
    }
}
