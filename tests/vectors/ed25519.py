#!/usr/bin/env python3
"""Writes ed25519.json: signatures about which implementations of Ed25519 disagree, to be run by hand.

The commitment R is a point of small order, or the key has a part of small order. All equations hold as RFC 8032,
5.1.7, allows an implementation to check them (without the cofactor), unless a vector says otherwise. Whoever has
the private key can make such signatures; nobody makes them by accident.
"""

import hashlib
import json
import pathlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
IDENTITY = (0, 1)


def x_of(y):
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert (x * x - square) % P == 0
    return x if x % 2 == 0 else P - x


def add(one, other):
    (x1, y1), (x2, y2) = one, other
    t = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def times(scalar, point):
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def encoded(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def challenge(commitment, key, message):
    digest = hashlib.sha512(encoded(commitment) + encoded(key) + message).digest()
    return int.from_bytes(digest, "little") % L


BASE_Y = 4 * pow(5, -1, P) % P
BASE = (x_of(BASE_Y), BASE_Y)
# Of order 8: its multiples are all the points of small order.
ORDER_8_Y = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
ORDER_8 = (x_of(ORDER_8_Y), ORDER_8_Y)
assert times(8, ORDER_8) == IDENTITY != times(4, ORDER_8)

SECRET = int.from_bytes(hashlib.sha512(b"deskgate").digest(), "little") % L
PURE = times(SECRET, BASE)
MIXED = add(PURE, ORDER_8)


def vector(comment, key, commitment, r, holds, valid):
    """`commitment` is r times the base point, and a part of small order."""
    for number in range(10_000):
        message = b"message %d" % number
        k = challenge(commitment, key, message)
        s = (r + k * SECRET) % L
        left = times(s, BASE)
        right = add(commitment, times(k, key))
        if (left == right) == holds:
            signature = encoded(commitment) + s.to_bytes(32, "little")
            return {"comment": comment, "key": encoded(key).hex(), "message": message.hex(),
                    "signature": signature.hex(), "valid": valid}
    raise SystemExit(comment)


R = 12345
VECTORS = [
    vector("an ordinary signature", PURE, times(R, BASE), R, True, True),
    vector("R is the identity", PURE, IDENTITY, 0, True, False),
    vector("the key is of mixed order, and nothing of it is seen", MIXED, times(R, BASE), R, True, True),
    vector("the key is of mixed order, and the equation holds only with the cofactor", MIXED,
           times(R, BASE), R, False, False),
] + [
    vector(f"R is {n} times a point of order 8", MIXED, times(n, ORDER_8), 0, True, False)
    for n in range(8)
]

path = pathlib.Path(__file__).with_name("ed25519.json")
path.write_text(json.dumps(VECTORS, indent=1) + "\n")
