//! The counts of a run, and what is wrong with it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::edits::Place;
use super::harmless::{self, ROWS};
use super::judge::{Effect, Outcome, Person};
use super::mutant::{Generator, Kind, Mutant};
use super::operators::BORROWING;
use super::{MAX_FAILURES, Plan};
use crate::differential::Summary;

/// A run of so many has every change that may be accepted.
const FULL_RUN: u64 = 1_000_000;

/// Counts, by operator and by error code.
#[derive(Debug, Default)]
pub(super) struct Report {
    mutants: u64,
    by_operator: BTreeMap<&'static str, [u64; 2]>,
    by_code: BTreeMap<&'static str, u64>,
    persons: BTreeMap<Person, u64>,
    /// Changes of accepted mutants: how many, and the first mutant.
    effects: BTreeMap<Effect, (u64, u64)>,
    taken_back: u64,
    recoded: u64,
    pub(super) failures: Vec<(u64, Mutant, String)>,
}

impl Report {
    pub(super) fn count(&mut self, number: u64, mutant: Mutant, outcome: Outcome) {
        self.mutants += 1;
        self.recoded += u64::from(mutant.is_recoded);
        let is_accepted = matches!(outcome, Outcome::Accepted(..));
        for kind in &mutant.kinds {
            self.by_operator.entry(kind.operator).or_default()[usize::from(is_accepted)] += 1;
        }
        let failure = match outcome {
            Outcome::Refused(code) => {
                *self.by_code.entry(code).or_default() += 1;
                return;
            }
            Outcome::Accepted(person, effects) => {
                *self.persons.entry(person).or_default() += 1;
                self.taken_back += u64::from(effects.is_empty());
                for effect in &effects {
                    self.effects.entry(*effect).or_insert((0, number)).0 += 1;
                }
                let borrows = mutant.kinds.iter().any(|kind| kind.operator == BORROWING);
                if person == Person::Attacker && !borrows {
                    "signs in the attacker, whose response it has nothing of".to_owned()
                } else if effects.iter().any(|effect| harmless::why(*effect).is_none()) {
                    format!("accepted as {person:?}, and not on the list: {effects:?}")
                } else {
                    return;
                }
            }
            Outcome::FalselyAccepted(who) => format!("FALSE ACCEPT: {who}"),
            Outcome::Misexplained(verdict) => format!("explained as {verdict}"),
            Outcome::Panicked(message) => format!("PANIC: {message}"),
        };
        self.failures.push((number, mutant, failure));
    }

    pub(super) fn add(&mut self, other: Self) {
        self.mutants += other.mutants;
        self.recoded += other.recoded;
        self.taken_back += other.taken_back;
        for (operator, [refused, accepted]) in other.by_operator {
            let counts = self.by_operator.entry(operator).or_default();
            counts[0] += refused;
            counts[1] += accepted;
        }
        for (code, count) in other.by_code {
            *self.by_code.entry(code).or_default() += count;
        }
        for (person, count) in other.persons {
            *self.persons.entry(person).or_default() += count;
        }
        for (effect, (count, number)) in other.effects {
            let entry = self.effects.entry(effect).or_insert((0, number));
            *entry = (entry.0 + count, entry.1.min(number));
        }
        self.failures.extend(other.failures);
    }

    pub(super) fn summary(
        mut self,
        plan: &Plan,
        generator: &Generator<'_>,
        bases: usize,
        keep: impl Fn(u64, &Mutant) -> PathBuf,
    ) -> Summary {
        self.failures.sort_by_key(|(number, ..)| *number);
        let mut counts = vec![self.first_line(plan, generator, bases)];
        counts.extend(self.lines());
        let failures = self.failures.iter().take(MAX_FAILURES);
        let mut differences: Vec<String> = failures
            .map(|(number, mutant, what)| {
                let path = keep(*number, mutant);
                format!("mutant {number}: {:?}: {what}\n  {}", mutant.kinds, path.display())
            })
            .collect();
        if self.mutants >= FULL_RUN {
            differences.extend(self.never_accepted());
        }
        Summary { counts, differences }
    }

    fn first_line(&self, plan: &Plan, generator: &Generator<'_>, bases: usize) -> String {
        let refused: u64 = self.by_code.values().sum();
        let of = |person| self.persons.get(&person).copied().unwrap_or_default();
        format!(
            "{} mutants (seed {}) of {bases} responses: {refused} refused, {} accepted as the same, \
             {} as the attacker's own; {} failures; {} of {} systematic ones",
            self.mutants,
            plan.seed,
            of(Person::Original),
            of(Person::Attacker),
            self.failures.len(),
            self.mutants.div_ceil(2).min(generator.systematic_total),
            generator.systematic_total,
        )
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = vec!["changes in refused and accepted mutants, by operator".to_owned()];
        for (operator, [refused, accepted]) in &self.by_operator {
            lines.push(format!("{refused:8} {accepted:7} {operator}"));
        }
        lines.push(format!("{:8}       0 (no UTF-8 any more)", self.recoded));
        lines.push("refused, by code".to_owned());
        lines.extend(self.by_code.iter().map(|(code, count)| format!("{count:8} {code}")));
        lines.push("changes in accepted mutants, and why they are harmless".to_owned());
        lines.push(format!("{:8} (the second change took back the first)", self.taken_back));
        for row in ROWS {
            lines.push(format!("{}: {}", place_name(row.place), row.why));
            let own = self.effects.iter().filter(|(effect, _)| row.has(**effect));
            let mut by_operator: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
            for (effect, (count, number)) in own {
                let entry = by_operator.entry(effect.kind.operator).or_insert((0, *number));
                *entry = (entry.0 + count, entry.1.min(*number));
            }
            lines.extend(by_operator.iter().map(|(operator, (count, number))| {
                format!("{count:8} {operator} (such as {number})")
            }));
        }
        let unlisted = self.effects.iter().filter(|(effect, _)| harmless::why(**effect).is_none());
        lines.extend(unlisted.map(|(effect, (count, number))| {
            let Effect { kind: Kind { operator, place }, is_spelling } = effect;
            let place = place_name((!is_spelling).then_some(*place));
            format!("NOT LISTED: {count:8} {place}: {operator} (such as {number})")
        }));
        lines
    }

    fn never_accepted(&self) -> Vec<String> {
        let rows = ROWS.iter().flat_map(|row| row.operators.iter().map(move |own| (row, *own)));
        let never = rows.filter(|(row, own)| {
            !self.effects.keys().any(|effect| row.has(*effect) && effect.kind.operator == *own)
        });
        never
            .map(|(row, own)| {
                format!("listed and never accepted: {}: {own}", place_name(row.place))
            })
            .collect()
    }
}

fn place_name(place: Option<Place>) -> String {
    place.map_or_else(|| "Anywhere, nothing said".to_owned(), |place| format!("{place:?}"))
}
