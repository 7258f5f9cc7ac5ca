//! libFuzzer over the targets of the core; the environment names the one.
#![no_main]

use std::env;
use std::sync::LazyLock;

use deskgate_fuzz::{Allocations, Target, seeds, worst};
use libfuzzer_sys::fuzz_target;

#[global_allocator]
static ALLOCATIONS: Allocations = Allocations;

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = env::var("DESKGATE_FUZZ_TARGET").expect("the name of a target");
    Target::named(&name).expect("a target of this name")
});

fuzz_target!(
    init: {
        deskgate_fuzz::announce(Target::ALL);
        if let Some(folder) = env::var_os("DESKGATE_FUZZ_SEEDS") {
            seeds::write(seeds::all(&TARGET), folder.as_ref()).expect("the folder of the seeds");
        }
        TARGET.prepare();
        for input in worst::of(&TARGET, 4 * TARGET.max_bytes) {
            TARGET.run(&input);
        }
    },
    |data: &[u8]| TARGET.run(data)
);
