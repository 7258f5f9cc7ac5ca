//! The platform behind traits, so that the rules run natively in tests as they do in workerd.

mod crypto;
mod workerd;

pub(crate) use workerd::{DurableStorage, ObjectStorage, Workerd, install_panic_hook};

use core::fmt;

use deskgate_core::crypto::Crypto;
use deskgate_core::time::UnixTime;

use crate::json::ToJson;

/// What only the platform can give. The time is not here: it is an argument everywhere.
pub(crate) trait Host: fmt::Debug {
    /// Cryptography, by the platform where it is faster.
    fn crypto(&self) -> &dyn Crypto;

    /// Fills `bytes` from the platform's random number generator.
    fn fill_random(&self, bytes: &mut [u8]);

    /// A new RSA-2048 private key, PKCS#8 DER.
    ///
    /// # Errors
    /// [`HostFailed`] when the platform cannot make one.
    fn generate_rsa_key(&self) -> Result<Vec<u8>, HostFailed>;

    /// The public key of a private key, PKCS#8 DER: SubjectPublicKeyInfo, DER.
    ///
    /// # Errors
    /// [`HostFailed`] when the platform does not take the key.
    fn public_key_of(&self, pkcs8: &[u8]) -> Result<Vec<u8>, HostFailed>;

    /// Writes one line to the platform's log. Only `audit` calls this.
    fn log(&self, line: &str);
}

/// Random bytes.
pub(crate) fn random<const N: usize>(host: &dyn Host) -> [u8; N] {
    let mut bytes = [0; N];
    host.fill_random(&mut bytes);
    bytes
}

/// The platform did not do what it was asked to; the details are in its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HostFailed;

/// The SQLite of the Durable Object. One call of the object is one transaction, which the shim
/// rolls back when the call fails.
pub(crate) trait Storage {
    /// Runs one statement; each row is an object of column names and values.
    ///
    /// # Errors
    /// [`HostFailed`] when SQLite refuses.
    fn execute(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, HostFailed>;

    /// Has [`crate::desk_object::wake`] called at this time, or soon after, in place of the time that was
    /// set before.
    ///
    /// # Errors
    /// [`HostFailed`] when the platform refuses.
    fn set_alarm(&self, at: UnixTime) -> Result<(), HostFailed>;
}

/// A parameter of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameter<'a> {
    Null,
    Number(u64),
    Text(&'a str),
}

/// What may be a parameter.
pub(crate) trait AsParameter {
    fn as_parameter(&self) -> Parameter<'_>;
}

impl AsParameter for str {
    fn as_parameter(&self) -> Parameter<'_> {
        Parameter::Text(self)
    }
}

impl AsParameter for String {
    fn as_parameter(&self) -> Parameter<'_> {
        Parameter::Text(self)
    }
}

impl AsParameter for u64 {
    fn as_parameter(&self) -> Parameter<'_> {
        Parameter::Number(*self)
    }
}

impl<T: AsParameter + ?Sized> AsParameter for &T {
    fn as_parameter(&self) -> Parameter<'_> {
        (**self).as_parameter()
    }
}

impl<T: AsParameter> AsParameter for Option<T> {
    fn as_parameter(&self) -> Parameter<'_> {
        self.as_ref().map_or(Parameter::Null, T::as_parameter)
    }
}

impl ToJson for Parameter<'_> {
    fn to_json(&self, text: &mut String) {
        match self {
            Self::Null => None::<u64>.to_json(text),
            Self::Number(number) => number.to_json(text),
            Self::Text(parameter) => parameter.to_json(text),
        }
    }
}

/// The parameters of a statement, in the order of its question marks.
macro_rules! parameters {
    ($($value:expr),* $(,)?) => {
        [$($crate::host::AsParameter::as_parameter(&$value)),*]
    };
}

pub(crate) use parameters;

/// A value in a row: text, an integer or null.
pub(crate) type Value = serde_json::Value;

/// A row of a result.
pub(crate) type Row = serde_json::Map<String, Value>;
