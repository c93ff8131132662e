"""``with`` objects that are told of a suspension: released, and acquired again."""

import pytest

from contweb import App, Continuation, ask, flow, html, start, suspend
from contweb.errors import CannotStoreError
from contweb.state.continuation import launch

log = []


@pytest.fixture(autouse=True)
def empty():
    log.clear()


class Lease:
    """Holds something while it is entered, but not while the flow is suspended."""

    fails = {}

    def __init__(self, name):
        self.name = name
        self.connection = None

    def note(self, what):
        log.append(f"{what} {self.name}")
        if self.fails.get(f"{what} {self.name}"):
            raise OSError(f"{what} {self.name}")

    def __enter__(self):
        self.note("enter")
        self.connection = open  # any object that cannot be stored
        return self

    def __exit__(self, *how):
        self.note("exit")
        assert self.connection is open
        self.connection = None

    def __suspend__(self):
        self.note("suspend")
        assert self.connection is open
        self.connection = None

    def __resume__(self):
        self.note("resume")
        assert self.connection is None
        self.connection = open


@pytest.fixture
def fails(monkeypatch):
    made = {}
    monkeypatch.setattr(Lease, "fails", made)
    return made


@flow
def outer():
    with Lease("a"), Lease("b") as lease:
        got = inner()
        assert lease.connection is open
    return got, suspend("after")


@flow
def inner():
    with Lease("c"):
        return suspend("inside")


TOLD = ["suspend c", "suspend b", "suspend a"]
AGAIN = ["resume a", "resume b", "resume c"]
ENTERED = ["enter a", "enter b", "enter c"]
LEFT = ["exit c", "exit b", "exit a"]


def test_in_memory():
    step = start(outer)
    assert log == ENTERED + TOLD
    step = step.continuation.resume(5)
    assert log == ENTERED + TOLD + AGAIN + LEFT
    assert step.continuation.resume(6).value == (5, 6)
    assert log == ENTERED + TOLD + AGAIN + LEFT


def test_through_bytes():
    data = start(outer).continuation.dumps(trusted=True)
    for _ in range(2):
        log.clear()
        Continuation.loads(data, trusted=True).resume(5)
        assert log == AGAIN + LEFT


@flow
def twice():
    with Lease("a"):
        with Lease("b"):
            suspend(1)
        nested()
    return "end"


@flow
def nested():
    suspend(2)
    suspend(3)


def test_frames_that_are_not_entered_again_are_told_too():
    step = start(twice)
    step = step.continuation.resume()
    log.clear()
    step = step.continuation.resume()
    assert log == ["resume a", "suspend a"]
    log.clear()
    assert step.continuation.resume().value == "end"
    assert log == ["resume a", "exit a"]


def test_an_exception_at_the_point():
    step = start(outer)
    log.clear()
    with pytest.raises(KeyError):
        step.continuation.throw(KeyError("x"))
    assert log == AGAIN + LEFT


class Slow(Lease):
    """Its ends are flows themselves, and suspend: it is not entered then, or left already."""

    @flow
    def __enter__(self):
        suspend("entering")
        return super().__enter__()

    @flow
    def __exit__(self, *how):
        super().__exit__(*how)
        suspend("leaving")


@flow
def slow(fail):
    try:
        with Slow("s"):
            suspend("inside")
            if fail:
                raise KeyError
    except KeyError:
        pass


@pytest.mark.parametrize("fail", [False, True])
def test_neither_while_it_is_entered_nor_while_it_is_left(fail):
    step = start(slow, fail)
    assert (step.value, log) == ("entering", [])
    step = step.continuation.resume()
    assert (step.value, log) == ("inside", ["enter s", "suspend s"])
    log.clear()
    step = step.continuation.resume()
    assert (step.value, log) == ("leaving", ["resume s", "exit s"])
    step.continuation.resume()
    assert log == ["resume s", "exit s"]


@flow
def finally_in_with(order):
    with Lease("a"):
        try:
            with Lease("b"):
                if order:
                    raise KeyError
        except KeyError:
            suspend("handling")
        finally:
            suspend("finally")


@pytest.mark.parametrize("order", [0, 1])
def test_only_blocks_that_are_entered(order):
    step = start(finally_in_with, order)
    while hasattr(step, "continuation"):
        assert log[-1] == "suspend a"
        assert not any("d b" in line for line in log)
        step = step.continuation.resume()
    assert log[-1] == "exit a"


def store(value, continuation):
    return continuation.dumps(trusted=True)


@flow
def cannot():
    held = (n for n in "abc")
    with Lease("a") as lease:
        try:
            suspend("not stored")
        except CannotStoreError as error:
            assert lease.connection is open
            return error.path, list(held)


def test_where_storing_fails_the_flow_goes_on_with_it():
    assert launch(cannot, on_suspend=store).value == ("held", ["a", "b", "c"])
    assert log == ["enter a", "suspend a", "resume a", "exit a"]


def test_it_is_told_before_it_is_stored():
    assert launch(outer, on_suspend=store).saved


@flow
def three():
    with Lease("a"), Lease("b"), Lease("c"):
        suspend("inside")
    return "end"


def test_where_releasing_fails(fails):
    fails["suspend b"] = True
    with pytest.raises(OSError, match="suspend b"):
        start(three)
    assert log == [*ENTERED, "suspend c", "suspend b", "resume c", *LEFT]


def test_where_acquiring_fails(fails):
    continuation = start(three).continuation
    log.clear()
    fails["resume b"] = True
    with pytest.raises(OSError, match="resume b"):
        continuation.resume()
    assert log == ["resume a", "resume b", "suspend a"]
    fails.clear()
    assert continuation.resume().value == "end"


class OnlyResume:
    def __enter__(self):
        return self

    def __exit__(self, *how):
        log.append("exit")

    def __resume__(self):
        log.append("resume")


@flow
def half():
    with OnlyResume():
        return suspend()


def test_one_of_the_two_is_enough():
    assert start(half).continuation.resume(1).value == 1
    assert log == ["resume", "exit"]


@flow
def many():
    for _ in ():
        with Lease("1"), Lease("2"), Lease("3"), Lease("4"):
            suspend()
        with Lease("5"), Lease("6"), Lease("7"), Lease("8"):
            suspend()
    with Lease("9"), Lease("10"), Lease("11"), Lease("12"):
        suspend()


def test_in_the_order_of_their_blocks():
    start(many)
    numbers = [int(line.split()[1]) for line in log]
    assert numbers == [9, 10, 11, 12, 12, 11, 10, 9]


app = App(__name__, store="memory:")


@app.flow("/lease")
def lease():
    with Lease("a") as held:
        number = ask(html('<form method="post"><input name="n">'))["n"]
        assert held.connection is open
    return html(number)


def test_on_the_web(fails):
    browser = app.test_client()
    browser.open("/lease")
    url = browser.page.url
    fails["resume a"] = True
    assert browser.request("POST", url, data={"n": "3"}).status == 500
    fails.clear()
    assert browser.submit(n="4").text == "4"
    browser.open(url)
    assert browser.submit(n="5").text == "5"
    assert log == ["enter a", "suspend a", "resume a", "resume a", "exit a", "resume a", "exit a"]
