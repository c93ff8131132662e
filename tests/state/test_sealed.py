"""Sealed records: opened as they were written and where they belong, else refused before parsing."""

import base64
import pickle

import pytest

from contweb import Continuation, flow, start, suspend
from contweb.errors import CannotStoreError, ConfigurationError, SealError
from contweb.sealing import Sealer
from contweb.state import codec
from contweb.state.codec import Codec
from contweb.state.envelope import unwrap, wrap
from tests.state.values import Line, carry

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def continuation():
    return start(carry, Line("A", 2)).continuation


@pytest.fixture
def unparsed(monkeypatch):
    """Fails if anything is unpickled."""

    def parse(*args):
        raise AssertionError("something was parsed")

    monkeypatch.setattr(codec, "unwrap", parse)
    monkeypatch.setattr(codec, "from_bytes", parse)


def result(data, **how):
    return Continuation.loads(data, **how).resume().value


def test_opened_as_it_was(continuation):
    assert result(continuation.dumps(keys=[NEW]), keys=[NEW]) == Line("A", 2)


def test_every_single_changed_bit_is_refused(continuation, unparsed):
    data = continuation.dumps(keys=[NEW])
    said = set()
    for place in range(8 * len(data)):
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(SealError) as refused:
            Continuation.loads(bytes(changed), keys=[NEW])
        said.add(str(refused.value))
    assert len(said) == 1


def test_every_truncation_is_refused(continuation, unparsed):
    data = continuation.dumps(keys=[NEW])
    for length in range(len(data)):
        with pytest.raises(SealError):
            Continuation.loads(data[:length], keys=[NEW])
    with pytest.raises(SealError):
        Continuation.loads(data + b"\0", keys=[NEW])


def test_without_a_seal_is_refused(continuation, unparsed):
    with pytest.raises(SealError):
        Continuation.loads(continuation.dumps(trusted=True), keys=[NEW])
    with pytest.raises(SealError):
        Continuation.loads(pickle.dumps(1), keys=[NEW])


def test_another_key_is_refused(continuation, unparsed):
    with pytest.raises(SealError):
        Continuation.loads(continuation.dumps(keys=[OLD]), keys=[NEW])


def test_keys_are_changed(continuation):
    assert result(continuation.dumps(keys=[OLD]), keys=[NEW, OLD]) == Line("A", 2)


def test_keys_of_the_environment(continuation, monkeypatch):
    monkeypatch.setenv("CONTWEB_SECRET_KEYS", base64.urlsafe_b64encode(NEW).decode())
    data = continuation.dumps()
    assert result(data) == result(data, keys=[NEW]) == Line("A", 2)


def test_no_key(continuation, monkeypatch):
    monkeypatch.delenv("CONTWEB_SECRET_KEYS", raising=False)
    for attempt in (continuation.dumps, lambda: Continuation.loads(b"")):
        with pytest.raises(ConfigurationError, match="trusted=True"):
            attempt()


@pytest.mark.parametrize("encrypt", [False, True])
def test_a_record_is_bound_to_its_place(continuation, unparsed, encrypt):
    here = Codec(Sealer([NEW], encrypt=encrypt))
    record = here.dump(continuation.innermost, b"app/token/page")
    for elsewhere in (b"app/token/frames", b"app/other/page", b"", b"app/token/page "):
        with pytest.raises(SealError):
            here.load(record, elsewhere)


@pytest.mark.parametrize("encrypt", [False, True])
def test_in_its_place_it_is_opened(continuation, encrypt):
    here = Codec(Sealer([NEW], encrypt=encrypt))
    record = here.dump(continuation.innermost, b"here")
    assert Continuation(here.load(record, b"here")).resume().value == Line("A", 2)
    assert (b"Line" in record) is not encrypt


def test_what_cannot_be_stored_is_not_sealed():
    with pytest.raises(CannotStoreError):
        start(carry, (n for n in "a")).continuation.dumps(keys=[NEW])


@pytest.mark.parametrize("data", [b"", b"x", b"ab" * 10_000, bytes(range(256)) * 4])
def test_envelope(data):
    record = wrap(data)
    assert unwrap(record) == data
    assert len(record) <= len(data) + 1


def test_small_records():
    """At most 200 bytes beyond the user's own data for one frame (DESIGN, 8)."""
    own = pickle.dumps(Line("A", 2), 5)
    assert len(start(carry, Line("A", 2)).continuation.dumps(keys=[NEW])) <= len(own) + 200


@flow
def first(name):
    got = second(name)
    return name, got


@flow
def second(name):
    got = third(name)
    return name, got


@flow
def third(name):
    return name, suspend()


def test_small_frames():
    """At most 60 bytes for each further frame."""
    sizes = [
        len(start(function, "Kim").continuation.dumps(keys=[NEW])) for function in (third, second, first)
    ]
    assert sizes[0] <= len(pickle.dumps({"name": "Kim"}, 5)) + 200
    assert sizes[1] - sizes[0] <= 60
    assert sizes[2] - sizes[1] <= 60
