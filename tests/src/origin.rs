//! The helpdesk behind the gate: records what reaches it and answers as a test wants.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tungstenite::Message;
use tungstenite::handshake::derive_accept_key;
use tungstenite::protocol::{Role, WebSocket};

use crate::wire::{Framing, Head, Headers, Wire, header};

/// A request as it reached the origin.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The headers, spelled as they came.
    pub headers: Headers,
    /// The body; empty for requests whose body a [`Handler`] reads itself.
    pub body: Vec<u8>,
}

impl Seen {
    /// The value of the first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// How many headers have this name once case is ignored and `_` counts as `-`.
    #[must_use]
    pub fn count_folded(&self, name: &str) -> usize {
        let fold = |text: &str| text.to_ascii_lowercase().replace('_', "-");
        self.headers.iter().filter(|(n, _)| fold(n) == fold(name)).count()
    }
}

/// Answers a request on the wire; reads the body itself if it wants one.
pub type Handler = dyn Fn(&Head, &mut Wire) -> std::io::Result<()> + Send + Sync;

/// A server on a free port of loopback, until [`Origin::stop`] or the end of the process.
pub struct Origin {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    stopped: Arc<AtomicBool>,
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Origin({})", self.address)
    }
}

impl Origin {
    /// Greets, echoes WebSocket messages, and records all requests.
    ///
    /// # Panics
    /// When there is no free port.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(Box::new(|head, wire| {
            let body = format!("helpdesk: {} {}", head.start[0], head.start[1]);
            answer(wire, 200, &[("Content-Type", "text/plain")], body.as_bytes())
        }))
    }

    /// Answers by `handler`, except for WebSocket upgrades, which it echoes.
    ///
    /// # Panics
    /// When there is no free port.
    #[must_use]
    pub fn start_with(handler: Box<Handler>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let origin = Self { address, seen: Arc::default(), stopped: Arc::default() };
        let (seen, stopped) = (Arc::clone(&origin.seen), Arc::clone(&origin.stopped));
        let handler: Arc<Handler> = Arc::from(handler);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (seen, handler, stopped) =
                    (Arc::clone(&seen), Arc::clone(&handler), Arc::clone(&stopped));
                std::thread::spawn(move || {
                    if let Ok(wire) = Wire::over(stream) {
                        // A client that goes away in the middle is no failure of the origin.
                        let _ = serve(wire, &seen, &stopped, &*handler);
                    }
                });
            }
        });
        origin
    }

    /// `http://127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.seen).clone()
    }

    /// The latest request.
    ///
    /// # Panics
    /// When none has arrived.
    #[must_use]
    #[track_caller]
    pub fn last(&self) -> Seen {
        lock(&self.seen).last().expect("no request has reached the origin").clone()
    }

    /// Stops listening: connections are refused from now on.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        // The listener wakes for this connection, sees the flag, and is dropped with its thread.
        let _ = std::net::TcpStream::connect(self.address);
        while std::net::TcpStream::connect(self.address).is_ok() {
            std::thread::yield_now();
        }
    }
}

/// Sends a response with a body of known length.
///
/// # Errors
/// Those of the socket.
pub fn answer(
    wire: &mut Wire,
    status: u16,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<()> {
    let mut all: Headers =
        headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    all.push(("Content-Length".to_owned(), body.len().to_string()));
    wire.write_head(&format!("HTTP/1.1 {status} Answer"), &all)?;
    wire.write(body)
}

fn serve(
    mut wire: Wire,
    seen: &Mutex<Vec<Seen>>,
    stopped: &AtomicBool,
    handler: &Handler,
) -> std::io::Result<()> {
    while let Some(head) = wire.read_head()? {
        if stopped.load(Ordering::SeqCst) {
            return Ok(());
        }
        // A chunked body belongs to the handler: a streaming test decides itself when to read on.
        let framing = head.request_framing();
        let body = if framing == Framing::Chunked { Vec::new() } else { wire.read_body(framing)? };
        let [method, target, _] = head.start.clone();
        lock(seen).push(Seen { method, target, headers: head.headers.clone(), body });
        if header(&head.headers, "upgrade")
            .is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
        {
            return echo(wire, &head);
        }
        handler(&head, &mut wire)?;
    }
    Ok(())
}

/// The text at which a WebSocket is dropped without a close frame.
pub const DROP: &str = "drop the connection";

/// The text after which a WebSocket only sends [`TICK`], ten times a second, whatever arrives.
pub const DEAF: &str = "never mind a close";

/// See [`DEAF`].
pub const TICK: &str = "tick";

/// Echoes WebSocket messages until the other end closes.
fn echo(mut wire: Wire, head: &Head) -> std::io::Result<()> {
    let key = header(&head.headers, "sec-websocket-key").unwrap_or_default();
    let headers = vec![
        ("Upgrade".to_owned(), "websocket".to_owned()),
        ("Connection".to_owned(), "Upgrade".to_owned()),
        ("Sec-WebSocket-Accept".to_owned(), derive_accept_key(key.as_bytes())),
    ];
    wire.write_head("HTTP/1.1 101 Switching Protocols", &headers)?;
    let (stream, rest) = wire.into_parts();
    let mut socket = WebSocket::from_partially_read(stream, rest, Role::Server, None);
    while let Ok(message) = socket.read() {
        if message == Message::text(DROP) {
            break;
        }
        if message == Message::text(DEAF) {
            return tick(socket.get_mut());
        }
        if (message.is_text() || message.is_binary()) && socket.send(message).is_err() {
            break;
        }
    }
    Ok(())
}

/// The frame of [`TICK`] (RFC 6455, section 5.2). A library would obey a close.
fn tick(stream: &mut impl Write) -> std::io::Result<()> {
    loop {
        stream.write_all(b"\x81\x04tick")?;
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
