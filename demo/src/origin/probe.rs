//! Endpoints that show what arrives behind the edge: headers, bodies, streams, WebSockets.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use futures_util::stream;
use serde_json::{Value, json};

/// The request as it arrived: method, path, every header value, length of the body.
pub(super) async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Json<Value> {
    let mut values: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in &headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        values.entry(name.as_str()).or_default().push(value);
    }
    Json(json!({
        "method": method.as_str(),
        "path": uri.to_string(),
        "headers": values,
        "body_bytes": body.len(),
    }))
}

/// Answers after two seconds.
pub(super) async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_secs(2)).await;
    "slow\n"
}

/// Five lines, one every 200 ms: a proxy that buffers shows them all at once.
pub(super) async fn stream() -> Response {
    let lines = stream::unfold(0, |sent| async move {
        if sent == 5 {
            return None;
        }
        if sent > 0 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Some((Ok::<_, Infallible>(format!("line {sent}\n")), sent + 1))
    });
    Response::new(Body::from_stream(lines))
}

/// Sends back every message.
pub(super) async fn web_socket(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async |mut socket: WebSocket| {
        while let Some(Ok(message)) = socket.recv().await {
            if matches!(message, Message::Close(_)) || socket.send(message).await.is_err() {
                return;
            }
        }
    })
}
