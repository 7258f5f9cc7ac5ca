#!/bin/sh
# Makes the files here with openssl, xmlsec1, xmllint and node, none of it with our own code. Run by hand
# when a file is added; what is there already is kept. See README.md.
set -eu
cd "$(dirname "$0")"
vectors=../../../tests/vectors

subject="/CN=Microsoft Azure Federated SSO Certificate"
if [ ! -e idp.key ]; then
    openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out idp.key
    # Valid from 2026-11-01 on for three years, as Entra does it.
    openssl req -new -key idp.key -subj "$subject" -out idp.csr
    mkdir -p ca && : > ca/index.txt && echo 01 > ca/serial
    printf '[ca]\ndefault_ca=d\n[d]\ndir=ca\ndatabase=ca/index.txt\nserial=ca/serial\nnew_certs_dir=ca\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n' > ca/ca.cnf
    openssl ca -config ca/ca.cnf -selfsign -keyfile idp.key -in idp.csr -batch -notext \
        -startdate 20261101000000Z -enddate 20291101000000Z -out idp.crt
    rm -r ca
fi

# The forms in which people have a certificate, and what they take for one.
mkdir -p certificates
cp idp.crt certificates/idp.pem
openssl x509 -in idp.crt -outform DER -out certificates/idp.cer
openssl x509 -in idp.crt -outform DER | openssl base64 -A > certificates/one-line.txt
sed 's/$/\r/' idp.crt > certificates/crlf.pem
cat idp.crt $vectors/keys/ec-p256.crt > certificates/two.pem
mv idp.csr certificates/request.csr 2>/dev/null || true
openssl crl2pkcs7 -nocrl -certfile idp.crt -out certificates/bundle.p7b
[ -e certificates/store.pfx ] || openssl pkcs12 -export -in idp.crt -inkey idp.key -passout pass:test -out certificates/store.pfx
openssl x509 -in idp.crt -noout -pubkey -out certificates/public-key.pem
head -c 900 idp.crt > certificates/cut-off.pem
cp $vectors/keys/rsa-1024.crt certificates/rsa-1024.crt
cp idp.key certificates/private-key.pem
printf '<!doctype html><title>Sign in to your account</title>\n' > certificates/page.html

# A response of today's test key is in tests/vectors; here the one that is encrypted.
[ -e sp.key ] || openssl req -x509 -newkey rsa:2048 -nodes -keyout sp.key -out sp.crt -days 36500 \
    -subj "/CN=help.contoso.com" 2>/dev/null
response=$vectors/responses/entra-assertion-signed.xml
for mode in gcm cbc; do
    [ -e encrypted-$mode.xml ] && continue
    case $mode in
        gcm) algorithm=http://www.w3.org/2009/xmlenc11#aes256-gcm key=aes-256 ;;
        cbc) algorithm=http://www.w3.org/2001/04/xmlenc#aes256-cbc key=aes-256 ;;
    esac
    sed "s|@ALGORITHM@|$algorithm|" encrypted.tmpl > template.xml
    # xmlsec1 replaces the Assertion by EncryptedData; the element around it is put there afterwards.
    xmlsec1 --encrypt --pubkey-cert-pem sp.crt --session-key $key --xml-data $response \
        --node-xpath "//*[local-name()='Assertion']" --output data.xml template.xml
    sed '1{/^<?xml/d}' data.xml | sed \
        -e 's|<xenc:EncryptedData|<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><xenc:EncryptedData|' \
        -e 's|</xenc:EncryptedData>|</xenc:EncryptedData></saml:EncryptedAssertion>|' > encrypted-$mode.xml
    rm template.xml data.xml
done

# The forms in which people have a response.
head -c 4000 $response > cut-off.xml
openssl base64 -in $response -out response.b64
openssl base64 -A -in $response > response.line
node -e 'const fs = require("fs"); const value = encodeURIComponent(fs.readFileSync("response.line", "latin1"));
fs.writeFileSync("response.form", `SAMLResponse=${value}&RelayState=_1`); fs.writeFileSync("response.percent", value)'
rm response.line

# Metadata, with the certificate where Entra has it.
body=$(openssl x509 -in idp.crt -outform DER | openssl base64 -A)
sed "s|@CERTIFICATE@|$body|g" metadata.tmpl > metadata.xml

# Canonical forms by libxml2.
for method in c14n c14n11 exc-c14n; do
    xmllint --$method document.xml > canonical/$method.xml
done

[ -e token.jwt ] || node make-token.mjs
