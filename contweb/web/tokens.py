"""Tokens: unguessable names of pages, which we recognise as ours after the page is gone.

A token is 128 random bits, followed by a short keyed code over them and over the place (path and step) that
the token stands in. The random bits make it unguessable; the code tells a page that was issued and has
expired (410) from one that never was (404), and binds the token to its own path, without looking into the
store.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from hashlib import blake2b

RANDOM_BYTES, RANDOM_LENGTH = 16, 22  # the length is that of base64
CODE_BYTES = 8
ANSWER_BYTES = 16
TOKEN_LENGTH = RANDOM_LENGTH + 2 * CODE_BYTES


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
        random = secrets.token_urlsafe(RANDOM_BYTES)
        return random + self._keys[0].code(random, path, step)

    def key_of(self, token: str, path: str, step: str) -> Key | None:
        """The key that this token was made with here, for a page at this path and step; None if it was not.
        Never raises."""
        if len(token) != TOKEN_LENGTH or not token.isascii():
            return None
        random, code = token[:RANDOM_LENGTH], token[RANDOM_LENGTH:]
        for key in self._keys:
            if hmac.compare_digest(code, key.code(random, path, step)):
                return key
        return None


class Key:
    """A key of tokens: keyed BLAKE2b (RFC 7693), apart for tokens and for answers."""

    def __init__(self, key: bytes) -> None:
        self._code = blake2b(key=key, digest_size=CODE_BYTES, person=b"code")
        self._answer = blake2b(key=key, digest_size=ANSWER_BYTES, person=b"answer")

    def code(self, random: str, path: str, step: str) -> str:
        """The code in a token."""
        mac = self._code.copy()
        mac.update(f"{random}{step}\0{path}".encode("utf-8", "surrogatepass"))
        return mac.hexdigest()

    def digest(self, answer: bytes) -> str:
        """The digest of an answer as the store sees it: who gets the store cannot try out passwords on it.

        It is made with the key of the page's token, so that it stays the same while keys are rotated.
        """
        mac = self._answer.copy()
        mac.update(answer)
        return mac.hexdigest()
