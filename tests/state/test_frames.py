"""What a continuation tells of itself, and how much it keeps."""

import pytest

from contweb import Continuation, flow, start, suspend
from contweb.errors import ChangedCodeError, ContinuationError
from contweb.sealing import Sealer
from contweb.state import continuation as module
from contweb.state.codec import Codec


@flow
def outer(item):
    count = [1]
    unused = "not needed after"
    del unused
    answer = middle(item, lambda: count)
    return count, answer


@flow
def middle(item, read):
    return [part + suspend("question") + read()[0] for part in item]


@pytest.fixture(params=["in memory", "through bytes"])
def waiting(request):
    continuation = start(outer, [1, 2]).continuation
    if request.param == "through bytes":
        continuation = Continuation.loads(continuation.dumps(trusted=True), trusted=True)
    return continuation


def test_frames_are_those_of_a_traceback(waiting):
    first, second = waiting.frames
    assert (first.function, second.function) == ("outer", "middle")
    assert first.file == second.file == __file__
    assert first.line == outer.__code__.co_firstlineno + 5
    assert second.line == middle.__code__.co_firstlineno + 2


def test_names_are_the_users(waiting):
    first, second = waiting.frames
    assert first.names == {"count": [1]}
    assert second.names.keys() <= {"item", "read", "part"}
    assert not [name for frame in waiting.frames for name in frame.names if "@" in name]


def test_repr(waiting):
    assert repr(waiting) == f"<Continuation in middle, line {middle.__code__.co_firstlineno + 2}>"


def test_only_live_names_are_kept(waiting):
    assert "not needed after" not in repr(waiting.frames)
    assert b"not needed after" not in waiting.dumps(trusted=True)


def test_resume(waiting):
    step = waiting.resume(10)
    assert step.value == "question"
    assert step.continuation.resume(20).value == ([1], [12, 23])


def test_throw(waiting):
    with pytest.raises(KeyError):
        waiting.throw(KeyError("a"))


def test_bytes_of_something_else_are_no_continuation():
    record = Codec(Sealer([b"k" * 32])).dump([1, 2], module._CONTEXT)
    with pytest.raises(ContinuationError, match="not those of a continuation"):
        Continuation.loads(record, keys=[b"k" * 32])


def test_changed_code(monkeypatch):
    data = start(outer, [1]).continuation.dumps(trusted=True)
    monkeypatch.setattr("contweb.runtime.registry._BY_REFERENCE", {})
    monkeypatch.setattr("contweb.runtime.families._FAMILIES", {})
    with pytest.raises(ChangedCodeError) as refused:
        Continuation.loads(data, trusted=True)
    assert refused.value.function.startswith(f"{__name__}.outer")
    assert refused.value.reason
