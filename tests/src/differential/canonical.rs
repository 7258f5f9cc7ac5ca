//! Canonical forms, byte for byte against those of libxml2.

use std::collections::BTreeMap;
use std::path::Path;

use super::case::{Answer, Case};
use super::libxml2::{Libxml2, Refusal};
use super::refusal::Class;
use super::{Plan, Summary, base, keep};
use deskgate_core::xml::ErrorKind;

/// Documents that are sent at once: enough for both sides to work at the same time.
const BATCH: u64 = 64;
/// After so many differences a run tells nothing new.
const MAX_DIFFERENCES: usize = 5;
/// Documents tried to make a failing one smaller.
const MAX_REDUCTIONS: usize = 400;

#[derive(Debug, Default)]
struct Counts {
    documents: u64,
    subtrees: u64,
    forms: usize,
    octets: usize,
    classes: BTreeMap<Class, u64>,
}

/// A case that the two sides see differently.
struct Difference {
    number: u64,
    case: Case,
    what: String,
}

/// Compares the documents of `plan`; the smallest failing one goes into `folder`.
///
/// # Panics
/// When libxml2 cannot be asked.
#[must_use]
pub fn compare(plan: &Plan, folder: &Path) -> Summary {
    let mut libxml2 = Libxml2::start();
    let mut counts = Counts::default();
    let mut differences = Vec::new();
    let mut next = 0;
    while next < plan.documents && differences.len() < MAX_DIFFERENCES && !plan.is_over() {
        let end = plan.documents.min(next + BATCH);
        let cases: Vec<Case> =
            (next..end).map(|number| Case::generate(plan.seed, number)).collect();
        libxml2.ask(&cases);
        let ours: Vec<_> = cases.iter().map(Case::our_answer).collect();
        let theirs = libxml2.answers(cases.len());
        for ((number, case), (ours, theirs)) in (next..end).zip(cases).zip(ours.iter().zip(&theirs))
        {
            if let Err(what) = counts.add(&case, ours, theirs) {
                differences.push(Difference { number, case, what });
            }
        }
        next = end;
    }
    let mut lines: Vec<String> = Vec::new();
    for Difference { number, case, what } in &differences {
        let path = keep(folder, &format!("document-{number}.xml"), &case.text);
        lines.push(format!(
            "document {number}: {what}
  {path}"
        ));
    }
    if let Some(smallest) = differences.into_iter().min_by_key(|one| one.case.text.len()) {
        let reduced = reduce(&mut libxml2, smallest);
        let path = keep(folder, "smallest.xml", &reduced.case.text);
        let Case { apex, without, .. } = reduced.case;
        lines.push(format!(
            "the smallest of them, without what does not matter, is {path}: apex {apex}, without {without}, {}",
            reduced.what
        ));
    }
    Summary { counts: counts.lines(), differences: lines }
}

impl Counts {
    fn add(
        &mut self,
        case: &Case,
        ours: &Answer<ErrorKind>,
        theirs: &Answer<Refusal>,
    ) -> Result<(), String> {
        self.documents += 1;
        self.subtrees += u64::from(case.apex > 0);
        match judge(case, ours, theirs)? {
            Some(class) => *self.classes.entry(class).or_default() += 1,
            None => {
                let Answer::Forms(forms) = ours else { return Ok(()) };
                self.forms += forms.len();
                self.octets += forms.iter().map(Vec::len).sum::<usize>();
            }
        }
        Ok(())
    }

    fn lines(&self) -> Vec<String> {
        let refused: u64 = self.classes.values().sum();
        let mut lines = vec![format!(
            "{} documents, {} of them subtrees: {} canonical forms ({} bytes) of {} documents are the same, \
             {refused} documents are refused",
            self.documents,
            self.subtrees,
            self.forms,
            self.octets,
            self.documents - refused,
        )];
        lines.extend(
            self.classes.iter().map(|(class, count)| format!("refused, {class:?}: {count}")),
        );
        lines
    }
}

/// The class of a refused document, nothing for equal forms, or what differs.
fn judge(
    case: &Case,
    ours: &Answer<ErrorKind>,
    theirs: &Answer<Refusal>,
) -> Result<Option<Class>, String> {
    match (ours, theirs) {
        (Answer::Refused(_), Answer::Refused(_)) => Ok(Some(Class::BothRefuse)),
        (Answer::Refused(kind), Answer::Forms(_)) => Class::of_ours(*kind, &case.text)
            .map(Some)
            .ok_or_else(|| format!("refused here for {kind:?}, taken by libxml2")),
        (Answer::Forms(_), Answer::Refused(refusal)) => Class::of_theirs(*refusal)
            .map(Some)
            .ok_or_else(|| format!("taken here, refused by libxml2 with {refusal:?}")),
        (Answer::Forms(ours), Answer::Forms(theirs)) => {
            let differs = ours.iter().zip(theirs).position(|(ours, theirs)| ours != theirs);
            match differs {
                None if ours.len() == theirs.len() => Ok(None),
                None => Err("the numbers of forms differ".to_owned()),
                Some(_) if ours.iter().zip(theirs).all(|(o, t)| *o == escaped_again(t)) => {
                    Ok(Some(Class::AmpersandInNamespaceName))
                }
                Some(at) => base::class(case, ours, theirs).map(Some).ok_or_else(|| {
                    format!(
                        "{} differs\n  ours    {}\n  libxml2 {}",
                        case.form_name(at),
                        ours[at].escape_ascii(),
                        theirs[at].escape_ascii()
                    )
                }),
            }
        }
    }
}

/// What libxml2 writes, with its `&#38;` as `&amp;`. No canonical form has a `&#38;` of its own, except in
/// comments and processing instructions, where the generator writes none.
fn escaped_again(form: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(form).replace("&#38;", "&amp;").into_bytes()
}

/// Leaves out elements while the two sides still differ.
fn reduce(libxml2: &mut Libxml2, mut difference: Difference) -> Difference {
    let mut tried = 0;
    loop {
        let mut candidates = difference.case.smaller();
        candidates.sort_by_key(|case| case.text.len());
        let found = candidates.into_iter().take(MAX_REDUCTIONS - tried).find_map(|case| {
            tried += 1;
            libxml2.ask(std::slice::from_ref(&case));
            let theirs = libxml2.answers(1).pop()?;
            let what = judge(&case, &case.our_answer(), &theirs).err()?;
            Some((case, what))
        });
        let Some((case, what)) = found else { return difference };
        difference = Difference { case, what, ..difference };
    }
}
