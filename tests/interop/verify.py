"""Verifies a session token and an origin token with PyJWT. Exit code 3: PyJWT is not installed."""

import json
import sys

try:
    import jwt
    from jwt.algorithms import OKPAlgorithm
except ImportError:
    print("PyJWT with cryptography is not installed")
    sys.exit(3)

given = json.load(sys.stdin)
keys = {key["kid"]: OKPAlgorithm.from_jwk(key) for key in given["jwks"]["keys"]}


def verify(token, audience, kind):
    header = jwt.get_unverified_header(token)
    assert header["typ"] == kind, header
    claims = jwt.decode(token, keys[header["kid"]], algorithms=["EdDSA"], issuer=given["desk_url"],
                        audience=audience)
    assert claims["identity"]["email"] == given["email"], claims


verify(given["session"], given["desk_url"], "deskgate-session+jwt")
verify(given["origin"], given["origin_url"], "deskgate-origin+jwt")
