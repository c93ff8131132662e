"""Seals: unchanged and in the right place, or refused."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contweb.errors import ConfigurationError, SealError
from contweb.sealing import Sealer, development_keys, new_key, parse_keys

A, B, C = bytes(32), bytes(range(32)), bytes([255]) * 32
kinds = pytest.mark.parametrize("encrypt", [False, True], ids=["signed", "encrypted"])


@kinds
@given(data=st.binary(), context=st.binary())
def test_what_was_sealed_is_opened(encrypt: bool, data: bytes, context: bytes) -> None:
    sealer = Sealer([A], encrypt)
    assert sealer.open(sealer.seal(data, context), context) == data


@kinds
@pytest.mark.parametrize("data", [b"", b"0123456789"])
def test_every_changed_bit_is_refused(encrypt: bool, data: bytes) -> None:
    sealer = Sealer([A, B], encrypt)
    sealed = sealer.seal(data, b"here")
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        refuses(sealer, bytes(changed), b"here")


@kinds
def test_what_is_cut_or_longer_is_refused(encrypt: bool) -> None:
    sealer = Sealer([A], encrypt)
    sealed = sealer.seal(b"0123456789", b"here")
    for length in range(len(sealed)):
        refuses(sealer, sealed[:length], b"here")
        refuses(sealer, sealed[length + 1 :], b"here")
    refuses(sealer, sealed + b"\0", b"here")


@kinds
@given(data=st.binary(), context=st.binary(), other=st.binary())
def test_another_place_is_refused(encrypt: bool, data: bytes, context: bytes, other: bytes) -> None:
    sealer = Sealer([A], encrypt)
    if context != other:
        refuses(sealer, sealer.seal(data, context), other)


def test_nothing_moves_between_context_and_data() -> None:
    sealer = Sealer([A])
    sealed = sealer.seal(b"data", b"context")
    refuses(sealer, sealed[:22] + b"t" + sealed[22:], b"contex")
    refuses(sealer, sealed[:22] + sealed[23:], b"contextd")


@given(st.binary(max_size=80))
def test_any_bytes_are_refused(data: bytes) -> None:
    refuses(Sealer([A]), data, b"")


@kinds
def test_keys_are_changed_one_after_the_other(encrypt: bool) -> None:
    old, both, new = Sealer([A], encrypt), Sealer([B, A], encrypt), Sealer([B], encrypt)
    assert both.open(old.seal(b"data", b"x"), b"x") == b"data"
    assert new.open(both.seal(b"data", b"x"), b"x") == b"data"
    refuses(new, old.seal(b"data", b"x"), b"x")
    refuses(old, new.seal(b"data", b"x"), b"x")


def test_either_kind_is_opened() -> None:
    signed, encrypted = Sealer([A]), Sealer([A], encrypt=True)
    assert encrypted.open(signed.seal(b"data", b"x"), b"x") == b"data"
    assert signed.open(encrypted.seal(b"data", b"x"), b"x") == b"data"


def test_what_is_encrypted_cannot_be_read_and_differs_each_time() -> None:
    sealer = Sealer([A], encrypt=True)
    sealed = {sealer.seal(b"a secret of the visitor", b"x") for _ in range(100)}
    assert len(sealed) == 100
    assert not any(b"secret" in one for one in sealed)


def test_the_seal_is_small() -> None:
    assert len(Sealer([A]).seal(b"", b"context")) == 22
    assert len(Sealer([A], encrypt=True).seal(b"", b"context")) == 34


def test_records_of_today_are_opened_tomorrow() -> None:
    sealed = bytes.fromhex("02003f3b2bef1c1f18be2e7fb46708f0786fdd012e4664617461")
    assert Sealer([A]).open(sealed, b"context") == b"data"
    encrypted = bytes.fromhex("02013f3b2beffce8e88b2718f6de0d47c96e7dab3dbe8175cb860cbe061d0c516f3045a6c490")
    assert Sealer([A]).open(encrypted, b"context") == b"data"


def test_a_check_knows_the_keys() -> None:
    check = Sealer([A]).check()
    assert Sealer([A]).accepts(check)
    assert Sealer([B, A]).accepts(check)
    assert not Sealer([B]).accepts(check)
    assert not Sealer([A]).accepts(None)
    refuses(Sealer([A]), check, b"")


@pytest.mark.parametrize("keys", [[], [b""], [A, b"short"], [A + b"1"]])
def test_keys_that_are_none(keys: list[bytes]) -> None:
    with pytest.raises(ConfigurationError, match="new_key"):
        Sealer(keys)


def test_a_new_key_is_a_key() -> None:
    one, two = new_key(), new_key()
    assert one != two
    assert [len(key) for key in parse_keys(f"{one}, {two}\n")] == [32, 32]
    assert parse_keys(one.rstrip("=")) == parse_keys(one)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "key 1 in CONTWEB_SECRET_KEYS is empty"),
        (new_key() + ",", "key 2 in CONTWEB_SECRET_KEYS is empty"),
        ("pass word", "not urlsafe base64"),
        ("pässword", "not urlsafe base64"),
        ("c2VjcmV0", "has 6 bytes instead of 32"),
        ("c2VjcmV0c", "cut short"),
        (new_key().replace("=", "") + new_key(), "instead of 32"),
    ],
)
def test_what_is_wrong_with_a_key_is_said_without_showing_it(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as caught:
        parse_keys(text)
    assert "new_key" in str(caught.value)
    assert caught.value.__cause__ is None
    assert not text.strip(",") or text not in str(caught.value)


def test_a_key_file_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    keys = development_keys(file)
    assert development_keys(str(file)) == keys
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_key_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read or made"):
        development_keys(tmp_path / "missing" / "keys")
    with pytest.raises(ConfigurationError, match="cannot be read or made"):
        development_keys(tmp_path)
    (tmp_path / "empty").touch()
    with pytest.raises(ConfigurationError, match=r"key 1 in .*empty is empty"):
        development_keys(tmp_path / "empty")


def test_processes_that_make_a_key_file_at_once_get_the_same_key(tmp_path: Path) -> None:
    code = (
        "import sys; from contweb.sealing import development_keys as keys; input(); print(keys(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "keys")]
    pipe = subprocess.PIPE
    running = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(4)]
    for process in running:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    assert len({process.communicate()[0] for process in running}) == 1
    assert len(list(tmp_path.iterdir())) == 1


def refuses(sealer: Sealer, sealed: bytes, context: bytes) -> None:
    """The seal is refused, and the message does not tell why."""
    with pytest.raises(SealError) as caught:
        sealer.open(sealed, context)
    assert str(caught.value) == "not sealed with these keys for this place, or changed since"
