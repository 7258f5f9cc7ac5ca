use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use alloc::{format, vec};

use super::*;
use crate::diagnostic::{Diagnostic as _, Kind};
use crate::limits::XmlLimits;

/// Limits for tests of time and depth, where the ordinary ones would answer first.
const NO_LIMITS: XmlLimits = XmlLimits {
    max_bytes: usize::MAX,
    max_depth: usize::MAX,
    max_elements: usize::MAX,
    max_attributes: usize::MAX,
    max_attribute_bytes: usize::MAX,
    max_text_bytes: usize::MAX,
    max_namespaces: usize::MAX,
    max_namespace_bytes: usize::MAX,
    max_namespaces_in_scope: usize::MAX,
};

fn parse(input: &str) -> Result<Document<'_>, Error> {
    Document::parse(input.as_bytes(), &XmlLimits::MESSAGE)
}

#[track_caller]
fn check_accepted(input: &str) {
    if let Err(error) = parse(input) {
        panic!("{input:?}: {error}");
    }
}

#[track_caller]
fn check_refused(input: impl AsRef<[u8]>, kind: ErrorKind) {
    let input = input.as_ref();
    let shown = String::from_utf8_lossy(input.get(..200).unwrap_or(input));
    match Document::parse(input, &XmlLimits::MESSAGE) {
        Ok(_) => panic!("{shown:?} is accepted"),
        Err(error) => assert_eq!(error.kind, kind, "{shown:?}"),
    }
}

#[test]
fn well_formed_documents_are_accepted() {
    for input in [
        "<a/>",
        "<a></a>",
        "<a ></a\n>",
        "\u{FEFF}<a/>",
        " \t\r\n<!-- c --><?p d?><a/> <!----><?p?>\n",
        "<?xml version='1.0'?><a/>",
        "<?xml version=\"1.0\" encoding=\"utf-8\" standalone='yes' ?>\n<a/>",
        "<?xml version='1.0' encoding='us-ascii'?><a/>",
        "<a b = \"'\" c\n=\n'\"'/>",
        "<a>]]&gt; ]] > <![CDATA[<&]]]]><![CDATA[>]]></a>",
        "<élan ñ='1'>\u{10000}</élan>",
        "<a.b-c_d1/>",
        "<a xml:lang='en' xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
        "<xml:a/>",
        "<a xmlns='urn:a'><b xmlns=''/></a>",
        "<p:a xmlns:p='urn:p' p:b='' b=''/>",
        "<a xmlns='urn:a' xmlns:p='urn:a' b='' p:b=''/>",
        "<a>&#9;&#xA;&#x0000D;&#x10FFFF;&#000000000000000000065;</a>",
        "<a b='>'/>",
        "<!-- - -> --><a/>",
        "<?xml-stylesheet href='a'?><a/>",
        "<a xmlns:_='x:' _:b=''/>",
        // The fifth edition takes nearly every character into names, U+FEFF too.
        "<a\u{FEFF}b/>",
        "<a xmlns='http://a:1/b;c=d,e?f=%C3%a9&amp;(g)#h'/>",
    ] {
        check_accepted(input);
    }
}

#[test]
fn documents_that_are_not_well_formed_are_refused() {
    use ErrorKind::*;
    for (input, kind) in [
        ("", NoRoot),
        (" <!-- c -->", NoRoot),
        ("a<a/>", TextOutsideRoot),
        ("<a/>a", TextOutsideRoot),
        ("<a/>&#32;", TextOutsideRoot),
        ("<a/><![CDATA[]]>", MalformedMarkup),
        ("<a/><a/>", MultipleRoots),
        ("<a/></a>", MismatchedEndTag),
        ("</a>", MismatchedEndTag),
        ("<a></b>", MismatchedEndTag),
        ("<a><b></a></b>", MismatchedEndTag),
        ("<p:a xmlns:p='urn:p' xmlns:q='urn:p'></q:a>", MismatchedEndTag),
        ("<ab></a>", MismatchedEndTag),
        ("<a></ab>", MismatchedEndTag),
        ("<a></A>", MismatchedEndTag),
        ("<a>", UnexpectedEnd),
        ("<a", UnexpectedEnd),
        ("<a b", UnexpectedEnd),
        ("<a b=", UnexpectedEnd),
        ("<a b='", UnexpectedEnd),
        ("<a></a", UnexpectedEnd),
        ("<", UnexpectedEnd),
        ("<a><!-- ", UnexpectedEnd),
        ("<a><![CDATA[ ]] >", UnexpectedEnd),
        ("<a/><?p ", UnexpectedEnd),
        ("<?xml version='1.0'", UnexpectedEnd),
        ("<a/ >", MalformedTag),
        ("<a b/>", MalformedTag),
        ("<a b=c/>", MalformedTag),
        ("<a b='1'c='2'/>", MalformedTag),
        ("<a></a b>", MalformedTag),
        ("<a =''/>", InvalidName),
        ("< a/>", InvalidName),
        ("<1/>", InvalidName),
        ("<-a/>", InvalidName),
        ("<\u{B7}a/>", InvalidName),
        ("<a><", UnexpectedEnd),
        ("<:a/>", InvalidName),
        ("<a:/>", InvalidName),
        ("<a:b:c xmlns:a='urn:a'/>", MalformedTag),
        ("<a b='<'/>", LessThanInAttribute),
        ("<a><!ELEMENT a ANY></a>", MalformedMarkup),
        ("<a><![cdata[]]></a>", MalformedMarkup),
        ("<a>]]></a>", CdataEndInText),
        ("<a><!-- -- --></a>", DoubleHyphenInComment),
        ("<a><!-- ---></a>", DoubleHyphenInComment),
        ("<!---><a/>", UnexpectedEnd),
        ("<!--a---><a/>", DoubleHyphenInComment),
        ("<a b='' b=''/>", DuplicateAttribute),
        ("<a xmlns:p='urn:a' xmlns:q='urn:a' p:b='' q:b=''/>", DuplicateAttribute),
        ("<a xmlns='urn:a' xmlns='urn:a'/>", DuplicateNamespaceDeclaration),
        ("<a xmlns:p='urn:a' xmlns:p='urn:b'/>", DuplicateNamespaceDeclaration),
    ] {
        check_refused(input, kind);
    }
}

#[test]
fn doctype_entities_and_foreign_encodings_are_refused() {
    use ErrorKind::*;
    for (input, kind) in [
        ("<!DOCTYPE a><a/>", Doctype),
        (
            "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
            Doctype,
        ),
        ("<a/><!DOCTYPE a>", Doctype),
        ("<a><!DOCTYPE a></a>", Doctype),
        ("<!doctype a><a/>", MalformedMarkup),
        ("<a>&e;</a>", UnknownEntity),
        ("<a>&AMP;</a>", UnknownEntity),
        ("<a>& </a>", UnknownEntity),
        ("<a>&amp</a>", UnknownEntity),
        ("<a b='&e;'/>", UnknownEntity),
        ("<a>&;</a>", UnknownEntity),
        ("<a>&#;</a>", InvalidCharacterReference),
        ("<a>&#x;</a>", InvalidCharacterReference),
        ("<a>&#X41;</a>", InvalidCharacterReference),
        ("<a>&#+65;</a>", InvalidCharacterReference),
        ("<a>&# 65;</a>", InvalidCharacterReference),
        ("<a>&#0;</a>", InvalidCharacterReference),
        ("<a>&#11;</a>", InvalidCharacterReference),
        ("<a b='&#x1F;'/>", InvalidCharacterReference),
        ("<a>&#xD800;</a>", InvalidCharacterReference),
        ("<a>&#xFFFE;</a>", InvalidCharacterReference),
        ("<a>&#x110000;</a>", InvalidCharacterReference),
        ("<a>&#99999999999999999999;</a>", InvalidCharacterReference),
        ("<a>\u{0}</a>", InvalidCharacter),
        ("<a>\u{B}</a>", InvalidCharacter),
        ("<a><!--\u{1F}--></a>", InvalidCharacter),
        ("<a b='\u{FFFE}'/>", InvalidCharacter),
        ("<a>\u{FFFF}</a>", InvalidCharacter),
        ("<?xml version='1.1'?><a/>", UnsupportedVersion),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", UnsupportedEncoding),
        ("<?xml version='1.0' encoding='UTF-16'?><a/>", UnsupportedEncoding),
        ("<?xml version='1.0' encoding='UTF-7'?><a/>", UnsupportedEncoding),
        ("<?xml version='1.0' encoding='US-ASCII'?><a>é</a>", UnsupportedEncoding),
        ("\u{FEFF}<?xml version='1.0' encoding='US-ASCII'?><a/>", UnsupportedEncoding),
        ("<?xml encoding='UTF-8'?><a/>", InvalidXmlDeclaration),
        ("<?xml encoding='UTF-8' version='1.0'?><a/>", InvalidXmlDeclaration),
        ("<?xml version='1.0' standalone='maybe'?><a/>", InvalidXmlDeclaration),
        ("<?xml version='1.0'encoding='UTF-8'?><a/>", InvalidXmlDeclaration),
        ("<?xml version='1.0' a='b'?><a/>", InvalidXmlDeclaration),
        ("<?xml?><a/>", InvalidXmlDeclaration),
        (" <?xml version='1.0'?><a/>", InvalidXmlDeclaration),
        ("<a><?XML version='1.0'?></a>", InvalidXmlDeclaration),
        ("<?a:b c?><a/>", MalformedMarkup),
        ("<?a+?><a/>", MalformedMarkup),
        ("<? a?><a/>", InvalidName),
    ] {
        check_refused(input, kind);
    }
    for bytes in [
        b"\xFF\xFE<\0a\0/\0>\0".as_slice(),
        b"<a>\xC0\xBC</a>",
        b"<a>\xED\xA0\x80</a>",
        b"<a>\xE9</a>",
        b"<a/>\x80",
    ] {
        check_refused(bytes, InvalidUtf8);
    }
}

/// Prefixes are looked for by a key of their first bytes; two that differ have to stay two.
#[test]
fn a_long_prefix_stands_for_no_other() {
    for bytes in 1..=16 {
        let prefix = &"abcdefghijklmnop"[..bytes];
        for more in [1, 7, 8, 248, 255, 256, 512] {
            let long = format!("{prefix}{}", "x".repeat(more));
            check_refused(
                format!("<{prefix}:a xmlns:{long}='urn:l'/>"),
                ErrorKind::UndeclaredPrefix,
            );
            let input = format!("<{prefix}:a xmlns:{prefix}='urn:s' xmlns:{long}='urn:l'/>");
            assert_eq!(parse(&input).unwrap().root().namespace(), "urn:s", "{bytes} {more}");
        }
    }
}

#[test]
fn prefixes_and_namespace_names_are_checked() {
    use ErrorKind::*;
    for (input, kind) in [
        ("<p:a/>", UndeclaredPrefix),
        ("<a p:b=''/>", UndeclaredPrefix),
        ("<a><b xmlns:p='urn:p'/><p:c/></a>", UndeclaredPrefix),
        ("<a><b xmlns:p='urn:p'></b><c p:d=''/></a>", UndeclaredPrefix),
        ("<a xmlns:p=''/>", EmptyNamespaceName),
        ("<a xmlns:xml='urn:a'/>", ReservedPrefix),
        ("<a xmlns:xml=''/>", ReservedPrefix),
        ("<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", ReservedPrefix),
        ("<a xmlns='http://www.w3.org/XML/1998/namespace'/>", ReservedPrefix),
        ("<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>", ReservedPrefix),
        ("<a xmlns:xmlns='urn:a'/>", ReservedPrefix),
        ("<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", ReservedPrefix),
        ("<a xmlns='http://www.w3.org/2000/xmlns/'/>", ReservedPrefix),
        ("<xmlns:a/>", ReservedPrefix),
        ("<a xmlns='a'/>", RelativeNamespaceName),
        ("<a xmlns:p='../a'/>", RelativeNamespaceName),
        ("<a xmlns:p='//a/b'/>", RelativeNamespaceName),
        ("<a xmlns:p='#a'/>", RelativeNamespaceName),
        ("<a xmlns:p='1a:b'/>", RelativeNamespaceName),
        ("<a xmlns:p='a/b:c'/>", RelativeNamespaceName),
        ("<a xmlns:p=':'/>", RelativeNamespaceName),
        ("<a xmlns='urn:a b'/>", InvalidNamespaceName),
        ("<a xmlns=' urn:a'/>", InvalidNamespaceName),
        ("<a xmlns='urn:&#x80;'/>", InvalidNamespaceName),
        ("<a xmlns='urn:&#10;'/>", InvalidNamespaceName),
        ("<a xmlns='urn:é'/>", InvalidNamespaceName),
        ("<a xmlns='urn:&lt;'/>", InvalidNamespaceName),
        ("<a xmlns='urn:%4'/>", InvalidNamespaceName),
        ("<a xmlns='urn:%4g'/>", InvalidNamespaceName),
        ("<a xmlns='urn:[a]'/>", InvalidNamespaceName),
        ("<a xmlns='urn:a#b#'/>", InvalidNamespaceName),
    ] {
        check_refused(input, kind);
    }
}

#[test]
fn many_attributes_are_checked_for_duplicates_as_few_are() {
    for count in [2, 8, 9, 63] {
        let mut attributes: Vec<_> = (0..count).map(|n| format!("a{n}='' ")).collect();
        check_accepted(&format!("<a {}/>", attributes.concat()));
        attributes.push(String::from("a1=''"));
        check_refused(format!("<a {}/>", attributes.concat()), ErrorKind::DuplicateAttribute);
    }
    let declarations: String = (0..20).map(|n| format!("xmlns:p{n}='urn:{n}' ")).collect();
    check_accepted(&format!("<a {declarations}/>"));
    let input = format!("<a {declarations} xmlns:p3='urn:x'/>");
    check_refused(input, ErrorKind::DuplicateNamespaceDeclaration);
}

#[test]
fn an_error_says_line_column_and_byte() {
    let error = parse("<a>\r\n<é>\n  &e;</é></a>").unwrap_err();
    assert_eq!(error.position, Position { line: 3, column: 3, byte: 12 });
    assert_eq!(error.to_string(), "unknown entity at line 3, column 3");
    assert_eq!(error.code(), "xml.unknown_entity");
    assert_eq!(error.kind(), Kind::Unsupported);

    let error = Document::parse(b"<a>\xFF", &XmlLimits::MESSAGE).unwrap_err();
    assert_eq!(error.position, Position { line: 1, column: 4, byte: 3 });
    let error = parse("<a b='1\r2&x;'/>").unwrap_err();
    assert_eq!(error.position, Position { line: 2, column: 2, byte: 9 });
}

#[test]
fn line_ends_and_attribute_values_are_normalized() {
    let document = parse(
        "<a b='1\t2\n3\r\n4\r5&#9;&#10;&#13;\n&#32; ' c='&lt;&gt;&amp;&apos;&quot;'>\r\n1\r2&#13;\n\
         <![CDATA[\r\n&amp;\r]]><!--\r\r\n--><?p \r\nq\rr?></a>",
    )
    .unwrap();
    let root = document.root();
    assert_eq!(root.attribute("b"), Some("1 2 3 4 5\t\n\r   "));
    assert_eq!(root.attribute("c"), Some("<>&'\""));
    let nodes: Vec<_> = root.children().collect();
    assert!(matches!(nodes[0], Node::Text("\n1\n2\r\n")), "{:?}", nodes[0]);
    assert!(matches!(nodes[1], Node::Text("\n&amp;\n")), "{:?}", nodes[1]);
    assert!(matches!(nodes[2], Node::Comment("\n\n")), "{:?}", nodes[2]);
    let Node::ProcessingInstruction { target: "p", data: "q\nr" } = nodes[3] else {
        panic!("{:?}", nodes[3])
    };
    let place = Position { line: 8, column: 5, byte: document.input().find("<?p").unwrap() };
    assert_eq!(document.has_processing_instruction().map(|p| p.byte), Some(place.byte));
    assert_eq!(parse("<a/>").unwrap().has_processing_instruction(), None);
}

#[test]
fn ordinary_text_is_not_copied() {
    let input = "<a b='value'>text</a>";
    let document = parse(input).unwrap();
    let within = |text: &str| input.as_bytes().as_ptr_range().contains(&text.as_ptr());
    assert!(within(document.root().attribute("b").unwrap()));
    let text = document.root().text().unwrap();
    assert!(matches!(text, Cow::Borrowed(text) if within(text)));
}

/// X-02: the classic that cut the text at the comment.
#[test]
fn a_comment_does_not_end_text() {
    let document = parse("<a>admin@x.com<!---->.evil<![CDATA[.c]]>om</a>").unwrap();
    assert_eq!(document.root().text().unwrap(), "admin@x.com.evil.com");
    assert_eq!(parse("<a><!-- --></a>").unwrap().root().text().unwrap(), "");
}

/// X-03.
#[test]
fn other_markup_inside_text_is_an_error() {
    let document = parse("<a>admin<b/></a>").unwrap();
    assert_eq!(document.root().text().unwrap_err().kind, ErrorKind::ElementInText);
    let document = parse("<a>admin<?p .evil?></a>").unwrap();
    let error = document.root().text().unwrap_err();
    assert_eq!(error.kind, ErrorKind::ProcessingInstructionInText);
}

#[test]
fn the_tree_has_the_shape_of_the_document() {
    let input =
        "<!--0--><a><b/>t<p:c xmlns:p='urn:p' xmlns='urn:d' p:x='1' x='2'><d/></p:c></a><?q?>";
    let document = parse(input).unwrap();
    let root = document.root();
    assert!(matches!(
        document.children().collect::<Vec<_>>()[..],
        [
            Node::Comment("0"),
            Node::Element(_),
            Node::ProcessingInstruction { target: "q", data: "" }
        ]
    ));
    let [b, c] = root.child_elements().collect::<Vec<_>>()[..] else { panic!() };
    let d = c.child_elements().next().unwrap();
    assert_eq!(root.children().count(), 3);
    assert!(b.is("", "b") && c.is("urn:p", "c") && d.is("urn:d", "d"));
    assert_eq!((c.prefix(), d.prefix()), ("p", ""));
    assert_eq!(c.attribute("x"), Some("2"));
    let attributes: Vec<_> =
        c.attributes().map(|a| (a.namespace(), a.local_name(), a.value())).collect();
    assert_eq!(attributes, [("", "x", "2"), ("urn:p", "x", "1")]);
    let declarations: Vec<_> = c.namespace_declarations().collect();
    assert_eq!(declarations, [("p", "urn:p"), ("", "urn:d")]);
    assert_eq!(d.namespace_of_prefix("p"), Some("urn:p"));
    assert_eq!(d.namespace_of_prefix(""), Some("urn:d"));
    assert_eq!(d.namespace_of_prefix("xml"), Some(names::XML));
    assert_eq!((b.namespace_of_prefix("p"), b.namespace_of_prefix("")), (None, None));
    assert_eq!((d.parent(), c.parent(), root.parent()), (Some(c), Some(root), None));
    assert_eq!(
        &input[c.byte_range()],
        &input[input.find("<p:c").unwrap()..input.find("</a>").unwrap()]
    );
    assert_eq!(&input[b.byte_range()], "<b/>");
    assert_eq!(document.elements().count(), 4);
}

#[test]
fn an_element_equals_only_itself() {
    let (one, other) = (parse("<a><b/><b/></a>").unwrap(), parse("<a><b/><b/></a>").unwrap());
    let bs: Vec<_> = one.root().child_elements().collect();
    assert_eq!(one.root(), one.root());
    assert_ne!(bs[0], bs[1]);
    assert_ne!(one.root(), other.root());
}

/// X-10, X-11: only an attribute in no namespace, spelled so.
#[test]
fn an_attribute_is_found_by_its_exact_name_only() {
    let document = parse("<a x:ID='1' id='2' Id='3' xml:id='4' xmlns:x='urn:x'/>").unwrap();
    assert_eq!(document.root().attribute("ID"), None);
    assert_eq!(document.root().attribute("Id"), Some("3"));
}

#[track_caller]
fn check_limit(kind: ErrorKind, limits: XmlLimits, fits: &str, exceeds: &str) {
    if let Err(error) = Document::parse(fits.as_bytes(), &limits) {
        panic!("{fits:?}: {error}");
    }
    let error = Document::parse(exceeds.as_bytes(), &limits).expect_err("limit is not kept");
    assert_eq!(error.kind, kind, "{exceeds:?}");
    assert_eq!(error.kind(), Kind::LimitExceeded);
}

#[test]
fn each_limit_is_kept() {
    use ErrorKind::*;
    let limits = NO_LIMITS;
    check_limit(TooLarge, XmlLimits { max_bytes: 4, ..limits }, "<a/>", "<a />");
    let max_depth = 2;
    check_limit(
        TooDeep,
        XmlLimits { max_depth, ..limits },
        "<a><b></b><b/></a>",
        "<a><b><c/></b></a>",
    );
    let max_elements = 3;
    check_limit(
        TooManyElements,
        XmlLimits { max_elements, ..limits },
        "<a><b/><c/></a>",
        "<a><b/><c/><d/></a>",
    );
    let max_attributes = 2;
    check_limit(
        TooManyAttributes,
        XmlLimits { max_attributes, ..limits },
        "<a b='' c='' xmlns:p='urn:p'><d e=''/></a>",
        "<a b='' c='' xmlns:p='urn:p' d=''/>",
    );
    let max_attribute_bytes = 5;
    check_limit(
        AttributeTooLong,
        XmlLimits { max_attribute_bytes, ..limits },
        "<a b='12345'/>",
        "<a b='123456'/>",
    );
    let max_text_bytes = 3;
    check_limit(
        TextTooLong,
        XmlLimits { max_text_bytes, ..limits },
        "<a>123<b/>456</a>",
        "<a>1234</a>",
    );
    check_limit(
        TextTooLong,
        XmlLimits { max_text_bytes, ..limits },
        "<a><![CDATA[123]]></a>",
        "<a><![CDATA[1234]]></a>",
    );
    let max_namespace_bytes = 5;
    check_limit(
        AttributeTooLong,
        XmlLimits { max_namespace_bytes, ..limits },
        "<a xmlns:p='urn:a' b='123456'/>",
        "<a xmlns:p='urn:ab'/>",
    );
    let max_namespaces = 1;
    check_limit(
        TooManyNamespaces,
        XmlLimits { max_namespaces, ..limits },
        "<a xmlns='urn:a'><b xmlns='urn:b'/></a>",
        "<a xmlns='urn:a' xmlns:b='urn:b'/>",
    );
    let max_namespaces_in_scope = 2;
    check_limit(
        TooManyNamespacesInScope,
        XmlLimits { max_namespaces_in_scope, ..limits },
        "<a xmlns='urn:a'><b xmlns='urn:b'/><c xmlns='urn:b'></c><d xmlns='urn:d'/></a>",
        "<a xmlns='urn:a'><b xmlns='urn:b'><c xmlns='urn:c'/></b></a>",
    );
}

/// A parser that recurses dies of the first document on a stack of one MiB, as wasm has.
#[test]
fn nesting_needs_no_stack() {
    let depth = 200_000;
    let input = format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    let document = Document::parse(input.as_bytes(), &NO_LIMITS).unwrap();
    assert_eq!(document.elements().count(), depth);
    drop(document);
    check_refused("<a>".repeat(20_000), ErrorKind::TooDeep);
}

/// Each of these takes minutes in quadratic time.
#[test]
fn large_documents_take_linear_time() {
    let many: String = (0..50_000).map(|n| format!(" a{n}=''")).collect();
    let input = format!("<a{many}/>");
    assert_eq!(
        Document::parse(input.as_bytes(), &NO_LIMITS).unwrap().root().attributes().count(),
        50_000
    );
    for piece in ["<b/>", "&amp;", "<!---->", "<![CDATA[]]]]>", "]", "<?p?>", "\r"] {
        let input = format!("<a>{}</a>", piece.repeat(100_000));
        Document::parse(input.as_bytes(), &NO_LIMITS).unwrap();
    }
    let input = format!("<a b='{}'/>", "&#x10FFFF;".repeat(200_000));
    Document::parse(input.as_bytes(), &NO_LIMITS).unwrap();
}

/// X-05: nothing that the writer makes is read as something else.
#[test]
fn what_is_written_is_read_back() {
    let nasty = "\t\r\n \"'<>&]]>é\u{10000}--?>";
    let mut writer = Writer::new();
    writer.start("p:a").attribute("xmlns:p", "urn:p").attribute("b", nasty);
    writer.start("c").text(nasty).end().start("d").end();
    let output = writer.finish();
    let document = parse(&output).unwrap();
    assert!(document.root().is("urn:p", "a"));
    assert_eq!(document.root().attribute("b"), Some(nasty));
    let children: Vec<_> = document.root().child_elements().collect();
    assert_eq!(children[0].text().unwrap(), nasty);
    assert_eq!(vec!["c", "d"], children.iter().map(|e| e.local_name()).collect::<Vec<_>>());

    let mut writer = Writer::new();
    writer.start("a").text("\u{0}\u{FFFE}");
    assert_eq!(writer.finish(), "<a>\u{FFFD}\u{FFFD}</a>");
}

/// The parser remembers what a prefix was bound to; `namespace_of_prefix` looks at the declarations.
#[test]
fn a_prefix_is_bound_by_the_innermost_declaration_whatever_was_declared_before() {
    let prefixes: Vec<String> =
        (0..40).map(|n| format!("p{n}")).chain((0..9).map(|n| format!("prefix-{n}"))).collect();
    let mut state = 7_u32;
    let mut below = move |end: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(state >> 16).unwrap() % end
    };
    let all: String = prefixes.iter().map(|p| format!(" xmlns:{p}='urn:{p}'")).collect();
    let (outer, inner) = all.split_at(all.find(" xmlns:p25").unwrap());
    let mut input = format!("<a{outer}><a{inner}>");
    let mut depth = 0;
    for number in 0..3_000 {
        if depth > 0 && below(2) == 0 {
            input += "</a>";
            depth -= 1;
        } else if depth < 14 {
            let (declared, used, other) = (below(49), below(49), below(49));
            let (declared, used, other) = (&prefixes[declared], &prefixes[used], &prefixes[other]);
            input += &format!("<a xmlns:{declared}='urn:{number}' {used}:a='' {other}:b=''>");
            depth += 1;
        }
    }
    input += &"</a>".repeat(depth + 2);
    let document = parse(&input).unwrap();
    for element in document.elements() {
        for attribute in element.attributes() {
            let expected = element.namespace_of_prefix(attribute.prefix());
            assert_eq!(
                Some(attribute.namespace()),
                expected,
                "{} of {element:?}",
                attribute.prefix()
            );
        }
    }
}

#[test]
fn plain_texts_are_taken_as_far_as_they_come() {
    #[track_caller]
    fn check(children: &str, expected: &[&str], next: Option<&str>) {
        let input = format!("<a xmlns=\"urn:a\">{children}</a>");
        let document = Document::parse(input.as_bytes(), &XmlLimits::MESSAGE).expect(children);
        let mut sequence = Sequence::of(document.root()).expect(children);
        let mut texts = Vec::new();
        sequence.plain_texts("urn:a", "v", document.input(), &mut texts).expect(children);
        assert_eq!(texts, expected, "{children}");
        let next_text = sequence.peek().map(|element| element.text().expect(children));
        assert_eq!(next_text.as_deref(), next, "{children}");
        // Nothing stands in a text of somebody else.
        let mut sequence = Sequence::of(document.root()).expect(children);
        sequence.plain_texts("urn:a", "v", &input.clone(), &mut Vec::new()).expect(children);
        assert_eq!(sequence.peek(), document.root().child_elements().next());
    }
    check("", &[], None);
    check("<v>1</v> <v>2</v><!-- --><v>3</v>", &["1", "2", "3"], None);
    check("<v>1</v><v x=\"\">2</v><v>3</v>", &["1"], Some("2"));
    check("<v>1</v><w>2</w>", &["1"], Some("2"));
    check("<v>1</v><v xmlns=\"urn:b\">2</v>", &["1"], Some("2"));
    check("<v>1</v><v/><v>2</v>", &["1"], Some(""));
    check("<v>1</v><v></v>", &["1"], Some(""));
    check("<v>1</v><v>2&amp;</v>", &["1"], Some("2&"));
    check("<v>1</v><v>2<!-- -->3</v>", &["1"], Some("23"));
    check("<v><![CDATA[1]]></v><v>2<![CDATA[3]]></v>", &["1"], Some("23"));
}
