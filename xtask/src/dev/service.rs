//! A child process in a process group of its own, with a log, that ends when we do.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// Longer than any of the services takes, even on a busy machine.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// Time to end by itself before it is killed.
const END_TIMEOUT: Duration = Duration::from_secs(2);

/// One running service. Dropping it ends the process and all that it started.
#[derive(Debug)]
pub(super) struct Service {
    name: &'static str,
    port: u16,
    log: PathBuf,
    child: Child,
}

impl Service {
    /// Starts `command`; what it writes goes to NAME.log in `folder`.
    pub(super) fn start(
        name: &'static str,
        port: u16,
        command: &mut Command,
        folder: &Path,
    ) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let file = File::create(&log)?;
        // A group of its own: Ctrl-C reaches us alone, and we end the group whole.
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).process_group(0);
        let child = command.spawn().with_context(|| {
            format!("cannot start {} for {name}", command.get_program().to_string_lossy())
        })?;
        Ok(Self { name, port, log, child })
    }

    /// Waits for the port to accept connections.
    pub(super) fn wait_until_it_listens(&mut self) -> Result<()> {
        let address = SocketAddr::from(([127, 0, 0, 1], self.port));
        let begun = Instant::now();
        while TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err() {
            self.check_alive()?;
            if begun.elapsed() > START_TIMEOUT {
                bail!("{} does not listen on port {}\n{}", self.name, self.port, self.last_words());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// An error with the end of its log when the process has ended.
    pub(super) fn check_alive(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended with {status}\n{}", self.name, self.last_words()),
        }
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let shown = lines[lines.len().saturating_sub(30)..].join("\n");
        format!("{}:\n{shown}", self.log.display())
    }

    fn signal(&self, signal: Signal) {
        if let Ok(id) = i32::try_from(self.child.id()) {
            // The only error is a group that has ended.
            let _ = killpg(Pid::from_raw(id), signal);
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.signal(Signal::SIGTERM);
        let begun = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && begun.elapsed() < END_TIMEOUT {
            thread::sleep(Duration::from_millis(20));
        }
        self.signal(Signal::SIGKILL);
        let _ = self.child.wait();
    }
}
