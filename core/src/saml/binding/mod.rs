//! How messages travel through the browser: [`post`] brings sign-in responses, [`redirect`] and
//! [`post`] take requests, and either carries logout messages both ways. Sign-in responses by redirect,
//! SimpleSign and artifact are not accepted.

pub mod post;
pub mod redirect;
