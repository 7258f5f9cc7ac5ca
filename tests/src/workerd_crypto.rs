//! The crypto provider of the Worker, inside workerd, as a [`Crypto`] of this process: whatever takes a
//! provider can be run with the one of the edge.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::rc::Rc;
use std::{fs, io};

use deskgate_core::base64;
use deskgate_core::crypto::{
    Crypto, DecryptionFailed, DigestAlgorithm, DigestValue, EncryptionFailed, Hasher,
    InvalidSignature, PrivateKey, PublicKey, SecretKey, SignatureAlgorithm, SigningFailed,
};
use serde_json::{Value, json};

use crate::skip::skip;
use crate::vectors::repository;
use crate::wire::Wire;
use crate::worker::{fresh_directory, listen, workerd};

/// A provider whose every call is answered by workerd.
#[derive(Debug)]
pub struct WorkerdCrypto {
    process: Child,
    state: PathBuf,
    connection: Connection,
}

impl WorkerdCrypto {
    /// Starts workerd, or says loudly why this suite is skipped.
    ///
    /// # Panics
    /// When workerd is there but does not start.
    #[must_use]
    pub fn start(suite: &str) -> Option<Self> {
        let Some(workerd) = workerd() else {
            return skip(suite, "workerd is not installed below edge-worker/node_modules");
        };
        if !repository("tests/host/build/deskgate_tests_host_bg.wasm").exists() {
            return skip(suite, "tests/host/build is empty");
        }
        let state = fresh_directory();
        let mut command = Command::new(workerd);
        command.args(["serve", "--control-fd=1"]);
        command.arg(repository("tests/workerd/host_crypto.capnp"));
        let (process, [address]) = listen(command, ["http"], &state);
        Some(Self { process, state, connection: Connection::open(address) })
    }
}

impl WorkerdCrypto {
    /// What the module reads of each text as base64: 1 and the octets, or 0, by both alphabets.
    ///
    /// # Panics
    /// When workerd does not answer.
    #[must_use]
    pub fn base64(&self, texts: &[String]) -> Vec<u8> {
        let request = json!({ "method": "base64", "texts": texts });
        self.connection.call(&request).expect("an answer")
    }

    /// What the module makes of documents: [`canonical_or_refusal`](crate::canonical::canonical_or_refusal) of
    /// each.
    ///
    /// # Panics
    /// When workerd does not answer.
    #[must_use]
    pub fn canonical(&self, texts: &[String]) -> Vec<u8> {
        let request = json!({ "method": "canonical", "texts": texts });
        self.connection.call(&request).expect("an answer")
    }
}

impl Drop for WorkerdCrypto {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.state);
    }
}

/// Kept open: a vector is one call, and there are thousands of them.
#[derive(Clone, Debug)]
struct Connection {
    wire: Rc<RefCell<Wire>>,
    address: SocketAddr,
}

impl Connection {
    fn open(address: SocketAddr) -> Self {
        let wire = Wire::connect(address).expect("workerd listens");
        Self { wire: Rc::new(RefCell::new(wire)), address }
    }

    /// The result, or `None` when the provider refuses.
    fn call(&self, request: &Value) -> Option<Vec<u8>> {
        let body = request.to_string();
        let answer = self.exchange(&body).or_else(|_| {
            // workerd closes what was silent for five seconds.
            *self.wire.borrow_mut() = Wire::connect(self.address)?;
            self.exchange(&body)
        });
        let answer = answer.unwrap_or_else(|error| panic!("no answer from workerd: {error}"));
        (answer != "refused").then(|| base64::decode(&answer).expect("base64"))
    }

    fn exchange(&self, body: &str) -> io::Result<String> {
        let headers = vec![
            ("Host".to_owned(), self.address.to_string()),
            ("Content-Length".to_owned(), body.len().to_string()),
        ];
        let mut wire = self.wire.borrow_mut();
        wire.write_head("POST / HTTP/1.1", &headers)?;
        wire.write(body.as_bytes())?;
        let head = wire.read_head()?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let answer = wire.read_body(head.response_framing("POST"))?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert_eq!(head.start[1], "200", "{answer}");
        Ok(answer)
    }
}

struct RemoteHash {
    connection: Connection,
    algorithm: DigestAlgorithm,
    pieces: Vec<String>,
}

impl Hasher for RemoteHash {
    fn update(&mut self, bytes: &[u8]) {
        self.pieces.push(base64::encode(bytes));
    }

    fn finish(self: Box<Self>) -> DigestValue {
        let uri = self.algorithm.xml_uri();
        let request = json!({ "method": "digest", "algorithm": uri, "pieces": self.pieces });
        DigestValue::new(&self.connection.call(&request).expect("a digest"))
    }
}

impl Crypto for WorkerdCrypto {
    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
        let connection = self.connection.clone();
        Box::new(RemoteHash { connection, algorithm, pieces: Vec::new() })
    }

    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let request = json!({
            "method": "verify",
            "algorithm": algorithm.xml_uri(),
            "key": base64::encode(key.spki_der()),
            "message": base64::encode(message),
            "signature": base64::encode(signature),
        });
        self.connection.call(&request).map(drop).ok_or(InvalidSignature)
    }

    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PrivateKey,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        let request = json!({
            "method": "sign",
            "algorithm": algorithm.xml_uri(),
            "key": pkcs8(key),
            "public": public(key),
            "message": base64::encode(message),
        });
        self.connection.call(&request).ok_or(SigningFailed)
    }

    fn mac(&self, algorithm: DigestAlgorithm, key: &SecretKey, message: &[u8]) -> DigestValue {
        let request = json!({
            "method": "mac",
            "algorithm": algorithm.xml_uri(),
            "key": base64::encode(key.as_bytes()),
            "message": base64::encode(message),
        });
        DigestValue::new(&self.connection.call(&request).expect("a MAC"))
    }

    fn seal(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        let request = aes("seal", key, nonce, associated_data, plaintext);
        self.connection.call(&request).ok_or(SigningFailed)
    }

    fn open(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        let request = aes("open", key, nonce, associated_data, sealed);
        self.connection.call(&request).ok_or(DecryptionFailed)
    }

    fn decrypt_cbc(
        &self,
        key: &SecretKey,
        iv: &[u8; 16],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        let request = aes("decrypt_cbc", key, iv, &[], ciphertext);
        self.connection.call(&request).ok_or(DecryptionFailed)
    }

    fn encrypt_rsa(&self, key: &PublicKey, block: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
        let (key, message) = (base64::encode(key.spki_der()), base64::encode(block));
        let request = json!({ "method": "encrypt_rsa", "key": key, "message": message });
        self.connection.call(&request).ok_or(EncryptionFailed)
    }

    fn decrypt_rsa(
        &self,
        key: &PrivateKey,
        ciphertext: &[u8],
    ) -> Result<SecretKey, DecryptionFailed> {
        let message = base64::encode(ciphertext);
        let (pkcs8, public) = (pkcs8(key), public(key));
        let request = json!({
            "method": "decrypt_rsa", "key": pkcs8, "public": public, "message": message,
        });
        let block = self.connection.call(&request).ok_or(DecryptionFailed)?;
        Ok(SecretKey::new(&block))
    }
}

fn aes(method: &str, key: &SecretKey, nonce: &[u8], data: &[u8], message: &[u8]) -> Value {
    json!({
        "method": method,
        "key": base64::encode(key.as_bytes()),
        "nonce": base64::encode(nonce),
        "data": base64::encode(data),
        "message": base64::encode(message),
    })
}

fn pkcs8(key: &PrivateKey) -> String {
    base64::encode(key.pkcs8_der())
}

fn public(key: &PrivateKey) -> String {
    base64::encode(key.public_key().spki_der())
}
