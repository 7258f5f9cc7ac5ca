//! What is in a WebAssembly module: bytes of code by crate, for ours by module, and of data.

use core::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// Bytes by area, the largest first. A function of a library that was made for a type of ours counts as
/// ours where its name tells, so areas are a good guess and their sum is exact.
pub(super) fn of(module: &[u8]) -> Result<Vec<(String, usize)>> {
    let mut imports = 0;
    let mut bodies = Vec::new();
    let mut names = HashMap::new();
    let mut areas: BTreeMap<String, usize> = BTreeMap::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imports += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.range().len()),
            Payload::DataSection(section) => {
                areas.insert("data: texts and tables".to_owned(), section.range().len());
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(all) = section.as_known() else { continue };
                for some in all {
                    let Name::Function(functions) = some? else { continue };
                    for function in functions {
                        let function = function?;
                        names.insert(function.index, function.name);
                    }
                }
            }
            _ => {}
        }
    }
    for (index, bytes) in (imports..).zip(bodies) {
        let name = names.get(&index).copied().unwrap_or_default();
        *areas.entry(area(&format!("{:#}", rustc_demangle::demangle(name)))).or_default() += bytes;
    }
    let mut areas: Vec<_> = areas.into_iter().collect();
    areas.sort_by_key(|(_, bytes)| Reverse(*bytes));
    Ok(areas)
}

/// The crate of a function, and of ours the module.
fn area(name: &str) -> String {
    for ours in ["deskgate_core::", "deskgate_edge::", "deskgate_xmldsig::"] {
        let Some((_, path)) = name.split_once(ours) else { continue };
        let module: String =
            path.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        return format!("{ours}{module}");
    }
    // What wasm-bindgen exports, and symbols of C, have no path.
    let Some((before, _)) = name.split_once("::") else {
        return "exports of the module".to_owned();
    };
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let start = before.rfind(|c| !is_part(c)).map_or(0, |at| at + 1);
    before.get(start..).unwrap_or(before).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_its_crate_and_of_ours_to_its_module() {
        assert_eq!(area("deskgate_core::saml::verify::verify_response"), "deskgate_core::saml");
        assert_eq!(
            area("<core::option::Option<T> as deskgate_edge::gate::Forward>::fmt"),
            "deskgate_edge::gate"
        );
        let of_two = "deskgate_core::desk::error::<impl deskgate_xmldsig::diagnostic::Diagnostic for Error>::help";
        assert_eq!(area(of_two), "deskgate_core::desk");
        assert_eq!(area("<alloc::vec::Vec<T> as core::clone::Clone>::clone"), "alloc");
        assert_eq!(area("core::ptr::drop_in_place"), "core");
        assert_eq!(area("handle"), "exports of the module");
    }
}
