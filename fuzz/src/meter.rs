//! How much work an input makes: steps, and bytes allocated, each at most a constant plus a constant
//! times the length of the input.
//!
//! Bytes allocated are always counted. Steps are counted in what `instrument.sh` compiles: the
//! compiler puts a counter of 64 bits on every branch of the source of the core and of the crates that
//! read its input (`-Cinstrument-coverage`), and the sum of all counters grows by one with every
//! piece of straight code that is run. It does not depend on the optimizer or on the machine, so an input that
//! breaks a limit breaks it everywhere. Cryptography is not counted: its work is one digest of bytes that
//! were allocated or read, and at most a fixed number of operations with keys.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What an input may cost, in steps and in bytes allocated.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    fixed: [u64; 2],
    per_byte: [u64; 2],
}

impl Budget {
    /// Steps and bytes allocated, for the shortest input and for each byte.
    #[must_use]
    pub const fn new(fixed: [u64; 2], per_byte: [u64; 2]) -> Self {
        Self { fixed, per_byte }
    }

    /// Runs `work` on an input of so many bytes.
    ///
    /// # Panics
    /// When the work was more than is justified.
    pub(crate) fn check(&self, target: &str, bytes: usize, work: impl FnOnce()) {
        let before = [counters::sum(), ALLOCATED.get()];
        work();
        let after = [counters::sum(), ALLOCATED.get()];
        for (at, unit) in ["steps", "bytes allocated"].into_iter().enumerate() {
            let used = after[at].wrapping_sub(before[at]);
            let limit = self.fixed[at] + self.per_byte[at] * bytes as u64;
            assert!(used <= limit, "{target}: {used} {unit} for {bytes} bytes, of {limit}");
            if cfg!(metered) {
                report(at, unit, used, used * 100 / limit, bytes);
            }
        }
    }
}

thread_local! {
    static ALLOCATED: Cell<u64> = const { Cell::new(0) };
    static MOST: Cell<[u64; 2]> = const { Cell::new([0; 2]) };
}

/// Says whenever an input comes closer to its limit than any before.
fn report(at: usize, unit: &str, used: u64, percent: u64, bytes: usize) {
    let mut most = MOST.get();
    if percent > most[at] {
        most[at] = percent;
        MOST.set(most);
        eprintln!("most {unit}: {percent} % of the limit, {used} for {bytes} bytes");
    }
}

/// The allocator of a program that runs targets; it counts what this thread asks for.
#[derive(Debug)]
pub struct Allocations;

fn count(bytes: usize) {
    // A thread that is ending no longer has its counter, and no longer runs targets.
    let _ = ALLOCATED.try_with(|allocated| allocated.set(allocated.get() + bytes as u64));
}

// SAFETY: every call goes to the system's allocator unchanged.
#[expect(unsafe_code, reason = "the trait is unsafe")]
unsafe impl GlobalAlloc for Allocations {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: what our caller promises is what the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above; `pointer` came from the system's allocator.
        unsafe { System.dealloc(pointer, layout) }
    }

    /// A vector that grows is copied, so all of its new size counts.
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(new_size);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

#[cfg(metered)]
#[expect(unsafe_code, reason = "the compiler's counters have an address and no name")]
mod counters {
    use std::ptr;

    unsafe extern "C" {
        /// The linker's names for both ends of the section of the counters.
        #[link_name = "__start___llvm_prf_cnts"]
        static FIRST: u64;
        #[link_name = "__stop___llvm_prf_cnts"]
        static END: u64;
    }

    pub(super) fn sum() -> u64 {
        let (mut at, end) = (&raw const FIRST, &raw const END);
        let mut sum = 0u64;
        while at < end {
            // SAFETY: `at` is one of the u64 between the two ends. Instrumented code writes them, but
            // not now: it runs on this thread only.
            sum = sum.wrapping_add(unsafe { ptr::read_volatile(at) });
            // SAFETY: at most the end of the section.
            at = unsafe { at.add(1) };
        }
        sum
    }
}

#[cfg(not(metered))]
mod counters {
    /// Nothing counts.
    pub(super) const fn sum() -> u64 {
        0
    }
}
