//! A provider whose work costs nothing, so that what is left is ours.

use std::cell::RefCell;
use std::rc::Rc;

use deskgate_core::crypto::{
    Crypto, DecryptionFailed, DigestAlgorithm, DigestValue, EncryptionFailed, Hasher,
    InvalidSignature, PrivateKey, PublicKey, RustCrypto, SecretKey, SignatureAlgorithm,
    SigningFailed,
};

/// Every result that the work of one run had, in order.
#[derive(Debug, Default)]
struct Script {
    results: Vec<Outcome>,
    next: usize,
}

#[derive(Clone, Debug)]
enum Outcome {
    Bytes(Vec<u8>),
    Digest(DigestValue),
    Key(SecretKey),
}

/// In the first run it does its work by [`RustCrypto`] and keeps the results, which it gives again,
/// in the same order and whatever it is asked, in each run after that.
#[derive(Debug)]
pub(crate) struct Rehearsed {
    crypto: RustCrypto,
    script: Rc<RefCell<Script>>,
    is_playing: bool,
}

impl Rehearsed {
    /// Rehearses `work`.
    pub(crate) fn new(work: impl Fn(&dyn Crypto)) -> Self {
        let crypto = RustCrypto::with_dangerous_rsa_private_operations();
        let mut rehearsed = Self { crypto, script: Rc::default(), is_playing: false };
        work(&rehearsed);
        rehearsed.is_playing = true;
        rehearsed
    }

    /// For a run that needs one digest, and a signature that always holds.
    pub(crate) fn granting(digest: &[u8]) -> Self {
        let script = Script { results: vec![Outcome::Digest(DigestValue::new(digest))], next: 0 };
        let script = Rc::new(RefCell::new(script));
        Self { crypto: RustCrypto::new(), script, is_playing: true }
    }

    /// To be called before each run.
    pub(crate) fn rewind(&self) {
        self.script.borrow_mut().next = 0;
    }

    fn result(&self, work: impl FnOnce() -> Outcome) -> Outcome {
        if self.is_playing {
            return self.script.borrow_mut().play();
        }
        let result = work();
        self.script.borrow_mut().results.push(result.clone());
        result
    }
}

impl Script {
    fn play(&mut self) -> Outcome {
        self.next += 1;
        self.results[self.next - 1].clone()
    }
}

struct RehearsedHasher {
    script: Rc<RefCell<Script>>,
    rehearsal: Option<Box<dyn Hasher>>,
}

impl Hasher for RehearsedHasher {
    fn update(&mut self, bytes: &[u8]) {
        if let Some(hasher) = &mut self.rehearsal {
            hasher.update(bytes);
        }
    }

    fn finish(self: Box<Self>) -> DigestValue {
        let Some(hasher) = self.rehearsal else {
            let Outcome::Digest(digest) = self.script.borrow_mut().play() else { panic!() };
            return digest;
        };
        let digest = hasher.finish();
        self.script.borrow_mut().results.push(Outcome::Digest(digest));
        digest
    }
}

impl Crypto for Rehearsed {
    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
        let rehearsal = (!self.is_playing).then(|| self.crypto.hasher(algorithm));
        Box::new(RehearsedHasher { script: self.script.clone(), rehearsal })
    }

    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        if self.is_playing {
            Ok(())
        } else {
            self.crypto.verify(algorithm, key, message, signature)
        }
    }

    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PrivateKey,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        let work =
            || Outcome::Bytes(self.crypto.sign(algorithm, key, message).expect("a signature"));
        let Outcome::Bytes(signature) = self.result(work) else { panic!() };
        Ok(signature)
    }

    fn mac(&self, algorithm: DigestAlgorithm, key: &SecretKey, message: &[u8]) -> DigestValue {
        let work = || Outcome::Digest(self.crypto.mac(algorithm, key, message));
        let Outcome::Digest(mac) = self.result(work) else { panic!() };
        mac
    }

    fn seal(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        self.crypto.seal(key, nonce, associated_data, plaintext)
    }

    fn open(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        let open = || self.crypto.open(key, nonce, associated_data, sealed).expect("a plaintext");
        let Outcome::Bytes(plaintext) = self.result(|| Outcome::Bytes(open())) else { panic!() };
        Ok(plaintext)
    }

    fn decrypt_cbc(
        &self,
        key: &SecretKey,
        iv: &[u8; 16],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        self.crypto.decrypt_cbc(key, iv, ciphertext)
    }

    fn decrypt_rsa(
        &self,
        key: &PrivateKey,
        ciphertext: &[u8],
    ) -> Result<SecretKey, DecryptionFailed> {
        let work = || Outcome::Key(self.crypto.decrypt_rsa(key, ciphertext).expect("a block"));
        let Outcome::Key(block) = self.result(work) else { panic!() };
        Ok(block)
    }

    fn encrypt_rsa(&self, key: &PublicKey, block: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
        self.crypto.encrypt_rsa(key, block)
    }
}
