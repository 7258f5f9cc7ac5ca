/// What happens when somebody signs in who is not in the desk's directory of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provisioning {
    /// They are refused, with a page that names whom to ask.
    ByHand,
    /// They are added.
    JustInTime,
    /// The directory plays no part.
    Off,
}

impl Provisioning {
    /// All, with their names in settings.
    pub const WORDS: &'static [(&'static str, Self)] =
        &[("off", Self::Off), ("just_in_time", Self::JustInTime), ("by_hand", Self::ByHand)];
}
