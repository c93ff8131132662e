"""Records that are sealed with the right key and were never written by us: nothing is constructed."""

import contextlib
import copyreg
import io
import os
import pickle
import struct
import subprocess
import sys

import pytest

from contweb import Continuation, start
from contweb.errors import ContinuationError, ForbiddenError
from contweb.sealing import Sealer
from contweb.state.envelope import wrap
from tests.state.values import Line, carry

KEYS = [b"k" * 32]
CONTEXT = b"continuation"
made = []


class Canary:
    """It stands in a module without flows, and sings when it is touched."""

    def __new__(cls, *args):
        made.append(args)
        return super().__new__(cls)


def sing(*args):
    made.append(args)


events: list[str] = []
watching = False
LEAK = "deallocated bytearray"  # CPython reports its own leak after a MemoryError


def _hook(event, args):
    if watching and LEAK not in repr(args):
        events.append(f"{event}{args!r:.80}")


sys.addaudithook(_hook)


@contextlib.contextmanager
def watched():
    """Collects what Python's audit hooks say of what happens inside."""
    global watching
    events.clear()
    made.clear()
    watching = True
    try:
        yield events
    finally:
        watching = False


def load(data):
    record = Sealer(KEYS).seal(wrap(b"V" + data), CONTEXT)
    return Continuation.loads(record, keys=KEYS)


def test_the_hook_hears():
    with watched():
        subprocess.run(["true"])
    assert any("subprocess.Popen" in event for event in events)


def text(value):
    return b"\x8c" + bytes([len(value)]) + value.encode()


def named(module, name):
    return text(module) + text(name) + b"\x93"  # STACK_GLOBAL


# How a pickle names something and calls it with one argument.
WAYS = {
    "stack global and reduce": lambda m, n, arg: b"\x80\x05" + named(m, n) + arg + b"\x85R.",
    "global and reduce": lambda m, n, arg: b"\x80\x02c%s\n%s\n" % (m.encode(), n.encode()) + arg + b"\x85R.",
    "inst": lambda m, n, arg: b"(" + arg + b"i%s\n%s\n." % (m.encode(), n.encode()),
    "obj": lambda m, n, arg: b"\x80\x05(" + named(m, n) + arg + b"o.",
    "newobj": lambda m, n, arg: b"\x80\x05" + named(m, n) + arg + b"\x85\x81.",
    "newobj with keywords": lambda m, n, arg: b"\x80\x05" + named(m, n) + arg + b"\x85}\x92.",
    "build": lambda m, n, arg: b"\x80\x05" + named(m, n) + b"}" + arg + arg + b"sb.",
    "only named": lambda m, n, arg: b"\x80\x05" + named(m, n) + b".",
}
NAMES = [
    ("os", "system"),
    ("posix", "system"),
    ("builtins", "eval"),
    ("builtins", "exec"),
    ("builtins", "compile"),
    ("builtins", "open"),
    ("builtins", "getattr"),
    ("builtins", "setattr"),
    ("builtins", "__import__"),
    ("builtins", "breakpoint"),
    ("builtins", "input"),
    ("builtins", "globals"),
    ("builtins", "memoryview"),
    ("builtins", "property"),
    ("builtins", "super"),
    ("subprocess", "Popen"),
    ("subprocess", "run"),
    ("importlib", "import_module"),
    ("pickle", "loads"),
    ("types", "FunctionType"),
    ("types", "CodeType"),
    ("marshal", "loads"),
    ("code", "interact"),
    ("ctypes", "CDLL"),
    ("operator", "attrgetter"),
    ("operator", "methodcaller"),
    ("_operator", "methodcaller"),
    ("copyreg", "add_extension"),
    ("functools", "lru_cache"),
    ("shutil", "rmtree"),
    ("antigravity", "fly"),
    # attribute paths
    ("os", "path.join"),
    ("builtins", "str.__class__"),
    ("builtins", "str.__class__.__call__"),
    ("builtins", "type.__subclasses__"),
    ("builtins", "object.__subclasses__"),
    ("builtins", "print.__self__.eval"),
    ("collections", "abc.Callable"),
    ("datetime", "sys.modules"),
    # an app's module: only what it defines itself
    ("tests.state.values", "pathlib.os.system"),
    ("tests.state.values", "re"),
    ("tests.state.values", "carry.__globals__"),
    ("tests.state.values", "Line.__init__.__globals__"),
    ("tests.state.values", "Line.__init__.__builtins__"),
    ("tests.state.values", "__builtins__"),
    ("tests.state.values", "Line.__class__"),
    ("tests.state.values", "Line.__subclasses__"),
    ("tests.state.values", "flow"),
    ("tests.state.values", "suspend"),
    ("tests.state.values", "uuid.UUID"),
    # our own modules: only what revives
    ("contweb.state.revive", "types"),
    ("contweb.state.revive", "types.FunctionType"),
    ("contweb.state.revive", "load"),
    ("contweb.state.revive", "find"),
    ("contweb.state.revive", "Frame"),
    ("contweb.state.policy", "load"),
    ("contweb.state.policy", "Policy"),
    ("contweb.state.pickler", "from_bytes"),
    ("contweb.runtime.registry", "flow"),
    ("contweb.runtime.drive", "run"),
    ("contweb.sealing", "development_keys"),
    ("tests.state.test_forged", "Canary"),
    ("tests.state.test_forged", "sing"),
]


@pytest.mark.parametrize(("module", "name"), NAMES)
@pytest.mark.parametrize("way", WAYS)
def test_forbidden_names(way, module, name):
    data = WAYS[way](module, name, text("true"))
    with watched(), pytest.raises(ForbiddenError) as refused:
        load(data)
    assert not events
    assert not made
    assert module in str(refused.value)


def test_only_the_key_stands_between():
    """The hand-made pickles are well-formed: plain ``pickle`` does what they say."""
    for way in WAYS.keys() - {"build", "only named"}:
        made.clear()
        target = "sing" if "reduce" in way else "Canary"
        pickle.loads(WAYS[way](__name__, target, text("true")))
        assert made


@pytest.mark.parametrize("code", [b"\x82\xf1", b"\x83\xf1\x00", b"\x84\xf1\x00\x00\x00"])
def test_extension_codes(code):
    copyreg.add_extension("os", "getcwd", 0xF1)
    try:
        with watched(), pytest.raises(ForbiddenError):
            load(b"\x80\x05" + code + b").R.")
    finally:
        copyreg.remove_extension("os", "getcwd", 0xF1)
    assert not events


@pytest.mark.parametrize("data", [b"\x80\x05Pa\n.", b"\x80\x05" + text("a") + b"Q."])
def test_persistent_ids(data):
    with watched(), pytest.raises(ForbiddenError):
        load(data)
    assert not events


def frames(*entries):
    """A forged record of frames, as ``contweb.state.revive.frames`` takes them."""
    out = io.BytesIO()
    pickle.Pickler(out, 5).dump(entries)
    return b"\x80\x05" + named("contweb.state.revive", "frames") + out.getvalue()[:-1] + b"\x85R."


def reference():
    frame = start(carry, 1).continuation.innermost
    return frame.site.code.reference, frame.site.number


def test_a_well_formed_record_is_read():
    known, number = reference()
    assert load(frames((known, number, (5,)))).resume().value == 5


def wrong_frames():
    (module, name, fingerprint), number = reference()
    known = (module, name, fingerprint)
    return {
        "no frames": (),
        "another function": ((("os", "system", fingerprint), number, (1,)),),
        "not a flow": (((module, "double", fingerprint), number, (1,)),),
        "unknown module": ((("nowhere.to.be.found", name, fingerprint), number, (1,)),),
        "another source": (((module, name, b"x" * len(fingerprint)), number, (1,)),),
        "another point": ((known, number + 1, (1,)),),
        "point of another type": ((known, "1", (1,)),),
        "too few values": ((known, number, ()),),
        "too many values": ((known, number, (1, 2)),),
        "values in a list": ((known, number, [1]),),
        "something in between": ((known, number, (1,), "via"),),
        "no tuple": (1,),
        "names of other types": (((1, 2, 3), number, (1,)),),
        "unhashable names": ((([], [], []), number, (1,)),),
    }


@pytest.mark.parametrize("name", wrong_frames())
def test_frames_that_fit_nothing(name):
    with pytest.raises(ContinuationError):
        load(frames(*wrong_frames()[name]))


def test_a_flow_that_is_not_at_a_module_level_cannot_be_made_from_another():
    data = (
        b"\x80\x05"
        + named("contweb.state.revive", "method")
        + b"("
        + text("receiver")
        + named("tests.state.values", "Line")
        + text("__class__")
        + b"tR."
    )
    with pytest.raises(ForbiddenError):
        load(data)


@pytest.mark.parametrize("name", ["__class__", "__reduce__", "__init__", "__format__"])
def test_hidden_methods_of_builtin_objects(name):
    with pytest.raises(ForbiddenError):
        load(
            b"\x80\x05" + named("contweb.state.revive", "builtin_method") + text("x") + text(name) + b"\x86R."
        )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b".",
        b"\x80\x05.",
        b"\x80\xff.",
        b"\x80\x05N",
        b"\x80\x05Nx.",
        b"\x80\x05h\x05.",
        b"\x80\x05" + b"(" * 1000 + b".",
        b"\x80\x05\x8d" + struct.pack("<Q", 1 << 62) + b"x.",
        b"\x80\x05\x95" + struct.pack("<Q", 1 << 62) + b"x.",
        b"\x80\x05r" + struct.pack("<I", 0x7FFFFFFF) + b"N.",
        b"\x80\x05N.\x80\x05K\x01.",
        b"\x80\x05N.rubbish",
        b"\x80\x05]" + b"\x85" * 100_000 + b".",
    ],
    ids=range(14),
)
def test_what_is_no_pickle(data):
    with watched(), pytest.raises(ContinuationError):
        load(data)
    assert not events


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes(seed):
    data = os.urandom(200 + seed)
    with watched(), pytest.raises(ContinuationError):
        load(data)
    assert not events, data


def test_every_single_bit_of_the_data():
    """Sealed after the change: it is read as something else, or refused; nothing else happens."""
    value = [Line("A", extra=[{"a": 1.5}]), iter([1, 2]), ValueError("x")]
    data = start(carry, value).continuation.dumps(trusted=True)
    for place in range(8 * len(data)):
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        record = Sealer(KEYS).seal(bytes(changed), CONTEXT)
        with watched():
            try:
                Continuation.loads(record, keys=KEYS)
            except ContinuationError:
                pass
        assert not [
            event for event in events if not event.startswith(("import", "os.listdir", "builtins.id"))
        ], place
