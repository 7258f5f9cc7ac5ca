//! What the commands need on this machine: how to see that it is there, and how to get it.
//!
//! Everything comes from package registries: Rust targets by rustup, npm packages by lock file, wheels by
//! their hashes, the rest from Debian, and that only as root on Debian. What may not be installed is listed.

mod requirement;

use std::cell::RefCell;
use std::process::ExitCode;

use anyhow::{Result, bail};

pub(crate) use self::requirement::Need;
use self::requirement::Source;
use crate::process;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// Finds and installs requirements.
#[derive(Debug)]
pub(crate) struct Setup<'a> {
    workspace: &'a Workspace,
    progress: &'a Progress,
    may_install: bool,
    /// What an installation was tried for in this run and is still not there.
    given_up: RefCell<Vec<Need>>,
}

impl<'a> Setup<'a> {
    pub(crate) fn new(workspace: &'a Workspace, progress: &'a Progress, may_install: bool) -> Self {
        Self { workspace, progress, may_install, given_up: RefCell::default() }
    }

    /// `cargo xtask setup`: everything, with a list of what is missing at the end.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let missing = self.try_for(&Need::ALL);
        for need in Need::ALL.into_iter().filter(|need| !missing.contains(need)) {
            let requirement = need.requirement();
            println!("have     {:<24} {}", requirement.name, requirement.purpose);
        }
        for need in &missing {
            println!("{}", self.explain(*need));
        }
        Ok(if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Makes sure of `needs`.
    ///
    /// # Errors
    /// With the list of what to install by hand.
    pub(crate) fn require(&self, needs: &[Need]) -> Result<()> {
        let missing = self.try_for(needs);
        if missing.is_empty() {
            return Ok(());
        }
        let list: Vec<String> = missing.iter().map(|need| self.explain(*need)).collect();
        bail!("this is missing here:\n{}", list.join("\n"));
    }

    /// Installs what it may of `needs`; what is still missing afterwards.
    pub(crate) fn try_for(&self, needs: &[Need]) -> Vec<Need> {
        let given_up = self.given_up.borrow().clone();
        let is_missing = |need: &Need| !need.requirement().is_present(self.workspace);
        let missing: Vec<Need> = needs.iter().copied().filter(is_missing).collect();
        let wanted: Vec<Need> =
            missing.iter().copied().filter(|need| !given_up.contains(need)).collect();
        if !self.may_install || wanted.is_empty() {
            return missing;
        }
        // Debian first: npm packages need the Node.js that may come from there.
        self.install_from_debian(&wanted);
        for need in &wanted {
            self.install_alone(need.requirement().source);
        }
        let missing: Vec<Need> = missing.into_iter().filter(is_missing).collect();
        self.given_up.borrow_mut().extend(&missing);
        missing
    }

    /// One line for people: what is missing, what for, and the command that gets it.
    pub(crate) fn explain(&self, need: Need) -> String {
        let requirement = need.requirement();
        let command = match requirement.source {
            Source::Debian { packages, .. } => {
                format!("apt-get install --no-install-recommends {}", packages.join(" "))
            }
            Source::Npm(folder) => format!("npm ci --ignore-scripts   (in {folder}/)"),
            Source::Python(list) => {
                let folder = requirement::wheels(self.workspace);
                let folder = folder.display();
                format!("pip install --no-deps --require-hashes --target {folder} -r {list}")
            }
            Source::Rustup(target) => format!("rustup target add {target}"),
        };
        format!(
            "MISSING  {:<24} {}\n         get it by: {command}",
            requirement.name, requirement.purpose
        )
    }

    /// All Debian packages in one call.
    fn install_from_debian(&self, needs: &[Need]) {
        let packages: Vec<&str> = needs
            .iter()
            .filter_map(|need| match need.requirement().source {
                Source::Debian { packages, .. } => Some(packages),
                Source::Npm(_) | Source::Python(_) | Source::Rustup(_) => None,
            })
            .flatten()
            .copied()
            .collect();
        if packages.is_empty() || !is_root_on_debian() {
            return;
        }
        let mut update = self.workspace.command("apt-get");
        update.arg("update");
        let mut install = self.workspace.command("apt-get");
        install.args(["install", "-y", "--no-install-recommends"]).args(&packages);
        install.env("DEBIAN_FRONTEND", "noninteractive");
        let label = format!("install from Debian: {}", packages.join(" "));
        self.attempt(&label, &mut [update, install]);
    }

    fn install_alone(&self, source: Source) {
        match source {
            Source::Debian { .. } => {}
            Source::Npm(folder) => {
                let mut install = self.workspace.command("npm");
                install.current_dir(self.workspace.path(folder));
                // No package needs its install script, and a script is what a stolen package would use.
                install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
                if self.attempt(&format!("install npm packages of {folder}/"), &mut [install]) {
                    // Should this fail, the packages are installed once more next time.
                    let _ = requirement::remember_npm_lock(self.workspace, folder);
                }
            }
            Source::Python(list) => {
                let mut install = self.workspace.command("python3");
                install.args(["-m", "pip", "install", "--quiet", "--upgrade", "--no-deps"]);
                install.args(["--only-binary=:all:", "--require-hashes", "--target"]);
                install.arg(requirement::wheels(self.workspace)).args(["-r", list]);
                if self.attempt(&format!("install the Python packages of {list}"), &mut [install]) {
                    // Should this fail, they are installed once more next time.
                    let _ = requirement::remember_wheels(self.workspace, list);
                }
            }
            Source::Rustup(target) => {
                let mut add = self.workspace.command("rustup");
                add.args(["target", "add", target]);
                self.attempt(&format!("install the Rust target {target}"), &mut [add]);
            }
        }
    }

    /// Runs an installation; a failure is shown and leaves the requirement missing.
    fn attempt(&self, label: &str, commands: &mut [std::process::Command]) -> bool {
        let mut step = self.progress.step(label);
        for command in commands {
            if let Err(error) = process::run(&mut step, command) {
                step.failed(&format!("{error:#}"));
                return false;
            }
        }
        step.done("");
        true
    }
}

fn is_root_on_debian() -> bool {
    nix::unistd::geteuid().is_root() && std::path::Path::new("/etc/debian_version").exists()
}
