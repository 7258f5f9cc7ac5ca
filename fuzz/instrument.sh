#!/bin/sh
# Cargo's RUSTC_WRAPPER for `cargo xtask fuzz`: compiles what reads input so that it can be watched.
#
# sanitizer-coverage tells libFuzzer which edges an input took and what was compared with what.
# instrument-coverage counts, in 64 bits and independently of the optimizer, how often each piece of
# source ran: the steps of fuzz/src/meter.rs. Cryptography, build scripts and macros stay as they are.
set -eu
case " $* " in
*" --target "*) ;;
*) exec "$@" ;;
esac
# The Worker itself, whose templates and tests it has.
case " $* " in
*" --crate-name gate_request "*)
    export CARGO_MANIFEST_DIR="${CARGO_MANIFEST_DIR%/fuzz}/edge-worker"
    set -- "$@" --cfg fuzzing -Aunused
    ;;
esac
case " $* " in
*" --crate-name deskgate_core "* | *" --crate-name deskgate_xmldsig "* | \
*" --crate-name gate_request "* | \
*" --crate-name base64 "* | *" --crate-name der "* | *" --crate-name form_urlencoded "* | \
*" --crate-name memchr "* | *" --crate-name miniz_oxide "* | *" --crate-name percent_encoding "* | \
*" --crate-name serde_json "* | *" --crate-name spki "* | *" --crate-name x509_cert "*)
    exec "$@" -Cinstrument-coverage -Cpasses=sancov-module \
        -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
        -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares
    ;;
*" --crate-name deskgate_fuzz "*) exec "$@" --cfg metered ;;
*) exec "$@" ;;
esac
