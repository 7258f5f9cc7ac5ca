//! XML Encryption: the rules, which verification takes before decryption is there.

/// What a connection allows beyond the strict set. The default allows nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EncryptionRules {
    /// Accept AES-CBC, which does not protect what it hides (attacks E-01). An opt-in per connection
    /// with an end date.
    pub allow_cbc: bool,
}
