//! What is looked at sixteen bytes at once. Text is most of a message, and the parser only wants to know how far it
//! goes and that nothing in it has to be replaced.

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) use by_memchr::{ascii_name, plain_text, plain_value, survey};
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use webassembly::{ascii_name, plain_text, plain_value, survey};

/// What one look over the whole document says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// How many `<` there are.
    pub(super) tags: usize,
    /// Whether there may be a character that is no Char: a control character that is not white space, or the
    /// lead byte of U+FFFE and U+FFFF.
    pub(super) holds_suspects: bool,
}

/// memchr would look at each text several times, and sets out anew each time.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod webassembly {
    use core::arch::wasm32::{
        i8x16_add, i8x16_lt, i8x16_neg, i8x16_splat, u8x16_bitmask, u8x16_eq, u8x16_lt,
        u8x16_splat, u8x16_sub, u8x16_swizzle, u16x8_extadd_pairwise_u8x16,
        u32x4_extadd_pairwise_u16x8, u32x4_extract_lane, u64x2, v128, v128_and, v128_andnot,
        v128_any_true, v128_not, v128_or,
    };

    use super::Survey;

    const LANES: usize = 16;

    /// Bytes that differ in their lower halves, each at the place that its lower half says. Elsewhere is a byte
    /// with another lower half.
    struct Set([u8; LANES]);

    impl Set {
        const fn of(mut bytes: &[u8]) -> Self {
            let mut places = [0; LANES];
            places[0] = 1;
            while let [first, rest @ ..] = bytes {
                #[expect(
                    clippy::as_conversions,
                    clippy::indexing_slicing,
                    reason = "the compiler runs this"
                )]
                (places[(*first & 0x0F) as usize] = *first);
                bytes = rest;
            }
            Self(places)
        }

        fn holds(&self, lanes: v128) -> v128 {
            let lower_halves = v128_and(lanes, u8x16_splat(0x0F));
            u8x16_eq(u8x16_swizzle(load(&self.0), lower_halves), lanes)
        }
    }

    /// Bytes before the first one that ends character data or has to be replaced, now or in canonical XML:
    /// all of them, if there is none.
    pub(in super::super) fn plain_text(bytes: &[u8]) -> usize {
        const SPECIAL: Set = Set::of(b"<&>\r");
        run_before(bytes, |lanes| SPECIAL.holds(lanes))
    }

    /// The same for an attribute value in double quotes, if it is one.
    pub(in super::super) fn plain_value(bytes: &[u8]) -> usize {
        const SPECIAL: Set = Set::of(b"\"<&\t\n\r");
        run_before(bytes, |lanes| SPECIAL.holds(lanes))
    }

    /// How many bytes of names there are, colons and others than ASCII excepted.
    pub(in super::super) fn ascii_name(bytes: &[u8]) -> usize {
        run_before(bytes, |lanes| {
            let between = |lanes, first: u8, last: u8| {
                let above = u8x16_sub(lanes, u8x16_splat(first));
                u8x16_lt(above, u8x16_splat(last - first + 1))
            };
            let letter = between(v128_or(lanes, u8x16_splat(0x20)), b'a', b'z');
            let other = v128_andnot(between(lanes, b'-', b'9'), equal(lanes, b'/'));
            v128_not(v128_or(v128_or(letter, other), equal(lanes, b'_')))
        })
    }

    pub(in super::super) fn survey(bytes: &[u8]) -> Survey {
        let mut found = Survey::default();
        let (blocks, rest) = bytes.as_chunks::<LANES>();
        let last = [padded(rest, b' ')];
        // As many as a lane can count.
        for blocks in blocks.chunks(255).chain([last.as_slice()]) {
            // Minus one is what a comparison says of a lane where it holds.
            let (mut minus_tags, mut odd) = (u8x16_splat(0), u8x16_splat(0));
            for block in blocks {
                let lanes = load(block);
                minus_tags = i8x16_add(minus_tags, equal(lanes, b'<'));
                // Also all that is not ASCII, which has the highest bit.
                odd = v128_or(odd, i8x16_lt(lanes, i8x16_splat(0x20)));
            }
            found.tags += sum(i8x16_neg(minus_tags));
            found.holds_suspects |= v128_any_true(odd) && blocks.iter().any(holds_suspects);
        }
        found
    }

    fn holds_suspects(block: &[u8; LANES]) -> bool {
        const WHITE_SPACE: Set = Set::of(b"\t\n\r");
        let lanes = load(block);
        let control = u8x16_lt(lanes, u8x16_splat(0x20));
        let suspect = v128_andnot(control, WHITE_SPACE.holds(lanes));
        v128_any_true(v128_or(suspect, equal(lanes, 0xEF)))
    }

    /// Of all lanes as unsigned numbers.
    fn sum(lanes: v128) -> usize {
        let quarters = u32x4_extadd_pairwise_u16x8(u16x8_extadd_pairwise_u8x16(lanes));
        let sum = u32x4_extract_lane::<0>(quarters)
            + u32x4_extract_lane::<1>(quarters)
            + u32x4_extract_lane::<2>(quarters)
            + u32x4_extract_lane::<3>(quarters);
        usize::try_from(sum).unwrap_or_default()
    }

    fn equal(lanes: v128, byte: u8) -> v128 {
        u8x16_eq(lanes, u8x16_splat(byte))
    }

    /// How many bytes stand before the first that is `wanted`.
    #[inline(always)]
    fn run_before(bytes: &[u8], wanted: impl Fn(v128) -> v128) -> usize {
        let (blocks, rest) = bytes.as_chunks::<LANES>();
        let mut before = 0;
        for block in blocks {
            let found = u8x16_bitmask(wanted(load(block)));
            if found != 0 {
                return before + first(found);
            }
            before += LANES;
        }
        before + first(u8x16_bitmask(wanted(load(&padded(rest, 0))))).min(rest.len())
    }

    /// The last bytes, with others behind them.
    fn padded(rest: &[u8], padding: u8) -> [u8; LANES] {
        let mut last = [padding; LANES];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        last
    }

    fn first(lanes: u16) -> usize {
        usize::try_from(lanes.trailing_zeros()).unwrap_or(LANES)
    }

    /// This is one instruction.
    fn load(block: &[u8; LANES]) -> v128 {
        let all = u128::from_le_bytes(*block);
        let half = |half: u128| u64::try_from(half & u128::from(u64::MAX)).unwrap_or_default();
        u64x2(half(all), half(all >> 64))
    }
}

/// memchr has vector instructions wherever there are some.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod by_memchr {
    use memchr::{memchr, memchr_iter, memchr3};

    use super::super::characters::is_ascii_name_byte;
    use super::Survey;

    /// Bytes before the first one that ends character data or has to be replaced, now or in canonical XML:
    /// all of them, if there is none.
    pub(in super::super) fn plain_text(bytes: &[u8]) -> usize {
        let end = memchr3(b'<', b'&', b'>', bytes).unwrap_or(bytes.len());
        memchr(b'\r', bytes.get(..end).unwrap_or_default()).unwrap_or(end)
    }

    /// The same for an attribute value in double quotes, if it is one.
    pub(in super::super) fn plain_value(bytes: &[u8]) -> usize {
        // The documents that cost most, for their length, have as many empty values as they can.
        if bytes.first() == Some(&b'"') {
            return 0;
        }
        let end = memchr3(b'"', b'<', b'&', bytes).unwrap_or(bytes.len());
        let is_white_space = |b: &u8| matches!(*b, b'\t' | b'\n' | b'\r');
        let value = bytes.get(..end).unwrap_or_default();
        // Without an early exit this compiles to vector instructions.
        if value.iter().fold(false, |found, b| found | is_white_space(b)) {
            value.iter().position(is_white_space).unwrap_or(end)
        } else {
            end
        }
    }

    /// How many bytes of names there are, colons and others than ASCII excepted.
    pub(in super::super) fn ascii_name(bytes: &[u8]) -> usize {
        bytes.iter().position(|b| !is_ascii_name_byte(*b)).unwrap_or(bytes.len())
    }

    pub(in super::super) fn survey(bytes: &[u8]) -> Survey {
        // Without an early exit this compiles to vector instructions.
        let is_suspect = |b: u8| matches!(b, 0..=8 | 0x0B | 0x0C | 0x0E..=0x1F | 0xEF);
        let holds_suspects = bytes.iter().fold(false, |found, b| found | is_suspect(*b));
        Survey { tags: memchr_iter(b'<', bytes).count(), holds_suspects }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::super::characters::is_ascii_name_byte;
    use super::*;

    /// WebAssembly is asked in `tests/tests/xml_in_workerd.rs`.
    #[test]
    fn every_byte_is_found_wherever_it_stands() {
        for length in 0..70 {
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'x'; length];
                    bytes[at] = byte;
                    let end_unless = |goes_on: bool| if goes_on { length } else { at };
                    assert_eq!(plain_text(&bytes), end_unless(!b"<&>\r".contains(&byte)));
                    assert_eq!(plain_value(&bytes), end_unless(!b"\"<&\t\n\r".contains(&byte)));
                    assert_eq!(ascii_name(&bytes), end_unless(is_ascii_name_byte(byte)));
                    let is_white_space = b"\t\n\r".contains(&byte);
                    let expected = Survey {
                        tags: usize::from(byte == b'<'),
                        holds_suspects: byte < b' ' && !is_white_space || byte == 0xEF,
                    };
                    assert_eq!(survey(&bytes), expected, "{bytes:?}");
                }
            }
        }
        assert_eq!(survey(&[b'<'; 1000]).tags, 1000);
    }
}
