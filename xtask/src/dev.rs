//! `cargo xtask dev`: the Worker in workerd, a demo helpdesk behind it, two hosted ones elsewhere and
//! a demo identity provider beside it, with an address to click.

mod desk;
mod service;
mod workerd;

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;

use self::service::Service;
use crate::progress::Progress;
use crate::setup::Setup;
use crate::workspace::Workspace;
use crate::{build, process};

/// Where the services listen.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Port of the edge, on 127.0.0.1.
    #[arg(long, value_name = "PORT", default_value_t = 8787)]
    edge_port: u16,
    /// Port of the demo helpdesk, on 127.0.0.1.
    #[arg(long, value_name = "PORT", default_value_t = 9100)]
    origin_port: u16,
    /// Port of the demo identity provider, on localhost.
    #[arg(long, value_name = "PORT", default_value_t = 8181)]
    idp_port: u16,
    /// Port of the demo helpdesk that takes Zendesk's tokens, on localhost.
    #[arg(long, value_name = "PORT", default_value_t = 9200)]
    zendesk_port: u16,
    /// Port of the demo helpdesk that is a SAML service provider, on localhost.
    #[arg(long, value_name = "PORT", default_value_t = 9300)]
    service_provider_port: u16,
    /// Forget settings, keys and sessions of earlier runs.
    #[arg(long)]
    fresh: bool,
}

impl Options {
    fn edge_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.edge_port)
    }

    fn origin_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.origin_port)
    }

    /// Another site than the edge, as in life: cookies that are `SameSite=Lax` do not come along.
    fn idp_url(&self) -> String {
        format!("http://localhost:{}", self.idp_port)
    }

    fn zendesk_url(&self) -> String {
        format!("http://localhost:{}", self.zendesk_port)
    }

    fn service_provider_url(&self) -> String {
        format!("http://localhost:{}", self.service_provider_port)
    }
}

pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
    options: &Options,
) -> Result<ExitCode> {
    let (interrupt, interrupted) = mpsc::channel();
    ctrlc::set_handler(move || {
        // The receiver is gone only when everything has ended already.
        let _ = interrupt.send(());
    })?;
    check_ports(options)?;
    build::worker(workspace, progress, setup)?;
    let mut programs = workspace.cargo();
    programs.args(["build", "-p", "deskgate", "-p", "deskgate-demo"]);
    process::run_step(progress, "compile the command line and the demo", &mut programs)?;

    let folder = workspace.target().join("dev");
    if options.fresh && folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("objects"))?;
    let mut services = start(workspace, &folder, options)?;
    let step = progress.step("wait for the services");
    for service in &mut services {
        service.wait_until_it_listens()?;
    }
    step.done("");
    let desk = desk::write(&folder, options)?;
    apply(workspace, progress, &folder, &desk)?;
    println!("{}", greeting(workspace, &desk, options));

    // Until Ctrl-C, or until one of them ends by itself.
    while interrupted.recv_timeout(Duration::from_millis(500)).is_err() {
        for service in &mut services {
            service.check_alive()?;
        }
    }
    println!("\nstopped");
    Ok(ExitCode::SUCCESS)
}

/// Before minutes of compilation, not after.
fn check_ports(options: &Options) -> Result<()> {
    let ports = [
        ("edge", options.edge_port, "--edge-port"),
        ("demo helpdesk", options.origin_port, "--origin-port"),
        ("demo identity provider", options.idp_port, "--idp-port"),
        ("demo of Zendesk", options.zendesk_port, "--zendesk-port"),
        ("demo service provider", options.service_provider_port, "--service-provider-port"),
    ];
    for (name, port, option) in ports {
        if let Err(error) = std::net::TcpListener::bind(("127.0.0.1", port)) {
            bail!(
                "port {port} for the {name} is not free ({error}): choose another one with {option}"
            );
        }
    }
    Ok(())
}

fn start(workspace: &Workspace, folder: &Path, options: &Options) -> Result<Vec<Service>> {
    let demo = workspace.target().join("debug/deskgate-demo");
    let mut origin = workspace.command(&demo);
    origin.args([
        "origin",
        "--port",
        &options.origin_port.to_string(),
        "--edge",
        &options.edge_url(),
    ]);

    let mut idp = workspace.command(&demo);
    idp.args(["idp", "--port", &options.idp_port.to_string(), "--desk", &options.edge_url()]);
    idp.arg("--state").arg(folder.join("idp"));

    let mut zendesk = workspace.command(&demo);
    let (port, edge) = (options.zendesk_port.to_string(), options.edge_url());
    zendesk.args(["zendesk", "--port", &port, "--edge", &edge, "--secret", desk::ZENDESK_SECRET]);

    let mut service_provider = workspace.command(&demo);
    let port = options.service_provider_port.to_string();
    service_provider.args(["service-provider", "--port", &port, "--edge", &edge]);

    let config = folder.join("deskgate.capnp");
    fs::write(&config, workerd::config(workspace, folder)?)?;
    let mut worker = workspace.command(workspace.workerd());
    worker.arg("serve").arg(config).env("DESKGATE_SECRET", secret(folder)?);
    worker.arg(format!("--directory-path=state={}", folder.join("objects").display()));
    worker.arg(format!("--socket-addr=http=127.0.0.1:{}", options.edge_port));

    Ok(vec![
        Service::start("origin", options.origin_port, &mut origin, folder)?,
        Service::start("idp", options.idp_port, &mut idp, folder)?,
        Service::start("zendesk", options.zendesk_port, &mut zendesk, folder)?,
        Service::start(
            "service-provider",
            options.service_provider_port,
            &mut service_provider,
            folder,
        )?,
        Service::start("edge", options.edge_port, &mut worker, folder)?,
    ])
}

/// The Worker's one secret, made at the first start and kept, so that later starts open what it sealed.
fn secret(folder: &Path) -> Result<String> {
    let path = secret_path(folder);
    if let Ok(secret) = fs::read_to_string(&path) {
        return Ok(secret.trim().to_owned());
    }
    let mut bytes = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let secret = URL_SAFE_NO_PAD.encode(bytes);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    writeln!(file, "{secret}")?;
    Ok(secret)
}

fn secret_path(folder: &Path) -> PathBuf {
    folder.join("secret")
}

fn apply(workspace: &Workspace, progress: &Progress, folder: &Path, desk: &Path) -> Result<()> {
    let mut deskgate = workspace.command(workspace.target().join("debug/deskgate"));
    deskgate.args(["apply", "--secret-file"]).arg(secret_path(folder)).arg("--desk").arg(desk);
    process::run_step(progress, "apply the settings of the desk", &mut deskgate)
        .context("the edge does not take the settings")?;
    Ok(())
}

fn greeting(workspace: &Workspace, desk: &Path, options: &Options) -> String {
    let shown =
        |path: &Path| path.strip_prefix(workspace.root()).unwrap_or(path).display().to_string();
    let (edge, origin, idp) = (options.edge_url(), options.origin_url(), options.idp_url());
    let (zendesk, service_provider) = (options.zendesk_url(), options.service_provider_url());
    let desk = shown(desk);
    let deskgate = shown(&workspace.target().join("debug/deskgate"));
    let folder = workspace.target().join("dev");
    let (secret, logs) = (shown(&secret_path(&folder)), shown(&folder.join("*.log")));
    format!(
        "
  deskgate is running, in front of three helpdesks. Sign in as B.Simon@contoso.com (one click):

      {edge}/               gateway: a helpdesk that runs behind deskgate
      {zendesk}/               hand-off: one that takes Zendesk's tokens
      {service_provider}/               bridge: one that is a SAML service provider, as Help Scout

  What to look at next
      {idp}/               the demo identity provider; start a sign-in from there
      {edge}/deskgate/session      what the edge knows about you
      {edge}/deskgate/metadata     what an identity provider is told
      {origin}/               the helpdesk without the edge in front: it greets nobody

  Change something
      {desk} holds the settings; apply them with
      {deskgate} apply --secret-file {secret} --desk {desk}
      After a change of the source, start `cargo xtask dev` again. Logs: {logs}

  Ctrl-C ends them all."
    )
}
