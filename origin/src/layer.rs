//! The layer: what has no caller does not reach the service behind it.

use std::convert::Infallible;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::verifier::Verifier;

/// Answers 401, 403 or 503 with a code as text, or lets the request through with a
/// [`Caller`](crate::Caller) among its extensions.
#[derive(Clone, Debug)]
pub struct AssertionLayer {
    verifier: Verifier,
}

impl AssertionLayer {
    /// Puts this verifier in front of services.
    #[must_use]
    pub const fn new(verifier: Verifier) -> Self {
        Self { verifier }
    }
}

impl<S> Layer<S> for AssertionLayer {
    type Service = AssertionService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        AssertionService { inner, verifier: self.verifier.clone() }
    }
}

/// A service behind [`AssertionLayer`].
#[derive(Clone, Debug)]
pub struct AssertionService<S> {
    inner: S,
    verifier: Verifier,
}

impl<S, B, R> Service<Request<B>> for AssertionService<S>
where
    S: Service<Request<B>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: From<String>,
{
    type Response = Response<R>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that was polled to be ready is the one to call; its copy waits for the next.
        let copy = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, copy);
        let verifier = self.verifier.clone();
        Box::pin(async move {
            let (mut head, body) = request.into_parts();
            match verifier.verify(&head).await {
                Ok(caller) => {
                    head.extensions.insert(caller);
                    inner.call(Request::from_parts(head, body)).await
                }
                Err(refusal) => Ok(refusal.answer()),
            }
        })
    }
}
