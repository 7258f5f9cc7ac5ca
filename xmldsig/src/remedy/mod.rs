//! What to change, and in which box of which console: one table for error messages and checklists.
//!
//! The names of boxes are those of the vendors' own consoles and guides in 2026. Nothing here
//! decides anything: it is shown to whoever has two browser windows open.

mod console;
mod table;

#[cfg(test)]
mod tests;

use alloc::vec::Vec;

pub use self::console::Console;
pub use self::table::Remedy;

/// One place where a setting can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// Whose console.
    pub console: Console,
    /// The way to the box in it, steps separated by `>`.
    pub path: &'static str,
}

impl Remedy {
    /// Where it is done. Of the identity providers, the one that is known, or all of them; of the
    /// helpdesks, the one that is known, or none; and the settings of the desk.
    #[must_use]
    pub fn places(
        self,
        identity_provider: Option<Console>,
        helpdesk: Option<Console>,
    ) -> Vec<Place> {
        let is_wanted = |console: Console| match console {
            Console::Desk => true,
            console if console.is_helpdesk() => Some(console) == helpdesk,
            console => identity_provider.is_none_or(|known| known == console),
        };
        let place = |&(console, path)| Place { console, path };
        self.boxes().iter().filter(|(console, _)| is_wanted(*console)).map(place).collect()
    }
}
