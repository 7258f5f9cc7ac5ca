//! SAML 2.0 metadata: what an identity provider says about itself, read; the same about us, written.
//!
//! Metadata is trusted because an administrator supplied it, not because of anything inside it.

mod identity_provider;
mod service_provider;

pub use identity_provider::{Binding, Endpoint, IdentityProviderMetadata};
pub use service_provider::ServiceProvider;
pub(in crate::saml) use service_provider::{boolean, write_key_descriptor};
