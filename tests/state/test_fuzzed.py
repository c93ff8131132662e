"""Made-up records: each is refused by a ``ContinuationError``, or read as data; nothing else happens."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contweb import Continuation, start
from contweb.errors import ContinuationError, SealError
from contweb.sealing import Sealer
from contweb.state.difference import difference, patched
from contweb.state.envelope import LARGEST, unwrap, wrap
from contweb.web.packing import WHOLE_EVERY, Opened, pack, unpack
from tests.state.test_forged import CONTEXT, KEYS, NAMES, load, made, named, text, watched
from tests.state.values import Line, carry

RECORD = start(carry, [Line("A", extra=[{"a": 1.5}]), iter([1, 2]), "text" * 200]).continuation.dumps(
    keys=KEYS
)
MODULES = ("import", "os.listdir")  # a name of a module that is not there is looked for
TOOLS = "object.__getattr__(<frame"  # Hypothesis looks at the lines that are run

few = settings(max_examples=150, deadline=None)
many = settings(max_examples=500, deadline=None)


def quiet(events):
    """What an audit hook heard that is more than a look for a module that is not there."""
    return [event for event in events if not event.startswith((*MODULES, TOOLS, "builtins.id"))]


# sealed


@st.composite
def damaged(draw):
    """The record with pieces taken out, put in, repeated or changed."""
    data = bytearray(RECORD)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        end = min(len(data), at + draw(st.integers(0, 12)))
        other = draw(st.integers(0, len(RECORD)))
        data[at:end] = draw(st.one_of(st.binary(max_size=12), st.just(RECORD[other : other + 12])))
    return bytes(data)


@many
@given(st.one_of(damaged(), st.binary(max_size=400)))
def test_a_damaged_record_is_refused_before_anything_is_parsed(data):
    if data == RECORD:
        return
    with watched() as events, pytest.raises(SealError) as refused:
        Continuation.loads(data, keys=KEYS)
    assert not [event for event in events if not event.startswith(TOOLS)]
    assert str(refused.value) == "not sealed with these keys for this place, or changed since"


@many
@given(damaged(), st.booleans())
def test_damaged_below_the_seal(data, encrypt):
    inside = bytearray(Sealer(KEYS).open(RECORD, CONTEXT))
    for place, value in enumerate(data[: len(inside)]):
        if RECORD[place : place + 1] != data[place : place + 1]:
            inside[place] = value
    record = Sealer(KEYS, encrypt=encrypt).seal(bytes(inside), CONTEXT)
    with watched() as events:
        try:
            Continuation.loads(record, keys=KEYS)
        except ContinuationError:
            pass
    assert not quiet(events)
    assert not made


# pickles

CALLS = [b"R", b"o", b"\x81", b"\x92", b"b", b"\x93", b"\x85R", b"\x86R", b"}\x92", b"}b"]
PLAIN = [
    b"N",
    b"\x88",
    b"K\x01",
    b"]",
    b"}",
    b")",
    b"(",
    b"0",
    b"1",
    b"2",
    b"a",
    b"e",
    b"s",
    b"u",
    b"t",
    b"l",
    b"d",
]
MEMO = [
    b"\x94",
    b"h\x00",
    b"h\x01",
    b"q\x00",
    b"j\x01\x00\x00\x00",
    b"\x85",
    b"\x86",
    b"\x87",
    b"\x8f",
    b"\x90",
]
OURS = [
    named("contweb.state.revive", name)
    for name in ("frames", "function", "method", "cell", "exception", "resource", "stored", "builtin_method")
]
THINGS = [  # no function of the app: whoever has a key may have it called, as docs/security.md says
    named("builtins", "list"),
    named("builtins", "getattr"),
    named("tests.state.values", "Line"),
    text("__class__"),
    text("tests.state.values"),
    text("carry"),
]
FORBIDDEN = [named(*name) for name in NAMES]
opcodes = st.one_of(
    *map(st.sampled_from, (CALLS, PLAIN, MEMO, OURS, THINGS, FORBIDDEN)), st.binary(max_size=3)
)


@many
@given(st.lists(opcodes, max_size=25))
def test_made_up_pickles_with_the_right_key(parts):
    with watched() as events:
        try:
            load(b"\x80\x05" + b"".join(parts) + b".")
        except ContinuationError:
            pass
    assert not quiet(events)
    assert not made


# below it: envelope, difference, packing


@few
@given(st.binary(max_size=3000))
def test_envelope_there_and_back(data):
    assert unwrap(wrap(data)) == data


@many
@given(st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(lambda data: b"\x01x" + data)))
def test_made_up_envelopes(record):
    try:
        assert isinstance(unwrap(record), bytes)
    except ContinuationError:
        pass


@st.composite
def edited(draw):
    """Some bytes, and the same with changes."""
    alphabet = draw(st.sampled_from([b"ab", bytes(range(256))]))
    piece = st.lists(st.sampled_from(alphabet), max_size=80).map(bytes)
    old = draw(piece) * draw(st.integers(1, 30)) + draw(piece)
    new = bytearray(old)
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(new)))
        new[at : at + draw(st.integers(0, 90))] = draw(piece)
    return old, bytes(new)


@many
@given(edited())
def test_difference_there_and_back(both):
    old, new = both
    delta = difference(old, new)
    assert delta is None or patched(old, delta, LARGEST) == new


def test_a_difference_is_as_small_as_the_change():
    old = b"".join(struct.pack("<II", n * 7919, n) for n in range(20_000))
    new = old[:50_000] + b"inserted" + old[50_000:90_000] + old[90_100:]
    delta = difference(old, new)
    assert len(delta) < 120
    assert patched(old, delta, len(new)) == new
    with pytest.raises(ContinuationError):
        patched(old, delta, len(new) - 1)
    with pytest.raises(ContinuationError):
        patched(old[:-100], delta, len(new))


def test_no_difference_where_nothing_is_common():
    assert difference(b"ab" * 30_000, bytes(range(256)) * 100) is None


@many
@given(edited(), st.data())
def test_made_up_differences(both, data):
    old, new = both
    delta = bytearray(difference(old, new) or b"")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(delta)))
        delta[at : at + 1] = data.draw(st.binary(max_size=5))
    try:
        assert len(patched(old, bytes(delta), 100_000)) <= 100_000
    except ContinuationError:
        pass


@few
@given(
    st.binary(max_size=40),
    st.sampled_from([b"", b"\x02", b"\x02\x01\x01t", b"\x02\x00\x01t", b"\x02\x02\x01t"]),
)
def test_made_up_pages(rest, head):
    try:
        opened = unpack(head + rest, "t", None, lambda token: Opened(token, None, b"x" * 2000))
    except ContinuationError:
        return
    assert opened.number in (0, 1, 2)


def test_pages_one_after_another():
    """Each page is found again by what stands before it, and few whole ones are kept."""
    kept: dict[str, bytes] = {}

    def load(token):
        return unpack(kept[token], token, None, load)

    parent, whole, rows = None, 0, []
    for number in range(200):
        rows.append(f"row {number} {number * 7919}")
        data = ("/".join(rows) + "x" * 3000).encode()
        packed = pack(data, None, parent)
        whole += packed[0] != 2
        kept[str(number)] = packed
        parent = load(str(number))
        assert parent.data == data
        depth, base = 0, parent.base
        while base is not None:
            depth, base = depth + 1, base.base
        assert depth <= 5
    assert whole == 200 // WHOLE_EVERY + 1


@pytest.mark.parametrize(
    ("base", "page", "stands"), [(None, None, 1), (None, 5, 1), (5, 5, 1), (6, 5, 1), (4, 5, 0), (5, None, 0)]
)
def test_what_goes_earlier_is_not_stood_on(base, page, stands):
    data = bytes(range(256)) * 20
    assert (pack(data + b"x", page, Opened("t", base, data))[0] == 2) is bool(stands)
