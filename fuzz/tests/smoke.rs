//! Every seed and a thousand mutants for each target, without libFuzzer and the same in every run.

use deskgate_fuzz::{Allocations, Mutants, Target, seeds, worst};

#[global_allocator]
static ALLOCATIONS: Allocations = Allocations;

const MUTANTS: usize = 1_000;

#[test]
fn seeds_and_mutants_of_them_keep_what_each_target_promises() {
    for target in Target::ALL {
        let seeds = seeds::of(target);
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        target.prepare();
        for seed in &seeds {
            assert!(seed.len() <= target.max_bytes, "{}", target.name);
            target.run(seed);
        }
        for input in worst::of(target, target.max_bytes / 4) {
            target.run(&input);
        }
        let mut mutants = Mutants::new(1);
        for seed in seeds.iter().cycle().take(MUTANTS) {
            target.run(&mutants.of(seed));
        }
    }
}
