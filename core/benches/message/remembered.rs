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
    digests: Rc<Answers<DigestValue>>,
    macs: Answers<DigestValue>,
    opened: Answers<Vec<u8>>,
    rsa_blocks: Answers<SecretKey>,
    signatures: Answers<Vec<u8>>,
    knows: bool,
    /// Digests are made, and operations with keys alone are known.
    digests_are_made: bool,
}

const RUST: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();

impl Remembered {
    /// Does the work once, and remembers the answers.
    #[must_use]
    pub fn of(work: impl FnOnce(&dyn Crypto)) -> Self {
        let mut remembered = Self::default();
        work(&remembered);
        remembered.knows = true;
        remembered
    }

    /// Like [`Self::of`], but digests are made anew: everything but operations with keys.
    #[must_use]
    pub fn without_digests(work: impl FnOnce(&dyn Crypto)) -> Self {
        Self { digests_are_made: true, ..Self::of(work) }
    }

    /// Every digest is this one, and every signature is right: for documents that nobody signed.
    #[must_use]
    pub fn granting(digest: &[u8]) -> Self {
        let granting = Self { knows: true, ..Self::default() };
        granting.digests.list.borrow_mut().push(DigestValue::new(digest));
        granting
    }

    fn answer<T: Clone, E>(
        &self,
        answers: &Answers<T>,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        if self.knows {
            return Ok(answers.next());
        }
        let made = make()?;
        answers.list.borrow_mut().push(made.clone());
        Ok(made)
    }
}

/// The answers to one kind of question. After the last comes the first: the work is done again.
#[derive(Debug)]
struct Answers<T> {
    list: RefCell<Vec<T>>,
    at: Cell<usize>,
}

impl<T> Default for Answers<T> {
    fn default() -> Self {
        Self { list: RefCell::default(), at: Cell::new(0) }
    }
}

impl<T: Clone> Answers<T> {
    fn next(&self) -> T {
        let (list, at) = (self.list.borrow(), self.at.get());
        self.at.set(if at + 1 == list.len() { 0 } else { at + 1 });
        list[at].clone()
    }
}

impl Crypto for Remembered {
    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
        if self.digests_are_made {
            return RUST.hasher(algorithm);
        }
        if self.knows {
            return Box::new(Known(self.digests.next()));
        }
        // Listed where it begins: answers are asked for in that order.
        let mut list = self.digests.list.borrow_mut();
        list.push(DigestValue::new(&[]));
        let (digests, at) = (Rc::clone(&self.digests), list.len() - 1);
        Box::new(Listed { hasher: RUST.hasher(algorithm), digests, at })
    }

    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        if self.knows { Ok(()) } else { RUST.verify(algorithm, key, message, signature) }
    }

    fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PrivateKey,
        message: &[u8],
    ) -> Result<Vec<u8>, SigningFailed> {
        self.answer(&self.signatures, || RUST.sign(algorithm, key, message))
    }

    fn mac(&self, algorithm: DigestAlgorithm, key: &SecretKey, message: &[u8]) -> DigestValue {
        let mac = self.answer(&self.macs, || Ok::<_, ()>(RUST.mac(algorithm, key, message)));
        mac.expect("a MAC is always made")
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
        self.answer(&self.opened, || RUST.open(key, nonce, associated_data, sealed))
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
        self.answer(&self.rsa_blocks, || RUST.decrypt_rsa(key, ciphertext))
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
    digests: Rc<Answers<DigestValue>>,
    at: usize,
}

impl Hasher for Listed {
    fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    fn finish(self: Box<Self>) -> DigestValue {
        let digest = self.hasher.finish();
        self.digests.list.borrow_mut()[self.at] = digest;
        digest
    }
}
