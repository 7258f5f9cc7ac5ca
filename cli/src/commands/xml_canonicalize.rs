//! `deskgate xml canonicalize`.

use std::io::{self, Write as _};

use clap::ValueEnum;
use deskgate_core::c14n::{self, Canonicalization, Comments, Method};
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::{Document, Element};

use crate::failure::{Failure, OrRefused as _, Reason};
use crate::input::Input;
use crate::output::Output;

/// Write the canonical form of a document, or of one element, to standard output
///
/// The bytes are exactly what a digest is made of; no line end is added.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The algorithm
    #[arg(long, value_enum)]
    method: MethodName,
    /// Keep comments
    #[arg(long)]
    with_comments: bool,
    /// The PrefixList of InclusiveNamespaces, for exc-c14n: prefixes between spaces, #default for the
    /// default namespace
    #[arg(long, value_name = "PREFIXES", default_value = "", hide_default_value = true)]
    prefix_list: String,
    /// Only the element whose ID, Id, id or xml:id is this
    #[arg(long)]
    id: Option<String>,
    /// The document, or - for standard input
    #[arg(value_name = "FILE")]
    file: Input,
}

#[derive(Clone, Copy, ValueEnum)]
enum MethodName {
    /// Exclusive XML Canonicalization 1.0
    ExcC14n,
    /// Canonical XML 1.0
    C14n,
    /// Canonical XML 1.1
    C14n11,
}

pub(crate) fn run(arguments: &Arguments, _: Output) -> Result<(), Failure> {
    let bytes = arguments.file.read()?;
    let document =
        Document::parse(&bytes, &XmlLimits::METADATA).or_refused_at(&arguments.file.name())?;
    let how = Canonicalization {
        method: match arguments.method {
            MethodName::ExcC14n => Method::Exclusive10,
            MethodName::C14n => Method::Inclusive10,
            MethodName::C14n11 => Method::Inclusive11,
        },
        comments: if arguments.with_comments { Comments::Keep } else { Comments::Omit },
        prefix_list: arguments.prefix_list.split_ascii_whitespace().collect(),
    };
    let mut canonical = Vec::new();
    match &arguments.id {
        Some(id) => c14n::canonicalize(element_with_id(&document, id)?, &how, None, &mut canonical),
        None => c14n::canonicalize_document(&document, &how, &mut canonical),
    }
    .or_refused()?;
    // A reader that went away has what it wanted.
    let _ = io::stdout().write_all(&canonical);
    Ok(())
}

fn element_with_id<'d>(document: &'d Document<'_>, id: &str) -> Result<Element<'d>, Failure> {
    let has_id = |element: &Element<'_>| {
        element.attributes().any(|attribute| {
            matches!(attribute.local_name(), "ID" | "Id" | "id") && attribute.value() == id
        })
    };
    let mut found = document.elements().filter(has_id);
    match (found.next(), found.next()) {
        (Some(element), None) => Ok(element),
        (None, _) => Err(Reason::new(
            "cli.id_not_found",
            "no element has this ID",
            "Give the value of an attribute ID, Id, id or xml:id of the document.",
        )
        .found(id)
        .refused()),
        (Some(_), Some(_)) => Err(Reason::new(
            "cli.id_not_unique",
            "several elements have this ID",
            "Such a document must not be trusted: nobody knows which element a signature covers.",
        )
        .found(id)
        .refused()),
    }
}
