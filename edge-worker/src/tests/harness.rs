//! The platform in memory: SQLite, a host, and the loop that the shim is in production.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use deskgate_core::crypto::{Crypto, KeyRules, PrivateKey, RustCrypto, SecretKey};
use deskgate_core::session::Secrets;
use deskgate_core::time::UnixTime;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};
use serde_json::json;

use crate::desk_object::{self, Operation, Reply};
use crate::entry;
use crate::gate::Forward;
use crate::host::{Host, HostFailed, Parameter, Row, Storage, Value};
use crate::http::{RequestHead, Response};
use crate::isolate::{self, Isolate};
use crate::json::{self, FromJson, ToJson};
use crate::secret::Fallback;
use crate::step::{Step, TooLarge, Unreachable};

/// 2026-11-21T12:00:00Z.
pub(crate) const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);

/// SQLite in memory, and an alarm.
#[derive(Debug)]
pub(crate) struct Memory(Connection, Cell<Option<UnixTime>>);

impl Memory {
    pub(crate) fn new() -> Self {
        Self(Connection::open_in_memory().unwrap(), Cell::default())
    }

    /// When the alarm rings.
    pub(crate) fn alarm(&self) -> Option<UnixTime> {
        self.1.get()
    }

    pub(crate) fn count(&self, table: &str) -> u64 {
        let rows = self.execute(&format!("SELECT count(*) AS n FROM {table}"), &[]).unwrap();
        rows[0]["n"].as_u64().unwrap()
    }
}

impl Storage for Memory {
    fn execute(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, HostFailed> {
        let mut statement = self.0.prepare(statement).map_err(|_| HostFailed)?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let parameters = parameters.iter().map(|parameter| match *parameter {
            Parameter::Text(text) => rusqlite::types::Value::Text(text.to_owned()),
            Parameter::Number(number) => {
                rusqlite::types::Value::Integer(number.try_into().unwrap())
            }
            Parameter::Null => rusqlite::types::Value::Null,
        });
        let mut rows = statement.query(params_from_iter(parameters)).map_err(|_| HostFailed)?;
        let mut result = Vec::new();
        while let Some(row) = rows.next().map_err(|_| HostFailed)? {
            let value = |at: usize| match row.get_ref(at).unwrap() {
                ValueRef::Integer(number) => json!(number),
                ValueRef::Null => Value::Null,
                ValueRef::Text(text) => json!(str::from_utf8(text).unwrap()),
                other => panic!("not a value: {other:?}"),
            };
            result.push(names.iter().enumerate().map(|(at, n)| (n.clone(), value(at))).collect());
        }
        Ok(result)
    }

    fn set_alarm(&self, at: UnixTime) -> Result<(), HostFailed> {
        self.1.set(Some(at));
        Ok(())
    }
}

/// A host whose randomness counts, so that runs are alike and no two values are.
#[derive(Debug, Default)]
pub(crate) struct TestHost {
    drawn: Cell<u64>,
    rsa_keys: Cell<usize>,
    /// What was logged.
    pub(crate) lines: RefCell<Vec<String>>,
}

/// What signs for identity providers and desks alike.
pub(crate) const CRYPTO: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();

impl Host for TestHost {
    fn crypto(&self) -> &dyn Crypto {
        &CRYPTO
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            self.drawn.set(self.drawn.get() + 1);
            chunk.copy_from_slice(&self.drawn.get().to_le_bytes()[..chunk.len()]);
        }
    }

    fn generate_rsa_key(&self) -> Result<Vec<u8>, HostFailed> {
        const KEYS: [&[u8]; 3] = [
            include_bytes!("testdata/rsa-2048.pk8"),
            include_bytes!("testdata/second-rsa-2048.pk8"),
            include_bytes!("testdata/third-rsa-2048.pk8"),
        ];
        let made = self.rsa_keys.replace(self.rsa_keys.get() + 1);
        Ok(KEYS[made % KEYS.len()].to_vec())
    }

    fn public_key_of(&self, pkcs8: &[u8]) -> Result<Vec<u8>, HostFailed> {
        let key = PrivateKey::from_pkcs8_der(pkcs8, KeyRules::default()).map_err(|_| HostFailed)?;
        Ok(key.public_key().spki_der().to_vec())
    }

    fn log(&self, line: &str) {
        self.lines.borrow_mut().push(line.to_owned());
    }
}

pub(crate) fn secret() -> SecretKey {
    SecretKey::new(&[7; 32])
}

/// A deployment: one isolate, the object of one desk, a clock that stands still.
#[derive(Debug)]
pub(crate) struct Deployment {
    pub(crate) storage: Memory,
    /// Of the object, and of an isolate that begins.
    pub(crate) secrets: Secrets,
    pub(crate) host: &'static TestHost,
    pub(crate) now: UnixTime,
    pub(crate) object_answers: bool,
    pub(crate) origin_answers: bool,
    /// Seconds from the head of a request to the end of its body.
    pub(crate) body_takes: u64,
    /// How often the object was asked.
    pub(crate) asked: u32,
}

/// What arrives on the other side of the boundary.
fn crossed<T: ToJson + FromJson>(value: &T) -> T {
    json::read(json::write(value).as_bytes()).unwrap()
}

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Outcome {
    Forwarded(Forward),
    Answered(Response),
}

impl Outcome {
    #[track_caller]
    pub(crate) fn response(self) -> Response {
        match self {
            Self::Answered(response) => response,
            Self::Forwarded(forward) => panic!("forwarded: {forward:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn forward(self) -> Forward {
        match self {
            Self::Forwarded(forward) => forward,
            Self::Answered(response) => panic!("{}: {}", response.status, response.body),
        }
    }
}

impl Deployment {
    /// Without settings.
    pub(crate) fn new() -> Self {
        let deployment = Self {
            storage: Memory::new(),
            secrets: secret().into(),
            host: Box::leak(Box::default()),
            now: NOW,
            object_answers: true,
            origin_answers: true,
            body_takes: 0,
            asked: 0,
        };
        deployment.new_isolate();
        deployment
    }

    /// Forgets all that the isolate knew.
    pub(crate) fn new_isolate(&self) {
        isolate::with(|isolate| {
            *isolate = Isolate::default();
            isolate.secrets = Some(Rc::new(self.secrets.clone()));
            if self.secrets.has_fallback() {
                isolate.fallback = Fallback::Opens;
            }
        });
    }

    pub(crate) fn advance(&mut self, seconds: u64) {
        self.now = UnixTime::from_seconds(self.now.seconds() + seconds);
    }

    /// What the shim does with a request.
    pub(crate) fn handle(&mut self, head: RequestHead, body: &[u8]) -> Outcome {
        let host_name = head.host.clone();
        let (mut step, refresh) = entry::enter(head.clone(), self.now, self.host);
        if let Some(refresh) = refresh {
            entry::install(&host_name, self.ask(&host_name, refresh), self.now, self.host);
        }
        loop {
            step = match step {
                Step::Ask(operation, then) => then(self.ask(&host_name, *operation)),
                Step::Read(limit, then) => {
                    self.advance(self.body_takes);
                    let fits = body.len() <= limit;
                    then(if fits { Ok(body.to_vec()) } else { Err(TooLarge) }, self.now)
                }
                Step::Forward(..) if !self.origin_answers => {
                    entry::origin_unreachable(head.clone(), self.now, self.host)
                }
                Step::Forward(forward, later) => {
                    if let Some(operation) = later {
                        let _ = self.ask(&host_name, *operation);
                    }
                    return Outcome::Forwarded(forward);
                }
                Step::Respond(response, events) => {
                    for event in events {
                        let _ = self.ask(&host_name, Operation::Record { event });
                    }
                    return Outcome::Answered(response);
                }
            }
        }
    }

    /// Operations and replies cross as JSON, as they do in production.
    pub(crate) fn ask(
        &mut self,
        host_name: &str,
        operation: Operation,
    ) -> Result<Reply, Unreachable> {
        self.asked += 1;
        if !self.object_answers {
            return Err(Unreachable);
        }
        let operation = crossed(&operation);
        let (secrets, storage) = (&self.secrets, &self.storage);
        let reply = desk_object::run(&operation, host_name, secrets, storage, self.host, self.now);
        let reply = reply.unwrap();
        Ok(crossed(&reply))
    }

    /// The codes of the events in the log, oldest first; their names where there is no code.
    pub(crate) fn events(&self) -> Vec<String> {
        let lines = self.host.lines.borrow();
        let of = |line: &String| {
            let event: Value = serde_json::from_str(line).unwrap();
            let name = event["code"].as_str().or_else(|| event["event"].as_str()).unwrap();
            name.to_owned()
        };
        lines.iter().map(of).collect()
    }
}
