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
        >>> tokens.key_of(token, "/order", "name") is not None, tokens.key_of(token, "/order", "address")
        (True, None)
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [Key(hmac.digest(key, b"contweb: code inside tokens", "sha256")) for key in keys]

    def new(self, path: str, step: str) -> str:
        """A new token for a page at this path and step."""
        random = secrets.token_bytes(RANDOM_BYTES)
        return urlsafe_b64encode(random + self._keys[0].code(random, path, step)).decode("ascii")

    def key_of(self, token: str, path: str, step: str) -> Key | None:
        """The key that this token was made with here, for a page at this path and step; None if it was not.
        Never raises."""
        if len(token) != TOKEN_LENGTH or not token.isascii():
            return None
        try:
            raw = urlsafe_b64decode(token)
        except ValueError:
            return None
        random, code = raw[:RANDOM_BYTES], raw[RANDOM_BYTES:]
        for key in self._keys:
            if hmac.compare_digest(code, key.code(random, path, step)):
                return key
        return None


class Key:
    """A key of tokens: HMAC-SHA256 with both key blocks hashed beforehand, which is twice as fast as
    ``hmac.digest``."""

    def __init__(self, key: bytes) -> None:
        block = key.ljust(_BLOCK, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def code(self, random: bytes, path: str, step: str) -> bytes:
        """The code in a token."""
        return self._hmac(random + f"{step}\0{path}".encode("utf-8", "surrogatepass"))[:CODE_BYTES]

    def answer(self, digest: str) -> str:
        """The digest of an answer as the store sees it: who gets the store cannot try out passwords on it.

        It is made with the key of the page's token, so that it stays the same while keys are rotated.
        """
        return self._hmac(b"answer" + digest.encode("ascii")).hex()

    def _hmac(self, data: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(data)
        outer.update(inner.digest())
        return outer.digest()
