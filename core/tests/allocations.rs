//! What a verification takes of the heap, where the program has nothing else to do: dhat counts for all
//! threads.

#[path = "../benches/message/mod.rs"]
#[expect(dead_code, reason = "the benchmarks use the rest")]
mod message;

use message::remembered::Remembered;
use message::{Message, claimed_digest, made};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// Blocks for the tree, the canonical form, the signature, the rules and what names the person, however many
/// groups the person is in.
const MAX_BLOCKS: u64 = 60;

#[test]
fn a_verification_copies_neither_its_document_nor_its_tree() {
    for (name, message) in [
        ("7 KB", Message::read("entra-assertion-signed")),
        ("50 KB", Message::read("entra-large")),
        ("380 KB", made::grown(380 * 1024)),
    ] {
        let crypto = Remembered::granting(&claimed_digest(&message.xml));
        let profiler = dhat::Profiler::builder().testing().build();
        let verified = message.verify(message.xml.as_bytes(), &crypto);
        let used = dhat::HeapStats::get();
        drop(profiler);
        let values: usize = verified.identity.attributes.iter().map(|a| a.values.len()).sum();
        let bytes = message.xml.len();
        println!("{name}: {bytes} bytes, {values} values, {used:?}");
        // Tree and identity, both there at the end. Values stand in the document, which counts beside them.
        assert!(used.max_bytes <= bytes + bytes / 5);
        assert!(used.total_blocks <= MAX_BLOCKS);
    }
}
