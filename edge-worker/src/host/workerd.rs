//! The functions of `host.mjs`, and the host made of them.

use core::cell::RefCell;
use core::fmt;
use std::panic;

use deskgate_core::crypto::Crypto;
use deskgate_core::time::UnixTime;
use wasm_bindgen::prelude::*;
use zeroize::Zeroize as _;

use super::crypto::HostCrypto;
use crate::json;

use super::{Host, HostFailed, Parameter, Row, Storage};

#[wasm_bindgen(raw_module = "./host.mjs")]
extern "C" {
    #[wasm_bindgen(catch, js_name = generateRsaKey)]
    fn generate_rsa_key() -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(catch, js_name = publicKeyOf)]
    fn public_key_of(pkcs8: &[u8]) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(js_name = randomBytes)]
    fn random_bytes(length: usize) -> Vec<u8>;
    fn log(line: &str);
    #[wasm_bindgen(js_name = logError)]
    fn log_error(line: &str);
    #[wasm_bindgen(catch, js_name = executeSql)]
    fn execute_sql(
        storage: &ObjectStorage,
        statement: &str,
        parameters: &str,
    ) -> Result<String, JsValue>;
    #[wasm_bindgen(catch, js_name = setAlarm)]
    fn set_alarm(storage: &ObjectStorage, at: f64) -> Result<(), JsValue>;
}

/// Bytes asked of the platform at once. Every request of somebody signed in takes 16, and asking costs as
/// much as all else that its token is made of but the signature.
const RANDOM_POOL: usize = 4096;

thread_local! {
    /// Bytes that nobody has seen yet; what is given away is wiped.
    static RANDOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

#[wasm_bindgen]
extern "C" {
    /// `ctx.storage` of the Durable Object.
    pub type ObjectStorage;
}

/// workerd, on Cloudflare or locally.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Workerd;

impl Host for Workerd {
    fn crypto(&self) -> &dyn Crypto {
        &HostCrypto
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        RANDOM.with_borrow_mut(|pool| {
            if pool.len() < bytes.len() {
                *pool = random_bytes(RANDOM_POOL.max(bytes.len()));
            }
            let rest = pool.len() - bytes.len();
            bytes.copy_from_slice(&pool[rest..]);
            pool[rest..].zeroize();
            pool.truncate(rest);
        });
    }

    fn generate_rsa_key(&self) -> Result<Vec<u8>, HostFailed> {
        generate_rsa_key().map_err(|_| HostFailed)
    }

    fn public_key_of(&self, pkcs8: &[u8]) -> Result<Vec<u8>, HostFailed> {
        public_key_of(pkcs8).map_err(|_| HostFailed)
    }

    fn log(&self, line: &str) {
        log(line);
    }
}

/// The storage of the Durable Object that is being called.
pub(crate) struct DurableStorage<'a>(pub(crate) &'a ObjectStorage);

impl Storage for DurableStorage<'_> {
    fn execute(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, HostFailed> {
        let parameters = json::write(parameters);
        let rows = execute_sql(self.0, statement, &parameters).map_err(|error| {
            log_error(&format!("storage: {error:?}"));
            HostFailed
        })?;
        json::read_rows(rows.as_bytes()).ok_or(HostFailed)
    }

    fn set_alarm(&self, at: UnixTime) -> Result<(), HostFailed> {
        #[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
        set_alarm(self.0, at.seconds().saturating_mul(1000) as f64).map_err(|error| {
            log_error(&format!("alarm: {error:?}"));
            HostFailed
        })
    }
}

impl fmt::Debug for DurableStorage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DurableStorage")
    }
}

/// A panic ends the instance; this is the only trace that it leaves.
pub(crate) fn install_panic_hook() {
    panic::set_hook(Box::new(|info| log_error(&format!("deskgate stopped: {info}"))));
}
