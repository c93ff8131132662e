"""Seals: bytes that leave our hands come back unchanged, or are refused.

    >>> sealer = Sealer(parse_keys(new_key()))
    >>> sealed = sealer.seal(b"data", b"page 17")
    >>> sealer.open(sealed, b"page 17")
    b'data'
    >>> sealer.open(sealed, b"page 18")
    Traceback (most recent call last):
    contweb.errors.SealError: not sealed with these keys for this place, or changed since

A signed record is ``version flags key-id(4) tag(16) data``: 22 bytes more than the data. The tag is keyed
BLAKE2b (RFC 7693) over the header, the context (with its length before it) and the data. An encrypted
record is ``version flags key-id(4) nonce(12) ciphertext tag(16)``: AES-256-GCM with the header and the
context as associated data, 34 bytes more. The nonce is random: change the key before 2**32 records were
encrypted with it. Signing, encryption and the key id use separate keys, derived from the secret key by HMAC.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
import secrets
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contweb.errors import ConfigurationError, SealError

KEY_BYTES = 32
VERSION = 2
SIGNED, ENCRYPTED = 0, 1  # the flags
HEADER, TAG, NONCE = 6, 16, 12  # lengths
CHECK = b"contweb: which keys"  # the context of a check
REFUSED = "not sealed with these keys for this place, or changed since"
HOW = "Make one with: python -c 'from contweb.sealing import new_key; print(new_key())'"


class Sealer:
    """Signs, or encrypts, and opens again.

    ``keys``: 32 bytes each. The first one seals; all of them open, so that keys can be changed one after the
    other. ``encrypt``: for bytes that leave the server. Either kind is opened, whatever stands here.
    ``ConfigurationError`` if there is no key, or one is too short.
    """

    def __init__(self, keys: Sequence[bytes], encrypt: bool = False) -> None:
        rings = [_Ring(key) for key in _checked(keys)]
        self.key_ids = tuple(ring.id.hex() for ring in rings)
        self._openers = {}
        for ring in reversed(rings):
            self._openers[ring.header(SIGNED)] = ring.verify
            self._openers[ring.header(ENCRYPTED)] = ring.decrypt
        self._seal = rings[0].encrypt if encrypt else rings[0].sign

    def seal(self, data: bytes, context: bytes) -> bytes:
        """The data, sealed. ``context`` says what and where it is; it is not stored, and must be given to
        open it."""
        return self._seal(data, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """The data again; ``SealError``, always the same, if anything at all is wrong."""
        opener = self._openers.get(sealed[:HEADER])
        if opener is None:
            raise SealError(REFUSED)
        return opener(sealed, context)

    def check(self) -> bytes:
        """Bytes to keep beside what is sealed, by which ``accepts`` knows whether it has the keys."""
        return self.seal(b"", CHECK)

    def accepts(self, check: bytes | None) -> bool:
        """Whether these bytes are a check made with one of the keys."""
        try:
            return check is not None and self.open(check, CHECK) == b""
        except SealError:
            return False


class Bound:
    """A sealer whose records are bound to an app as well: none opens what another one has sealed."""

    def __init__(self, sealer: Sealer, app: bytes) -> None:
        self._sealer = sealer
        self._app = b"%d:%b" % (len(app), app)

    def seal(self, data: bytes, context: bytes) -> bytes:
        """As that of the sealer."""
        return self._sealer.seal(data, self._app + context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """As that of the sealer."""
        return self._sealer.open(sealed, self._app + context)


class _Ring:
    """What is derived from one secret key."""

    def __init__(self, key: bytes) -> None:
        self.id = _derive(key, b"id")[:4]
        self._signed, self._encrypted = self.header(SIGNED), self.header(ENCRYPTED)
        self._cipher = AESGCM(_derive(key, b"encrypt"))
        self._mac = blake2b(key=_derive(key, b"sign"), digest_size=TAG)

    def header(self, flags: int) -> bytes:
        return bytes((VERSION, flags)) + self.id

    def sign(self, data: bytes, context: bytes) -> bytes:
        return self._signed + self._tag(data, context) + data

    def verify(self, sealed: bytes, context: bytes) -> bytes:
        data = sealed[HEADER + TAG :]
        if not hmac.compare_digest(sealed[HEADER : HEADER + TAG], self._tag(data, context)):
            raise SealError(REFUSED)
        return data

    def _tag(self, data: bytes, context: bytes) -> bytes:
        mac = self._mac.copy()
        mac.update(b"%b%d:%b" % (self._signed, len(context), context))
        mac.update(data)
        return mac.digest()

    def encrypt(self, data: bytes, context: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return self._encrypted + nonce + self._cipher.encrypt(nonce, data, self._encrypted + context)

    def decrypt(self, sealed: bytes, context: bytes) -> bytes:
        nonce, ciphertext = sealed[HEADER : HEADER + NONCE], sealed[HEADER + NONCE :]
        if len(ciphertext) < TAG:
            raise SealError(REFUSED)
        try:
            return self._cipher.decrypt(nonce, ciphertext, self._encrypted + context)
        except InvalidTag:
            raise SealError(REFUSED) from None


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, b"contweb seal 1: " + purpose, "sha256")


def _checked(keys: Sequence[bytes]) -> Sequence[bytes]:
    if not keys:
        raise ConfigurationError(f"no secret key is given. {HOW}")
    for number, key in enumerate(keys, start=1):
        if len(key) != KEY_BYTES:
            raise ConfigurationError(
                f"secret key {number} has {len(key)} bytes instead of {KEY_BYTES}. {HOW}"
            )
    return keys


def new_key() -> str:
    """A new secret key, as it is written into ``CONTWEB_SECRET_KEYS``."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def parse_keys(text: str, source: str = "CONTWEB_SECRET_KEYS") -> tuple[bytes, ...]:
    """The keys in a comma-separated text, newest first. ``ConfigurationError`` says what is wrong, never the
    key."""
    return tuple(
        _key(part.strip(), f"key {number} in {source}") for number, part in enumerate(text.split(","), 1)
    )


def rotated(text: str, source: str = "CONTWEB_SECRET_KEYS", keep: int | None = None) -> str:
    """The keys in a text with a new one before them; of the old ones, so many as are to be kept.

    ``ConfigurationError`` as that of ``parse_keys``.
    """
    parse_keys(text, source)
    old = [part.strip() for part in text.split(",")]
    return ",".join([new_key(), *old[:keep]])


def _key(text: str, where: str) -> bytes:
    if not text:
        raise ConfigurationError(f"{where} is empty. {HOW}")
    if not re.fullmatch(r"[A-Za-z0-9_-]+={0,2}", text):
        raise ConfigurationError(f"{where} is not urlsafe base64. {HOW}")
    try:
        key = base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except binascii.Error:
        raise ConfigurationError(f"{where} is cut short. {HOW}") from None
    if len(key) != KEY_BYTES:
        raise ConfigurationError(f"{where} has {len(key)} bytes instead of {KEY_BYTES}. {HOW}")
    return key


def development_keys(path: str | os.PathLike[str]) -> tuple[bytes, ...]:
    """The keys in a file, which is made with a new key (for its owner only) if it is not there.

    Several processes may call this at the same moment: all get the same key. ``ConfigurationError`` if the
    file cannot be read or made, or does not hold keys.
    """
    file = Path(path)
    try:
        if not file.exists():
            _make_key_file(file)
        return parse_keys(file.read_text("ascii", "replace"), str(file))
    except OSError as error:
        raise ConfigurationError(f"the key file {file} cannot be read or made: {error.strerror}") from error


def _make_key_file(file: Path) -> None:
    """Write it aside and link it into place, so that nobody ever reads half a key."""
    draft = _draft(file, new_key())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass  # another process was first; its key is the key
    finally:
        draft.unlink()


def write_key_file(file: Path, text: str) -> None:
    """Put keys in the place of those in a file, for its owner only. Nobody ever reads half of them."""
    os.replace(_draft(file, text), file)


def _draft(file: Path, text: str) -> Path:
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(descriptor)
    return draft
