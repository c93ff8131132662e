"""Tokens: unguessable names of pages, which we recognise as ours after the page is gone.

A token is 128 random bits, followed by a short keyed code over them and over the place (path and step) that
the token stands in. The random bits make it unguessable; the code tells a page that was issued and has
expired (410) from one that never was (404), and binds the token to its own path, without looking into the
store.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

RANDOM_BYTES = 16
_BLOCK = 64  # of SHA-256
CODE_BYTES = 11
TOKEN_LENGTH = (
    (RANDOM_BYTES + CODE_BYTES) * 4 // 3
)  # 36: whole groups of base64, so there is one spelling only


class Tokens:
    """Makes tokens, and recognises them.

    Arguments:
        keys: secret keys, the newest first. Tokens are made with the first and recognised with any.

    Example:
        >>> tokens = Tokens([b"k" * 32])
        >>> token = tokens.new("/order", "name")
        >>> tokens.issued(token, "/order", "name"), tokens.issued(token, "/order", "address")
        (True, False)
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [_Key(hmac.digest(key, b"contweb: code inside tokens", "sha256")) for key in keys]

    def new(self, path: str, step: str) -> str:
        """A new token for a page at this path and step."""
        random = secrets.token_bytes(RANDOM_BYTES)
        return urlsafe_b64encode(random + self._keys[0].code(random, path, step)).decode("ascii")

    def issued(self, token: str, path: str, step: str) -> bool:
        """Whether this token was made here, for a page at this path and step. Never raises."""
        if len(token) != TOKEN_LENGTH or not token.isascii():
            return False
        try:
            raw = urlsafe_b64decode(token)
        except ValueError:
            return False
        random, code = raw[:RANDOM_BYTES], raw[RANDOM_BYTES:]
        return any(hmac.compare_digest(code, key.code(random, path, step)) for key in self._keys)


class _Key:
    """HMAC-SHA256 with both key blocks hashed beforehand, which is twice as fast as ``hmac.digest``."""

    def __init__(self, key: bytes) -> None:
        block = key.ljust(_BLOCK, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def code(self, random: bytes, path: str, step: str) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(random + f"{step}\0{path}".encode("utf-8", "surrogatepass"))
        outer.update(inner.digest())
        return outer.digest()[:CODE_BYTES]
