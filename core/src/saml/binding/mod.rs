//! How messages travel through the browser: [`post`] brings responses and may take requests,
//! [`redirect`] takes requests. Responses by redirect, SimpleSign and artifact are not accepted.

pub mod post;
pub mod redirect;
