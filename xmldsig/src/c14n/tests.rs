use alloc::format;
use alloc::string::String;

use super::*;
use crate::limits::XmlLimits;

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const EXCLUSIVE_WITH_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const INCLUSIVE_WITH_COMMENTS: &str =
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
const INCLUSIVE11: &str = "http://www.w3.org/2006/12/xml-c14n11";

fn how<'a>(uri: &str, prefix_list: &[&'a str]) -> Canonicalization<'a> {
    let (method, comments) = Method::from_uri(uri).expect("a known method");
    assert_eq!(method.uri(comments), uri);
    Canonicalization { method, comments, prefix_list: prefix_list.to_vec() }
}

fn parse(input: &str) -> Document<'_> {
    Document::parse(input.as_bytes(), &XmlLimits::METADATA).expect("a well-formed document")
}

/// Canonicalizes the element with the attribute `apex`, without the one with the attribute `without`.
/// Both stay in the expected text where the element itself is part of it.
fn subtree(uri: &str, prefix_list: &[&str], input: &str) -> Result<String, Error> {
    let document = parse(input);
    let having = |name| document.elements().find(|element| element.attribute(name).is_some());
    let apex = having("apex").unwrap_or_else(|| document.root());
    let (how, without) = (how(uri, prefix_list), having("without"));
    let mut written = Vec::new();
    canonicalize(apex, &how, without, &mut written)?;
    if without.is_none() {
        assert_eq!(octets(apex, &how).as_deref(), Ok(written.as_slice()), "{input}");
    }
    Ok(String::from_utf8(written).expect("UTF-8"))
}

#[track_caller]
fn check(uri: &str, prefix_list: &[&str], input: &str, expected: &str) {
    assert_eq!(subtree(uri, prefix_list, input).as_deref(), Ok(expected), "{input}");
}

#[track_caller]
fn check_document(uri: &str, input: &str, expected: &str) {
    let mut octets = Vec::new();
    canonicalize_document(&parse(input), &how(uri, &[]), &mut octets).expect("a canonical form");
    assert_eq!(String::from_utf8(octets).as_deref(), Ok(expected), "{input}");
}

/// Example 3.1 of Canonical XML 1.0, its DTD removed.
#[test]
fn nodes_outside_the_root_stand_on_lines_of_their_own() {
    let input = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n\
                 <doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n\
                 <!-- Comment 2 -->\n\n<!-- Comment 3 -->\n";
    check_document(
        INCLUSIVE,
        input,
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n<?pi-without-data?>",
    );
    check_document(
        INCLUSIVE_WITH_COMMENTS,
        input,
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!<!-- Comment 1 --></doc>\n\
         <?pi-without-data?>\n<!-- Comment 2 -->\n<!-- Comment 3 -->",
    );
    check_document(INCLUSIVE_WITH_COMMENTS, "<!--a--><b/>", "<!--a-->\n<b></b>");
}

/// Example 3.3 of Canonical XML 1.0, its DTD removed.
#[test]
fn start_and_end_tags_are_as_in_the_example_of_the_specification() {
    let input = "<doc>\n   <e1   />\n   <e2   ></e2>\n   <e3   name = \"elem3\"   id=\"elem3\"   />\n\
         \x20  <e4   name=\"elem4\"   id=\"elem4\"   ></e4>\n\
         \x20  <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\"\n\
         \x20     xmlns:b=\"http://www.ietf.org\"\n\
         \x20     xmlns:a=\"http://www.w3.org\"\n\
         \x20     xmlns=\"http://example.org\"/>\n\
         \x20  <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n\
         \x20     <e7 xmlns=\"http://www.ietf.org\">\n\
         \x20        <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n\
         \x20           <e9 xmlns=\"\" xmlns:a=\"http://www.ietf.org\" attr=\"default\"/>\n\
         \x20        </e8>\n      </e7>\n   </e6>\n</doc>";
    let expected = "<doc>\n   <e1></e1>\n   <e2></e2>\n   <e3 id=\"elem3\" name=\"elem3\"></e3>\n\
         \x20  <e4 id=\"elem4\" name=\"elem4\"></e4>\n\
         \x20  <e5 xmlns=\"http://example.org\" xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" \
         attr=\"I'm\" attr2=\"all\" b:attr=\"sorted\" a:attr=\"out\"></e5>\n\
         \x20  <e6 xmlns:a=\"http://www.w3.org\">\n\
         \x20     <e7 xmlns=\"http://www.ietf.org\">\n\
         \x20        <e8 xmlns=\"\">\n\
         \x20           <e9 xmlns:a=\"http://www.ietf.org\" attr=\"default\"></e9>\n\
         \x20        </e8>\n      </e7>\n   </e6>\n</doc>";
    check_document(INCLUSIVE, input, expected);
    check_document(INCLUSIVE11, input, expected);
}

/// Example 3.4 of Canonical XML 1.0, its DTD removed.
#[test]
fn characters_are_escaped_as_the_specification_says_and_no_others() {
    check(
        INCLUSIVE,
        &[],
        "<doc>\r\n<text>First line&#x0d;&#10;Second line</text>\n<value>&#x32;</value>\n\
         <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\n\
         <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid</compute>\n\
         <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/></doc>",
        "<doc>\n<text>First line&#xD;\nSecond line</text>\n<value>2</value>\n\
         <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\n\
         <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;\">valid</compute>\n\
         <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm></doc>",
    );
}

/// libxml2 (2.9.14) writes `&#38;` here, which the specification does not.
#[test]
fn namespace_names_are_escaped_like_attribute_values() {
    check(EXCLUSIVE, &[], "<a xmlns='urn:a?b&amp;&apos;c'/>", "<a xmlns=\"urn:a?b&amp;'c\"></a>");
}

#[test]
fn attributes_are_sorted_by_code_points_of_namespace_and_local_name() {
    check(
        EXCLUSIVE,
        &[],
        "<a \u{10000}='4' \u{FF5E}='3' b='2' B='1' xmlns:p='urn:z' p:a='6' xmlns:q='urn:a' q:z='5'/>",
        "<a xmlns:p=\"urn:z\" xmlns:q=\"urn:a\" B=\"1\" b=\"2\" \u{FF5E}=\"3\" \u{10000}=\"4\" q:z=\"5\" p:a=\"6\"></a>",
    );
}

#[test]
fn inclusive_renders_every_namespace_in_scope_once() {
    let input = "<a xmlns='urn:a' xmlns:p='urn:p' xmlns:q='urn:q'><b xmlns:q='urn:r' apex=''>\
                 <c xmlns:p='urn:p' xmlns=''><d xmlns='urn:a'/></c></b></a>";
    check(
        INCLUSIVE,
        &[],
        input,
        "<b xmlns=\"urn:a\" xmlns:p=\"urn:p\" xmlns:q=\"urn:r\" apex=\"\"><c xmlns=\"\"><d xmlns=\"urn:a\"></d></c></b>",
    );
    check(INCLUSIVE, &[], "<a xmlns='urn:a'><b xmlns='' apex=''/></a>", "<b apex=\"\"></b>");
}

#[test]
fn exclusive_renders_a_namespace_where_it_is_used() {
    check(
        EXCLUSIVE,
        &[],
        "<p:a xmlns:p='urn:p' xmlns:q='urn:q' xmlns='urn:d'><p:b apex='' q:x=''><c/><p:d xmlns:p='urn:r'><q:e/></p:d><p:f/></p:b></p:a>",
        "<p:b xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" apex=\"\" q:x=\"\"><c xmlns=\"urn:d\"></c>\
         <p:d xmlns:p=\"urn:r\"><q:e></q:e></p:d><p:f></p:f></p:b>",
    );
    // An attribute without prefix does not use the default namespace.
    check(
        EXCLUSIVE,
        &[],
        "<p:a xmlns:p='urn:p' xmlns='urn:d' b=''/>",
        "<p:a xmlns:p=\"urn:p\" b=\"\"></p:a>",
    );
    // Siblings do not see what the other has rendered.
    check(
        EXCLUSIVE,
        &[],
        "<a xmlns:p='urn:p'><p:b/><p:b/></a>",
        "<a><p:b xmlns:p=\"urn:p\"></p:b><p:b xmlns:p=\"urn:p\"></p:b></a>",
    );
    // The default namespace is undeclared only where the output has one.
    check(
        EXCLUSIVE,
        &[],
        "<a xmlns='urn:d'><p:b xmlns:p='urn:p' xmlns='' apex=''><c/></p:b></a>",
        "<p:b xmlns:p=\"urn:p\" apex=\"\"><c></c></p:b>",
    );
    check(
        EXCLUSIVE,
        &[],
        "<a xmlns='urn:d'><p:b xmlns:p='urn:p'><c xmlns=''/></p:b></a>",
        "<a xmlns=\"urn:d\"><p:b xmlns:p=\"urn:p\"><c xmlns=\"\"></c></p:b></a>",
    );
}

#[test]
fn the_prefix_list_adds_what_canonical_xml_would_render() {
    let input = "<a xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q'><q:b apex=''><q:c xmlns:p='urn:r' xmlns=''/></q:b></a>";
    check(EXCLUSIVE, &[], input, "<q:b xmlns:q=\"urn:q\" apex=\"\"><q:c></q:c></q:b>");
    check(
        EXCLUSIVE,
        &["p", "unknown"],
        input,
        "<q:b xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" apex=\"\"><q:c xmlns:p=\"urn:r\"></q:c></q:b>",
    );
    check(
        EXCLUSIVE,
        &["#default"],
        input,
        "<q:b xmlns=\"urn:d\" xmlns:q=\"urn:q\" apex=\"\"><q:c xmlns=\"\"></q:c></q:b>",
    );
    // The empty string is no way to spell #default.
    check(EXCLUSIVE, &[""], input, "<q:b xmlns:q=\"urn:q\" apex=\"\"><q:c></q:c></q:b>");
    // Other methods know no PrefixList.
    check(
        INCLUSIVE,
        &["p"],
        "<a><b xmlns:p='urn:p' apex=''/></a>",
        "<b xmlns:p=\"urn:p\" apex=\"\"></b>",
    );
}

#[test]
fn the_prefix_xml_is_never_declared() {
    let input = "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='en'/>";
    for uri in [EXCLUSIVE, INCLUSIVE, INCLUSIVE11] {
        check(uri, &["xml"], input, "<a xml:lang=\"en\"></a>");
    }
}

/// C-04: what the unsigned ancestors give to the apex.
#[test]
fn xml_attributes_of_ancestors_are_inherited_as_each_method_says() {
    let input = "<a xml:lang='en' xml:id='i' xml:space='preserve' xml:x='1' p:lang='no' xmlns:p='urn:p'>\
                 <b xml:lang='de' xml:base='b/'><c xml:space='default' apex=''><d/></c></b></a>";
    check(EXCLUSIVE, &[], input, "<c apex=\"\" xml:space=\"default\"><d></d></c>");
    check(
        INCLUSIVE,
        &[],
        input,
        "<c xmlns:p=\"urn:p\" apex=\"\" xml:base=\"b/\" xml:id=\"i\" xml:lang=\"de\" xml:space=\"default\" xml:x=\"1\"><d></d></c>",
    );
    check(
        INCLUSIVE11,
        &[],
        input,
        "<c xmlns:p=\"urn:p\" apex=\"\" xml:base=\"b/\" xml:lang=\"de\" xml:space=\"default\"><d></d></c>",
    );
}

/// Canonical XML 1.1, section 2.4 and example 3.8 as far as it is a subtree.
#[test]
fn xml_base_is_joined_by_canonical_xml_1_1_only() {
    let input =
        "<a xml:base='something/else'><b xml:base='bar/'><c apex='' xml:base='foo'/></b></a>";
    check(INCLUSIVE11, &[], input, "<c apex=\"\" xml:base=\"something/bar/foo\"></c>");
    check(INCLUSIVE, &[], input, "<c apex=\"\" xml:base=\"foo\"></c>");
    check(EXCLUSIVE, &[], input, "<c apex=\"\" xml:base=\"foo\"></c>");
    let input = "<a xml:base='abc/'><b apex='' xml:base='../'/></a>";
    check(INCLUSIVE11, &[], input, "<b apex=\"\"></b>");
    // libxml2 keeps the fragment, and `..` without slash; the specification says otherwise.
    let input = "<a xml:base='../x'><b apex='' xml:base='e#f'/></a>";
    check(INCLUSIVE11, &[], input, "<b apex=\"\" xml:base=\"../e\"></b>");
    let input = "<a xml:base='x'><b apex='' xml:base='..'/></a>";
    check(INCLUSIVE11, &[], input, "<b apex=\"\" xml:base=\"../\"></b>");
    let input = "<a><b apex='' xml:base='x/../y'/></a>";
    check(INCLUSIVE11, &[], input, "<b apex=\"\" xml:base=\"x/../y\"></b>");
    let input = "<a xml:base='x/../y'><b apex=''/></a>";
    check(INCLUSIVE11, &[], input, "<b apex=\"\" xml:base=\"x/../y\"></b>");
}

#[test]
fn an_enveloped_signature_is_left_out_with_everything_in_it() {
    for (input, expected) in [
        ("<a>1<s without=''>x<t/></s>2</a>", "<a>12</a>"),
        ("<a><s without=''/></a>", "<a></a>"),
        ("<a><b/><s without=''><t/></s></a>", "<a><b></b></a>"),
        ("<a><b><s without=''><t/></s></b></a>", "<a><b></b></a>"),
        ("<a><b></b><s without=''/><c/></a>", "<a><b></b><c></c></a>"),
        ("<a><b><c/></b><s without=''/></a>", "<a><b><c></c></b></a>"),
        // What is canonical but for the signature.
        ("<a><b><s without=\"\"></s></b></a>", "<a><b></b></a>"),
        ("<a><b>1<s without=\"\">x</s>2</b></a>", "<a><b>12</b></a>"),
        ("<a><s without=\"\"><t>x</t></s></a>", "<a></a>"),
    ] {
        check(EXCLUSIVE, &[], input, expected);
    }
}

/// C-01: there is no way to an empty canonical form.
#[test]
fn only_a_descendant_can_be_left_out() {
    for input in [
        "<a apex='' without=''/>",
        "<a><b apex=''/><c without=''/></a>",
        "<a without=''><b apex=''/></a>",
    ] {
        assert_eq!(subtree(EXCLUSIVE, &[], input), Err(Error::NotADescendant), "{input}");
    }
    let (one, other) = (parse("<a><b/></a>"), parse("<a><b/></a>"));
    let stranger = other.root().child_elements().next();
    let mut octets = Vec::new();
    let result = canonicalize(one.root(), &how(EXCLUSIVE, &[]), stranger, &mut octets);
    assert_eq!(result, Err(Error::NotADescendant));
}

///
#[test]
fn comments_are_kept_only_if_the_method_says_so() {
    let input = "<a>1<!-- c -->2<?p  d ?></a>";
    check(EXCLUSIVE, &[], input, "<a>12<?p d ?></a>");
    check(EXCLUSIVE_WITH_COMMENTS, &[], input, "<a>1<!-- c -->2<?p d ?></a>");
}

/// C-02.
#[test]
fn an_unknown_method_is_none() {
    for uri in [
        "",
        "http://www.w3.org/2001/10/xml-exc-c14n",
        "http://www.w3.org/2001/10/xml-exc-c14n#withcomments",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#",
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2010/xml-c14n2",
    ] {
        assert_eq!(Method::from_uri(uri), None, "{uri}");
    }
}

/// the canonical form is stable, and the tree that it gives is the same.
#[test]
fn the_canonical_form_of_a_canonical_form_is_itself() {
    let input = "<p:a xmlns:p='urn:p' xmlns='urn:d' z='&#13;&#10;\t\"' a=\"'\">\r&#13;<b p:x='1'/><![CDATA[<&>]]><c xmlns=''/></p:a>";
    for uri in [EXCLUSIVE_WITH_COMMENTS, INCLUSIVE_WITH_COMMENTS, INCLUSIVE11] {
        let once = subtree(uri, &[], input).expect("a canonical form");
        check(uri, &[], &once, &once);
    }
}

#[test]
fn an_expensive_canonical_form_is_refused() {
    let uri = "x".repeat(XmlLimits::METADATA.max_namespace_bytes - "urn:".len());
    let input = format!("<a xmlns:p='urn:{uri}'>{}</a>", "<p:b/>".repeat(10_000));
    assert_eq!(subtree(EXCLUSIVE, &[], &input), Err(Error::OutputTooLong));
    assert!(subtree(INCLUSIVE, &[], &input).is_ok());
    let result = subtree(EXCLUSIVE, &["p"; MAX_PREFIX_LIST + 1], "<a/>");
    assert_eq!(result, Err(Error::PrefixListTooLong));
    assert!(subtree(EXCLUSIVE, &["p"; MAX_PREFIX_LIST], "<a/>").is_ok());
}

/// As many namespaces as the parser takes, used and listed at every element.
#[test]
fn many_namespaces_take_linear_time() {
    let declare = |from: usize| -> String {
        (from..from + 32).map(|n| format!(" xmlns:p{n}='urn:{n}'")).collect()
    };
    let attributes: String = (0..64).map(|n| format!(" p{n}:a='{n}'")).collect();
    let child = format!("<p63:b{attributes}/>");
    let input = format!("<a{}><b{}>{}</b></a>", declare(0), declare(32), child.repeat(1_000));
    let list: Vec<String> = (0..MAX_PREFIX_LIST - 1).map(|n| format!("p{n}")).collect();
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    let once = subtree(EXCLUSIVE, &list, &input).expect("a canonical form");
    assert_eq!(once.matches("xmlns:p62=").count(), 1);
    assert_eq!(once.matches("xmlns:p63=").count(), 1_000);
}

/// A sink gets large pieces, and all of them in order.
#[test]
fn pieces_of_every_size_reach_the_sink_in_order() {
    struct Pieces(Vec<Vec<u8>>);
    impl Sink for Pieces {
        fn write(&mut self, octets: &[u8]) {
            self.0.push(octets.to_vec());
        }
    }
    let text: String = (0..5_000).map(|n| format!("{n},")).collect();
    let input = format!("<a>{text}{}<b>{text}</b></a>", "<c></c>".repeat(2_000));
    let mut pieces = Pieces(Vec::new());
    canonicalize(parse(&input).root(), &how(EXCLUSIVE, &[]), None, &mut pieces)
        .expect("a canonical form");
    assert_eq!(pieces.0.concat(), input.as_bytes());
    assert!(pieces.0.len() < 40, "{} pieces", pieces.0.len());
}

/// Writes documents in which some pieces are canonical as they are written and others are not. With `is_spread`
/// there is white space in each tag and text is in CDATA sections, so nothing is.
struct Generator {
    state: u64,
    is_spread: bool,
    xml: String,
}

impl Generator {
    fn document(seed: u64, is_spread: bool) -> String {
        let mut generator = Self { state: seed, is_spread, xml: String::new() };
        generator.element(0);
        generator.xml
    }

    fn below(&mut self, end: usize) -> usize {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.state >> 33).unwrap() % end
    }

    fn one_of(&mut self, texts: [&str; 4]) {
        let text = texts[self.below(4)];
        self.xml += text;
    }

    fn space(&mut self, space: &'static str) -> &'static str {
        let is_rare = self.below(16) == 0;
        if self.is_spread || is_rare { space } else { "" }
    }

    fn element(&mut self, depth: usize) {
        let name = ["a", "a", "a", "p:a", "b", "q:b"][self.below(6)];
        let declarations = match (depth, self.below(8)) {
            (0, _) => " xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" xmlns=\"urn:d\"",
            (_, 0) => " xmlns=\"urn:e\"",
            (_, 1) => " xmlns:p=\"urn:p\"",
            (_, 2) => " xmlns=\"\" xmlns:q=\"urn:r\"",
            _ => "",
        };
        let attributes = [
            "",
            "",
            "",
            " c=\"1\"",
            " c=\"1\" d=\"'>\"",
            " d=\"2\" c=\"1\"",
            " c='1'",
            " c= \"1\"",
            "\nc=\"1\"",
            "  c=\"1\"",
            " c=\"&lt;\"",
            " c=\"\t\"",
            " p:c=\"1\"",
            " c=\"1\" q:c=\"2\" p:c=\"3\"",
            " xml:lang=\"en\"",
            " without=\"\"",
        ][self.below(16)];
        let space = self.space(" ");
        self.xml += &format!("<{name}{declarations}{attributes}{space}");
        if self.below(8) == 0 {
            self.xml += "/>";
            return;
        }
        self.xml += ">";
        for _ in 0..self.below(5) {
            match self.below(12) {
                0..=6 if depth < 5 => self.element(depth + 1),
                7 => self.one_of(["&amp;", ">", "a\r\nb", "<![CDATA[a]]>"]),
                8 => self.one_of(["<!--c-->", "<?p  d?>", "", ""]),
                _ if self.is_spread => self.xml += "<![CDATA[ text ]]>",
                _ => self.xml += " text ",
            }
        }
        let space = self.space("\n");
        self.xml += &format!("</{name}{space}>");
    }
}

#[test]
fn what_is_canonical_as_it_is_written_is_handed_on_and_nothing_else() {
    for seed in 0..2_000 {
        let (input, spread) = (Generator::document(seed, false), Generator::document(seed, true));
        let (one, other) = (parse(&input), parse(&spread));
        let without = seed % 3 == 0;
        for (apex, same_apex) in one.elements().zip(other.elements()) {
            for (uri, prefix_list) in [
                (EXCLUSIVE, &[][..]),
                (EXCLUSIVE_WITH_COMMENTS, &["p", "#default"]),
                (INCLUSIVE, &[]),
                (INCLUSIVE11, &[]),
            ] {
                let of = |apex: Element<'_>| {
                    let found = descendants(apex).find(|e| e.attribute("without").is_some());
                    let mut octets = Vec::new();
                    let without = found.filter(|_| without);
                    canonicalize(apex, &how(uri, prefix_list), without, &mut octets).unwrap();
                    String::from_utf8(octets).unwrap()
                };
                assert_eq!(of(apex), of(same_apex), "{uri} of {apex:?} in {input}");
            }
        }
    }
}

fn descendants(apex: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    let mut open: Vec<_> = apex.child_elements().collect();
    core::iter::from_fn(move || {
        let next = open.pop()?;
        open.extend(next.child_elements());
        Some(next)
    })
}
