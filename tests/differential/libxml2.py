#!/usr/bin/env python3
"""The canonical forms of libxml2, for batches of documents from standard input.

Called by tests/src/differential; not lxml, which cannot canonicalize a subtree that has ancestors.

A batch is a line with the number of documents, then each document: a line `LENGTH APEX WITHOUT PREFIXES`
and its bytes. APEX is the number of an element in document order, from 1, or 0 for the whole document;
WITHOUT is that of an element inside it to leave out, or 0; PREFIXES is separated by commas.

The answer to a document is a line `FORMS n` and n times a line with a length and the bytes, in the order
of FORMS below; or `REFUSED domain code` with the numbers of libxml2's error.
"""

import ctypes as C
import sys

EXCLUSIVE, INCLUSIVE_10, INCLUSIVE_11 = 1, 0, 2
# Mode, comments kept, PrefixList used: the order of `forms` in canonical.rs.
FORMS = [
    (mode, comments, False) for mode in (EXCLUSIVE, INCLUSIVE_10, INCLUSIVE_11) for comments in (0, 1)
] + [(EXCLUSIVE, 0, True), (EXCLUSIVE, 1, True)]

# XML_PARSE_NONET
OPTIONS = 2048
# xmlErrorLevel: a warning is no refusal.
XML_ERR_ERROR = 2

lib = C.CDLL("libxml2.so.2")
libc = C.CDLL(None)
libc.free.argtypes = [C.c_void_p]


class Error(C.Structure):
    _fields_ = [("domain", C.c_int), ("code", C.c_int), ("message", C.c_char_p), ("level", C.c_int)]


class NodeSet(C.Structure):
    _fields_ = [("count", C.c_int), ("capacity", C.c_int), ("nodes", C.POINTER(C.c_void_p))]


class XPathObject(C.Structure):
    _fields_ = [("type", C.c_int), ("nodes", C.POINTER(NodeSet))]


def declare(name, result, *arguments):
    function = getattr(lib, name)
    function.restype, function.argtypes = result, list(arguments)


declare("xmlReadMemory", C.c_void_p, C.c_char_p, C.c_int, C.c_char_p, C.c_char_p, C.c_int)
declare("xmlFreeDoc", None, C.c_void_p)
declare("xmlFreeNode", None, C.c_void_p)
declare("xmlUnlinkNode", None, C.c_void_p)
ErrorFunction = C.CFUNCTYPE(None, C.c_void_p, C.POINTER(Error))
declare("xmlSetStructuredErrorFunc", None, C.c_void_p, ErrorFunction)
declare("xmlXPathNewContext", C.c_void_p, C.c_void_p)
declare("xmlXPathFreeContext", None, C.c_void_p)
declare("xmlXPathEvalExpression", C.POINTER(XPathObject), C.c_char_p, C.c_void_p)
declare("xmlXPathFreeObject", None, C.POINTER(XPathObject))
declare(
    "xmlC14NDocDumpMemory", C.c_int,
    C.c_void_p, C.c_void_p, C.c_int, C.POINTER(C.c_char_p), C.c_int, C.POINTER(C.c_void_p),
)


# Domain and code of every error of the present document. Violations of Namespaces in XML are errors that
# leave a document, so the document alone does not tell.
errors = []


@ErrorFunction
def note(_context, error):
    if error.contents.level >= XML_ERR_ERROR:
        errors.append((error.contents.domain, error.contents.code))


def leave_out(context, number):
    found = lib.xmlXPathEvalExpression(b"(//*)[%d]" % number, context)
    node = found.contents.nodes.contents.nodes[0]
    lib.xmlXPathFreeObject(found)
    lib.xmlUnlinkNode(node)
    lib.xmlFreeNode(node)


def subtree(context, number):
    apex = b"(//*)[%d]" % number
    axes = (b"descendant-or-self::node()", b"descendant-or-self::*/@*", b"descendant-or-self::*/namespace::*")
    return lib.xmlXPathEvalExpression(b" | ".join(apex + b"/" + axis for axis in axes), context)


def canonical_form(document, nodes, mode, comments, prefixes):
    form = C.c_void_p()
    length = lib.xmlC14NDocDumpMemory(document, nodes, mode, prefixes, comments, C.byref(form))
    octets = C.string_at(form, length) if length >= 0 else b""
    if form:
        libc.free(form)
    return octets


def answer(text, apex, without, prefixes, out):
    errors.clear()
    document = lib.xmlReadMemory(text, len(text), None, None, OPTIONS)
    if not document or errors:
        out.write(b"REFUSED %d %d\n" % (errors[0] if errors else (0, 0)))
        if document:
            lib.xmlFreeDoc(document)
        return
    context = lib.xmlXPathNewContext(document)
    if without:
        leave_out(context, without)
    selected = subtree(context, apex) if apex else None
    nodes = C.cast(selected.contents.nodes, C.c_void_p) if selected else None
    listed = (C.c_char_p * (len(prefixes) + 1))(*prefixes, None)
    forms = FORMS if prefixes else FORMS[:6]
    out.write(b"FORMS %d\n" % len(forms))
    for mode, comments, with_list in forms:
        octets = canonical_form(document, nodes, mode, comments, listed if with_list else None)
        out.write(b"%d\n" % len(octets) + octets)
    if selected:
        lib.xmlXPathFreeObject(selected)
    lib.xmlXPathFreeContext(context)
    lib.xmlFreeDoc(document)


def main():
    lib.xmlSetStructuredErrorFunc(None, note)
    source, out = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        batch = []
        for _ in range(int(line)):
            length, apex, without, prefixes = source.readline()[:-1].split(b" ")
            names = [name for name in prefixes.split(b",") if name]
            batch.append((source.read(int(length)), int(apex), int(without), names))
        # Only now: whoever writes a batch does not read before its end.
        for document in batch:
            answer(*document, out)
        out.flush()


main()
