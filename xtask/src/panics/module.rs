//! Reading a WebAssembly module: where functions are called that do not return.

use std::collections::{HashMap, HashSet};

use anyhow::{Result, bail};
use wasmparser::{DataKind, FunctionBody, KnownCustom, Name, Operator, Parser, Payload, TypeRef};

/// A module with names.
pub(super) struct Module<'m> {
    imports: u32,
    bodies: Vec<FunctionBody<'m>>,
    names: HashMap<u32, String>,
    /// Address and bytes.
    data: Vec<(u32, &'m [u8])>,
}

/// One way into a trap.
pub(super) struct Site {
    /// Demangled.
    pub(super) caller: String,
    /// Demangled; nothing when the trap stands alone.
    pub(super) callee: Option<String>,
    /// File and line of the panic in the source.
    pub(super) location: Option<(String, u32)>,
}

/// How far before a call its last argument may have been pushed.
const WINDOW: usize = 12;

impl<'m> Module<'m> {
    pub(super) fn parse(bytes: &'m [u8]) -> Result<Self> {
        let mut module =
            Self { imports: 0, bodies: Vec::new(), names: HashMap::new(), data: Vec::new() };
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        module.imports += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => module.bodies.push(body),
                Payload::DataSection(segments) => {
                    for segment in segments {
                        let segment = segment?;
                        let DataKind::Active { offset_expr, .. } = segment.kind else { continue };
                        if let Operator::I32Const { value } =
                            offset_expr.get_operators_reader().read()?
                        {
                            module.data.push((value.cast_unsigned(), segment.data));
                        }
                    }
                }
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        for name in names {
                            let Name::Function(functions) = name? else { continue };
                            for function in functions {
                                let function = function?;
                                let name = rustc_demangle::demangle(function.name);
                                module.names.insert(function.index, format!("{name:#}"));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        if module.names.is_empty() {
            bail!("the module has no names; the profile must not strip them");
        }
        Ok(module)
    }

    /// Every call of a function that does not return, from one that does, and every trap that follows
    /// no such call.
    pub(super) fn sites(&self) -> Vec<Site> {
        let diverging = self.diverging();
        let mut sites = Vec::new();
        for (index, body) in (self.imports..).zip(&self.bodies) {
            // The machinery of panics: each of these is listed by its callers.
            if diverging.contains(&index) {
                continue;
            }
            let operators = operators(body);
            let mut explained = 0usize;
            let mut alone = 0usize;
            for (at, operator) in operators.iter().enumerate() {
                match operator {
                    Operator::Call { function_index } if diverging.contains(function_index) => {
                        let is_trap_next =
                            matches!(operators.get(at + 1), Some(Operator::Unreachable));
                        explained += usize::from(!is_trap_next);
                        let before = &operators[at.saturating_sub(WINDOW)..at];
                        sites.push(self.site(index, Some(*function_index), before));
                    }
                    Operator::Unreachable if !follows_call(&operators, at) => alone += 1,
                    _ => {}
                }
            }
            // Calls that share a trap jump to it.
            if alone > 0 && explained == 0 {
                sites.push(self.site(index, None, &[]));
            }
        }
        sites
    }

    /// Functions after whose call there is nothing but a trap.
    fn diverging(&self) -> HashSet<u32> {
        let mut diverging = HashSet::new();
        for body in &self.bodies {
            for pair in operators(body).windows(2) {
                if let [Operator::Call { function_index }, Operator::Unreachable] = pair {
                    diverging.insert(*function_index);
                }
            }
        }
        diverging
    }

    fn site(&self, caller: u32, callee: Option<u32>, before: &[Operator<'_>]) -> Site {
        let name = |index: u32| self.names.get(&index).cloned().unwrap_or_default();
        let location = before.iter().rev().find_map(|operator| match operator {
            Operator::I32Const { value } => self.location(value.cast_unsigned()),
            _ => None,
        });
        Site { caller: name(caller), callee: callee.map(name), location }
    }

    /// A `core::panic::Location` is the address and length of a file name, a line and a column.
    fn location(&self, address: u32) -> Option<(String, u32)> {
        let fields: Vec<u32> = self
            .bytes(address, 16)?
            .chunks_exact(4)
            .filter_map(|field| Some(u32::from_le_bytes(field.try_into().ok()?)))
            .collect();
        let [file, length, line, column] = fields[..] else { return None };
        let is_plausible = (4..300).contains(&length)
            && (1..100_000).contains(&line)
            && (1..300).contains(&column);
        let file = self.bytes(file, length).filter(|_| is_plausible)?;
        let file = str::from_utf8(file).ok().filter(|file| file.ends_with(".rs"))?;
        Some((file.to_owned(), line))
    }

    fn bytes(&self, address: u32, length: u32) -> Option<&'m [u8]> {
        self.data.iter().find_map(|(start, segment)| {
            let from = usize::try_from(address.checked_sub(*start)?).ok()?;
            segment.get(from..from.checked_add(usize::try_from(length).ok()?)?)
        })
    }
}

fn operators<'m>(body: &FunctionBody<'m>) -> Vec<Operator<'m>> {
    let reader = body.get_operators_reader();
    reader.map(|reader| reader.into_iter().flatten().collect()).unwrap_or_default()
}

fn follows_call(operators: &[Operator<'_>], at: usize) -> bool {
    matches!(
        at.checked_sub(1).and_then(|before| operators.get(before)),
        Some(Operator::Call { .. })
    )
}
