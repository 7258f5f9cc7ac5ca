//! A crypto provider that answers from memory, so that what is measured is everything but cryptography.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use deskgate_core::crypto::{
    Crypto, DecryptionFailed, DigestAlgorithm, DigestValue, EncryptionFailed, Hasher,
    InvalidSignature, PrivateKey, PublicKey, RustCrypto, SecretKey, SignatureAlgorithm,
    SigningFailed,
};

/// Lists the answers of [`RustCrypto`] for one piece of work, or gives them again, in the same order.
#[derive(Debug, Default)]
pub struct Remembered {
    digests: Rc<RefCell<Vec<DigestValue>>>,
    opened: RefCell<Vec<Vec<u8>>>,
    keys: RefCell<Vec<SecretKey>>,
    next: [Cell<usize>; 3],
    answers: bool,
    /// Digests are made, and signatures alone are known.
    digests_are_made: bool,
}

const RUST: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();

impl Remembered {
    /// Does the work once, and remembers the answers.
    #[must_use]
    pub fn of(work: impl FnOnce(&dyn Crypto)) -> Self {
        let mut remembered = Self::default();
        work(&remembered);
        remembered.answers = true;
        remembered
    }

    /// Like [`Self::of`], but digests are made anew: everything but operations with keys.
    #[must_use]
    pub fn without_digests(work: impl FnOnce(&dyn Crypto)) -> Self {
        Self { digests_are_made: true, ..Self::of(work) }
    }

    /// Every digest is 32 zeros, and every signature is right: for documents that nobody signed.
    #[must_use]
    pub fn zeros() -> Self {
        let digests = Rc::new(RefCell::new(vec![DigestValue::new(&[0; 32])]));
        Self { digests, answers: true, ..Self::default() }
    }

    /// The next of `list`, or what `make` says, which is listed.
    fn answer<T: Clone, E>(
        &self,
        list: &RefCell<Vec<T>>,
        next: usize,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        if !self.answers {
            let made = make()?;
            list.borrow_mut().push(made.clone());
            return Ok(made);
        }
        let (list, next) = (list.borrow(), &self.next[next]);
        let at = next.get();
        next.set(if at + 1 == list.len() { 0 } else { at + 1 });
        Ok(list[at].clone())
    }
}

impl Crypto for Remembered {
    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
        if self.digests_are_made {
            return RUST.hasher(algorithm);
        }
        if self.answers {
            let digest = self.answer(&self.digests, 0, || Ok::<_, ()>(DigestValue::new(&[])));
            return Box::new(Known(digest.expect("it is known")));
        }
        // Listed where it begins: answers are asked for in that order.
        let mut digests = self.digests.borrow_mut();
        digests.push(DigestValue::new(&[]));
        let (list, at) = (Rc::clone(&self.digests), digests.len() - 1);
        Box::new(Listed { hasher: RUST.hasher(algorithm), list, at })
    }

    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        if self.answers { Ok(()) } else { RUST.verify(algorithm, key, message, signature) }
    }

    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PrivateKey,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        RUST.sign(algorithm, key, message)
    }

    fn mac(&self, algorithm: DigestAlgorithm, key: &SecretKey, message: &[u8]) -> DigestValue {
        RUST.mac(algorithm, key, message)
    }

    fn seal(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        RUST.seal(key, nonce, associated_data, plaintext)
    }

    fn open(
        &self,
        key: &SecretKey,
        nonce: &[u8; 12],
        associated_data: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        self.answer(&self.opened, 1, || RUST.open(key, nonce, associated_data, sealed))
    }

    fn decrypt_cbc(
        &self,
        key: &SecretKey,
        iv: &[u8; 16],
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, DecryptionFailed> {
        RUST.decrypt_cbc(key, iv, ciphertext)
    }

    fn decrypt_rsa(
        &self,
        key: &PrivateKey,
        ciphertext: &[u8],
    ) -> Result<SecretKey, DecryptionFailed> {
        self.answer(&self.keys, 2, || RUST.decrypt_rsa(key, ciphertext))
    }

    fn encrypt_rsa(&self, key: &PublicKey, block: &[u8]) -> Result<Vec<u8>, EncryptionFailed> {
        RUST.encrypt_rsa(key, block)
    }
}

/// Takes bytes and does nothing with them.
struct Known(DigestValue);

impl Hasher for Known {
    fn update(&mut self, bytes: &[u8]) {
        core::hint::black_box(bytes);
    }

    fn finish(self: Box<Self>) -> DigestValue {
        self.0
    }
}

/// Makes a digest and lists it.
struct Listed {
    hasher: Box<dyn Hasher>,
    list: Rc<RefCell<Vec<DigestValue>>>,
    at: usize,
}

impl Hasher for Listed {
    fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    fn finish(self: Box<Self>) -> DigestValue {
        let digest = self.hasher.finish();
        self.list.borrow_mut()[self.at] = digest;
        digest
    }
}
