"""Context variables in bytes: in this and another process; and what is refused."""

import os
import subprocess
import sys
from contextvars import Context, ContextVar
from pathlib import Path

import pytest

from contweb import Continuation, flow, resource, start, suspend, transient
from contweb.errors import CannotStoreError, ContinuationError, NotThereError
from contweb.runtime import variables as kept
from contweb.state import travel
from contweb.state.envelope import wrap
from tests.state import variables
from tests.state.variables import HIDDEN, LANG

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def tables(monkeypatch):
    monkeypatch.setattr(kept, "_TRANSIENT", set())
    monkeypatch.setattr(kept, "_PATTERNS", set())
    for table in ("_by_name", "_names"):
        monkeypatch.setattr(travel.RESOURCES, table, {})


def through(continuation):
    return Continuation.loads(continuation.dumps(trusted=True), trusted=True)


def to_the_end(step):
    """Through bytes at each suspension, in contexts of their own."""
    while hasattr(step, "continuation"):
        step = Context().run(through(step.continuation).resume)
    return step.value


def test_a_value():
    continuation = through(start(variables.speaking, "de").continuation)
    assert [continuation.resume().value for _ in range(3)] == ["de"] * 3
    assert LANG.get() == "en"


def test_the_methods_of_a_variable():
    assert to_the_end(start(variables.set_to_an_answer)) == (None, None, None)


def test_branches():
    data = start(variables.with_token, "de", "fr").continuation.dumps(trusted=True)
    for _ in range(2):
        step = Continuation.loads(data, trusted=True).resume()
        assert to_the_end(step) == ["fr", None, "fr", "de", None, "de", "en"]


@pytest.mark.parametrize("name", ["managed", "with_token"])
def test_tokens(name):
    arguments = () if name == "managed" else ("de", "fr")
    flow = getattr(variables, name)
    assert to_the_end(start(flow, *arguments)) == ["fr", None, "fr", "de", None, "de", "en"]


@pytest.mark.parametrize("lang", ["it", "de"])
def test_tokens_where_the_caller_has_a_value(lang):
    def run():
        LANG.set("it")
        step = start(variables.with_token, lang, "fr")
        while hasattr(step, "continuation"):
            step = through(step.continuation).resume()
        return step.value, LANG.get()

    said = ["fr", None, "fr", lang, None, lang, "it"]
    assert Context().run(run) == (said, "it")


def test_a_token_that_was_used():
    with pytest.raises(RuntimeError, match="already been used"):
        to_the_end(start(variables.with_a_used_token))


def test_a_token_in_two_resumes_of_the_same_bytes_in_memory():
    """As with any object: the other finds it used."""
    continuation = through(start(variables.with_token, "de", "fr").continuation)
    assert continuation.resume().value is None
    with pytest.raises(RuntimeError, match="already been used"):
        continuation.resume()


def test_identity():
    assert to_the_end(start(variables.shared)) == (True, [1])


def test_the_context_of_decimal():
    assert to_the_end(start(variables.precise)) == ("0.333333", True)


def test_nothing_is_written_where_nothing_was_set():
    @flow
    def plain():
        suspend()

    bare = start(plain).continuation.dumps(trusted=True)
    assert Context().run(start, plain).continuation.dumps(trusted=True) == bare
    assert b"contextvars" not in bare and b"revive" not in bare


PROGRAM = """
import sys
from contweb import Continuation
for name in ("speaking", "managed", "precise"):
    step = None
    data = open(name, "rb").read()
    continuation = Continuation.loads(data, trusted=True)
    while hasattr(step := continuation.resume(), "continuation"):
        continuation = step.continuation
    print(step.value)
"""


def test_in_another_process(tmp_path):
    for name, arguments in {"speaking": ("de",), "managed": (), "precise": ()}.items():
        data = start(getattr(variables, name), *arguments).continuation.dumps(trusted=True)
        (tmp_path / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    managed = ["fr", None, "fr", "de", None, "de", "en"]
    assert done.stdout.splitlines() == ["de", str(managed), str(("0.333333", True))]


# what is refused


def refused(function, *arguments):
    continuation = start(function, *arguments).continuation
    with pytest.raises(CannotStoreError) as caught:
        continuation.dumps(trusted=True)
    return caught.value


def test_a_value_that_cannot_be_stored():
    error = refused(variables.locked)
    assert error.name == "the context variable lock"
    assert "variables.py" in error.where and "in locked" in error.where
    assert "transient('lock')" in error.instead and "`with`" in error.instead


def test_a_variable_of_no_module():
    error = refused(variables.unnamed)
    assert error.name == "the context variable hidden" and "no module" in error.reason
    assert "resource('hidden', variable)" in error.instead


def test_which_can_be_named():
    resource("hidden", HIDDEN["hidden"])
    assert to_the_end(start(variables.unnamed)) == "h"


@pytest.mark.parametrize("named", ["hidden", "hid*", HIDDEN["hidden"]])
def test_or_be_transient(named):
    transient(named)
    assert to_the_end(start(variables.unnamed)) == "none"


def test_a_local_context_of_decimal():
    assert "decimal.setcontext" in refused(variables.with_local_context).instead


def test_a_variable_that_is_gone(monkeypatch):
    data = start(variables.speaking, "de").continuation.dumps(trusted=True)
    monkeypatch.delattr(variables, "LANG")
    with pytest.raises(NotThereError, match="LANG"):
        Continuation.loads(data, trusted=True)


def test_what_has_taken_its_name(monkeypatch):
    data = start(variables.speaking, "de").continuation.dumps(trusted=True)
    monkeypatch.setattr(variables, "LANG", "no variable")
    with pytest.raises(NotThereError, match="LANG"):
        Continuation.loads(data, trusted=True)


def test_a_variable_that_has_another_name_meanwhile(monkeypatch):
    """What was found once is looked for again."""
    continuation, lang = start(variables.speaking, "de").continuation, LANG
    continuation.dumps(trusted=True)
    for module in (variables, sys.modules[__name__]):
        monkeypatch.delattr(module, "LANG")
    monkeypatch.setattr(variables, "LANGUAGE", lang, raising=False)
    data = continuation.dumps(trusted=True)
    monkeypatch.setattr(variables, "LANG", lang, raising=False)
    assert Continuation.loads(data, trusted=True).resume().value == "de"


def test_a_variable_as_a_name():
    @flow
    def keeping(variable):
        return suspend(), variable

    assert to_the_end(start(keeping, LANG)) == (None, LANG)


def test_forged():
    """A dictionary of something else after the frames."""
    data = start(variables.speaking, "de").continuation.dumps(trusted=True)
    forged = data.replace(b"LANG", b"HIDDEN").replace(b"\x8c\x04HIDDEN", b"\x8c\x06HIDDEN")
    assert forged != data
    with pytest.raises(ContinuationError):
        Continuation.loads(wrap(forged[1:]), trusted=True)


def test_two_variables_of_one_name():
    assert ContextVar("lang") is not LANG
    assert to_the_end(start(variables.speaking, "de")) == "de"
