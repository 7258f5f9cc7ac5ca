"""Judges what helpdesks are given: JWTs with PyJWT, the rest with the standard library.

Exit code 3: PyJWT is not installed.
"""

import hashlib
import hmac
import json
import sys
from urllib.parse import parse_qs, urlsplit

try:
    import jwt
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from cryptography.x509 import load_pem_x509_certificate
except ImportError:
    print("PyJWT with cryptography is not installed")
    sys.exit(3)

given = json.load(sys.stdin)
if "certificate" in given:
    public_key = load_pem_x509_certificate(given["certificate"].encode()).public_key()
else:
    public_key = load_pem_public_key(given["public_key"].encode())


def once(query, name):
    values = query.get(name, [])
    assert len(values) <= 1, name
    return values[0] if values else None


def check_jwt(case):
    key = case.get("secret") or public_key
    # The clock of the vectors is not ours: what depends on it is compared below.
    options = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
    claims = jwt.decode(case["token"], key, algorithms=[case["algorithm"]], options=options)
    assert jwt.get_unverified_header(case["token"])["typ"] == "JWT"
    assert claims == case["claims"], claims


def check_beacon(case):
    expected = hmac.new(case["secret"].encode(), case["email"].encode(), hashlib.sha256).hexdigest()
    assert hmac.compare_digest(case["signature"], expected)


def check_jitbit(case):
    query = parse_qs(urlsplit(case["link"]).query, strict_parsing=True)
    hashed = once(query, "username") + once(query, "email") + case["secret"] + case["day"] + case["month"]
    expected = hashlib.sha256(hashed.encode()).hexdigest()[:28]
    assert hmac.compare_digest(once(query, "userHash"), expected)
    assert once(query, "FirstName") == case["given_name"]
    assert once(query, "LastName") == case["family_name"]


CHECKS = {
    "zendesk": check_jwt,
    "help_scout_docs": check_jwt,
    "help_scout_beacon": check_beacon,
    "jitbit": check_jitbit,
    "freshworks": check_jwt,
}

for case in given["cases"]:
    try:
        CHECKS[case["kind"]](case)
        verdict = "ok"
    except (AssertionError, jwt.exceptions.InvalidTokenError) as error:
        verdict = "refused"
        reason = error
    if verdict != case["expected"]:
        sys.exit(f"{case['kind']} should be {case['expected']}: {case}")

print(f"{len(given['cases'])} cases")
