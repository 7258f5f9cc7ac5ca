//! What `cargo xtask dev` puts behind and beside the edge: a helpdesk that verifies who is calling,
//! and an identity provider that signs people in by one click. For demonstration and tests only.

mod hosted;
mod idp;
mod origin;
mod page;
mod server;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// A demo helpdesk and a demo identity provider for deskgate.
#[derive(Parser)]
#[command(name = "deskgate-demo", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the helpdesk that stands behind the edge.
    Origin {
        /// Port to listen on, at 127.0.0.1.
        #[arg(long, default_value_t = 9100)]
        port: u16,
        /// Public address of the edge, which signs who is calling.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8787")]
        edge: String,
    },
    /// Run a hosted helpdesk that takes tokens as Zendesk does.
    Zendesk {
        /// Port to listen on, at localhost.
        #[arg(long, default_value_t = 9200)]
        port: u16,
        /// Public address of the desk.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8787")]
        edge: String,
        /// The shared secret, as the settings of the desk have it.
        #[arg(long)]
        secret: String,
    },
    /// Run a hosted helpdesk that is a SAML service provider.
    ServiceProvider {
        /// Port to listen on, at localhost.
        #[arg(long, default_value_t = 9300)]
        port: u16,
        /// Public address of the desk.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8787")]
        edge: String,
    },
    /// Run the identity provider.
    Idp {
        /// Port to listen on, at localhost.
        #[arg(long, default_value_t = 8181)]
        port: u16,
        /// Public address of the desk that people sign in to.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8787")]
        desk: String,
        /// Folder for the signing key and its certificate; made at the first start.
        #[arg(long, value_name = "FOLDER")]
        state: PathBuf,
    },
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Origin { port, edge } => {
            let url = format!("http://127.0.0.1:{port}");
            server::run(port, origin::router(origin::Helpdesk::new(&url, &edge)?))
        }
        Command::Zendesk { port, edge, secret } => {
            let url = format!("http://localhost:{port}");
            server::run(port, hosted::Zendesk::new(&url, &edge, "zendesk", &secret)?.router())
        }
        Command::ServiceProvider { port, edge } => {
            let url = format!("http://localhost:{port}");
            server::run(port, hosted::ServiceProvider::new(&url, &edge, "help-scout").router())
        }
        Command::Idp { port, desk, state } => {
            let url = format!("http://localhost:{port}/");
            server::run(port, idp::router(idp::IdentityProvider::open(&url, &desk, &state)?))
        }
    }
}
