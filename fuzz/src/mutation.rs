//! Mutants of bytes, the same ones in every run.

/// Makes mutants, one after the other.
#[derive(Debug)]
pub struct Mutants {
    state: u64,
}

/// What formats are made of; a mutant may get one of these anywhere.
const TOKENS: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\xc0\xaf",
    b"\xef\xbb\xbf",
    b"\"",
    b"%",
    b"%00",
    b"%2f",
    b"&",
    b"&#0;",
    b"&amp;",
    b"'",
    b"--",
    b"-->",
    b".",
    b"..",
    b"/",
    b"//",
    b";",
    b"<",
    b"<!--",
    b"<![CDATA[",
    b"<!DOCTYPE a>",
    b"</a>",
    b"<a>",
    b"<?a?>",
    b"=",
    b"==",
    b">",
    b"\\u0000",
    b"]]>",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\r\n",
    b"\xe2\x80\x80",
    b"__Host-deskgate=",
    b"ID=\"a\"",
    b"xmlns=\"\"",
    b"xml:base=\"../a\"",
    b"9223372036854775808",
];

impl Mutants {
    /// The same seed makes the same mutants.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 }
    }

    /// `original` with one to four changes.
    pub fn of(&mut self, original: &[u8]) -> Vec<u8> {
        let mut bytes = original.to_vec();
        for _ in 0..=self.below(4) {
            self.change(&mut bytes);
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        let until = (at + 1 + self.below(32)).min(bytes.len());
        match self.below(7) {
            0 | 1 => {
                let value = u8::try_from(self.below(256)).unwrap_or(0);
                bytes.splice(at..bytes.len().min(at + 1), [value]);
            }
            2 => {
                let bit = 1 << self.below(8);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bit;
                }
            }
            3 => drop(bytes.drain(at.min(until)..until)),
            4 => {
                let copied = bytes[at.min(until)..until].to_vec();
                let to = self.below(bytes.len() + 1);
                bytes.splice(to..to, copied);
            }
            5 => {
                let token = TOKENS[self.below(TOKENS.len())];
                bytes.splice(at..at, token.iter().copied());
            }
            _ => {
                let token = TOKENS[self.below(TOKENS.len())];
                let end = bytes.len().min(at + token.len());
                bytes.splice(at..end, token.iter().copied());
            }
        }
    }

    /// xorshift64*; below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let random = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(random).unwrap_or(0) % end
    }
}
