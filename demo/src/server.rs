//! The HTTP server under both demos.

use anyhow::{Context as _, Result};
use axum::Router;
use tokio::net::TcpListener;

/// Serves `router` on loopback until the process ends. One thread: the demo has one visitor.
pub(crate) fn run(port: u16, router: Router) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", port)).await;
        let listener = listener.with_context(|| format!("cannot listen on port {port}"))?;
        println!("listening on {}", listener.local_addr()?);
        Ok(axum::serve(listener, router).await?)
    })
}
