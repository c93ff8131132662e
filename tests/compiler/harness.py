"""Runs the programs of ``tests/programs``, plain and compiled, and tells what each run did.

Plain means: the same source, with ``flow`` doing nothing and ``suspend`` an ordinary function that answers.
Everything that can be compared afterwards stands in an ``Outcome``. A compiled run is driven by one loop,
``drive``, which lets each continuation pass through ``carry`` (nothing, bytes) before it is resumed.
"""

from __future__ import annotations

import ast
import dis
import importlib
import linecache
import os
import pickle
import signal
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from contweb import Continuation, Suspended, start
from tests.compiler.companions import Manager, Thrown, Truth
from tests.programs import effect, noted

PROGRAMS = Path(__file__).parent.parent / "programs"
PROVIDED = {"contweb", "tests.programs", "tests.compiler.companions"}  # imports that a plain run replaces
MOST_STEPS = 2_000


# ---------------------------------------------------------------------------------------- the programs


@dataclass(frozen=True)
class Marks:
    """What a program says of itself; see ``tests/programs/__init__.py``."""

    mutates: bool = False
    stored: bool = True
    barriers: bool = False
    once: bool = False


@dataclass(frozen=True)
class Program:
    """One program: where it stands, and how to have it plain."""

    path: Path
    module: str
    name: str
    marks: Marks

    @property
    def id(self) -> str:
        return f"{self.path.stem}-{self.name}"

    def plain(self) -> Callable[[], Any]:
        return getattr(plain_module(self.path, self.module), self.name)

    def compiled(self) -> Callable[[], Any]:
        return getattr(importlib.import_module(self.module), self.name)


def programs_in(path: Path, module: str) -> list[Program]:
    """The programs of one file, in the order of the file."""
    names = vars(plain_module(path, module)).items()
    return [Program(path, module, name, f.marks) for name, f in names if hasattr(f, "marks")]


def all_programs() -> list[Program]:
    """Every program that this Python can run."""
    version = "python{}{}".format(*sys.version_info)
    paths = [
        p for p in sorted(PROGRAMS.glob("[!_]*.py")) if not p.stem.startswith("python") or p.stem <= version
    ]
    return [program for path in paths for program in programs_in(path, f"tests.programs.{path.stem}")]


_plain_modules: dict[Path, types.ModuleType] = {}


def plain_module(path: Path, name: str) -> types.ModuleType:
    """The file as a module in which nothing is compiled by us; it bears the name, but cannot be imported."""
    if path not in _plain_modules:
        module = types.ModuleType(name)
        vars(module).update(flow=lambda f: f, suspend=_script, effect=effect, program=_program)
        vars(module).update(pause_here=_pause, Manager=Manager, Truth=Truth)
        tree = ast.parse(path.read_text())
        tree.body = [s for s in tree.body if not (isinstance(s, ast.ImportFrom) and s.module in PROVIDED)]
        exec(compile(tree, path, "exec", dont_inherit=True), vars(module))
        _plain_modules[path] = module
    return _plain_modules[path]


def forget(program: Program) -> None:
    """Let go of a program that is not needed again."""
    _plain_modules.pop(program.path, None)
    sys.modules.pop(program.module, None)
    linecache.cache.pop(str(program.path), None)


def _program(function: Any = None, /, **marks: bool) -> Any:
    if function is None:
        return lambda function: _program(function, **marks)
    function.marks = Marks(**marks)
    return function


# --------------------------------------------------------------------------------------- what happened


@dataclass(frozen=True)
class Outcome:
    """What one run did: how it ended, what it asked, what it noted."""

    result: Any = None
    error: dict[str, Any] | None = None
    questions: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()

    def after(self, questions: int, effects: int) -> Outcome:
        """The part of it that follows a point."""
        return replace(self, questions=self.questions[questions:], effects=self.effects[effects:])


def describe(error: BaseException, path: Path, seen: frozenset[int] = frozenset()) -> dict[str, Any] | None:
    """An exception as data: what it is, its notes, its chain, and the lines of the program that it passed."""
    if id(error) in seen:
        return {"type": "seen before"}
    seen |= {id(error)}

    def follow(other: BaseException | None) -> dict[str, Any] | None:
        return None if other is None else describe(other, path, seen)

    return {
        "type": type(error).__name__,
        "args": repr(error.args),
        "notes": getattr(error, "__notes__", None),
        "cause": follow(error.__cause__),
        "context": follow(error.__context__),
        "suppress": error.__suppress_context__,
        "group": [follow(e) for e in error.exceptions] if isinstance(error, BaseExceptionGroup) else None,
        "lines": _lines(error, path),
    }


def without_lines(description: Any) -> Any:
    """The same, without where it passed: tracebacks do not travel in bytes."""
    if isinstance(description, dict):
        return {key: without_lines(value) for key, value in description.items() if key != "lines"}
    return [without_lines(d) for d in description] if isinstance(description, list) else description


def _lines(error: BaseException, path: Path) -> list[tuple[str, int]]:
    """Name and line of each frame of the program. A comprehension counts as its function."""
    lines: list[tuple[str, int]] = []
    trace = error.__traceback__
    while trace is not None:
        here, code, trace = trace, trace.tb_frame.f_code, trace.tb_next
        if code.co_filename != str(path):
            continue
        name, line = code.co_name, _line(here, error)
        if name in ("<listcomp>", "<setcomp>", "<dictcomp>") and lines:
            name = lines.pop()[0]
        lines.append((name, line))
    return lines


def _line(trace: types.TracebackType, error: BaseException) -> int:
    """Python 3.11, in code that is warm, joins the load of a local variable to the instruction before it, and
    gives the line of that one where the variable is not bound."""
    if sys.version_info < (3, 12) and isinstance(error, UnboundLocalError) and trace.tb_next is None:
        code = trace.tb_frame.f_code
        at, then, *_ = (n for n in dis.get_instructions(code) if n.offset >= trace.tb_lasti)
        if at.argval != then.argval and f"'{then.argval}'" in str(error):
            return then.positions.lineno
    return trace.tb_lineno


# ------------------------------------------------------------------------------------------ plain runs


@dataclass
class Script:
    """What the plain ``suspend`` does: notes the question, answers, or raises at one of them."""

    throw_at: int | None = None
    error: type[BaseException] = Thrown
    questions: list[str] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)  # how many effects there were at each question


_running = Script()


def answer(question: Any) -> Any:
    """The question itself; a string without its question mark."""
    return question.removesuffix("?") or question if isinstance(question, str) else question


def _script(question: Any = None) -> Any:
    n = len(_running.questions)
    if n > MOST_STEPS:
        raise OutOfPatience
    _running.questions.append(repr(question))
    _running.marks.append(len(noted))
    if n == _running.throw_at:
        raise _running.error(f"at {n}")
    return answer(question)


def _pause(value: Any) -> Any:
    _script()
    return value


def run_plain(
    function: Callable[[], Any], path: Path, throw_at: int | None = None, error: type[BaseException] = Thrown
) -> tuple[Outcome, list[int]]:
    """Run plain; also gives how many effects there were at each question."""
    global _running
    _running = script = Script(throw_at, error)
    noted.clear()
    with patience():
        ended = _ended(function, path)
    return Outcome(**ended, questions=tuple(script.questions), effects=tuple(noted)), script.marks


def _ended(function: Callable[[], Any], path: Path) -> dict[str, Any]:
    try:
        return {"result": function()}
    except (KeyboardInterrupt, OutOfPatience) as error:
        if not error.args:
            raise
        return {"error": describe(error, path)}
    except BaseException as error:
        return {"error": describe(error, path)}


# --------------------------------------------------------------------------------------- compiled runs


@dataclass
class Run:
    """A compiled run: what it did, and every continuation on the way with what had happened until then."""

    outcome: Outcome
    kept: list[tuple[Any, Any, int]]  # continuation or bytes, what it asked, effects so far


def drive(
    begin: Callable[[], Any],
    path: Path,
    *,
    carry: Callable[[Any], Any] = lambda continuation: continuation,
    keep: Callable[[Any], Any] = lambda continuation: None,
    throw_at: int | None = None,
    error: type[BaseException] = Thrown,
) -> Run:
    """Take the first step by ``begin``, and the others until the end."""
    noted.clear()
    kept: list[tuple[Any, Any, int]] = []
    questions: list[str] = []

    def steps() -> Any:
        step = begin()
        while isinstance(step, Suspended):
            if len(questions) > MOST_STEPS:
                raise OutOfPatience("it does not end")
            n = len(questions)
            questions.append(repr(step.value))
            kept.append((keep(step.continuation), step.value, len(noted)))
            continuation = carry(step.continuation)
            if n == throw_at:
                step = continuation.throw(error(f"at {n}"))
            else:
                step = continuation.resume(answer(step.value))
        return step.value

    with patience():
        ended = _ended(steps, path)
    return Run(Outcome(**ended, questions=tuple(questions), effects=tuple(noted)), kept)


def to_bytes(continuation: Any) -> bytes:
    return continuation.dumps(trusted=True)


def from_bytes(data: bytes) -> Any:
    return Continuation.loads(data, trusted=True)


def through_bytes(continuation: Any) -> Any:
    return from_bytes(to_bytes(continuation))


# ---------------------------------------------------------------------------------- a process per step


def run_fresh(program: Program, throw_at: int | None = None, error: type[BaseException] = Thrown) -> Outcome:
    """Each step in a process of its own, which knows nothing but the bytes."""
    questions: list[str] = []
    effects: list[str] = []
    request: dict[str, Any] = {"start": (program.module, program.name)}
    while True:
        reply = _step_in_a_fresh_process(program, request)
        effects += reply["effects"]
        if "data" not in reply:
            return Outcome(**reply["ended"], questions=tuple(questions), effects=tuple(effects))
        n = len(questions)
        questions.append(repr(reply["value"]))
        how = {"throw": error(f"at {n}")} if n == throw_at else {"resume": answer(reply["value"])}
        request = {"data": reply["data"], **how}


def _step_in_a_fresh_process(program: Program, request: dict[str, Any]) -> dict[str, Any]:
    import_from = os.pathsep.join([str(PROGRAMS.parent.parent), str(program.path.parent)])
    done = subprocess.run(
        [sys.executable, "-m", "tests.compiler.fresh"],
        input=pickle.dumps({**request, "path": program.path}),
        capture_output=True,
        env={**os.environ, "PYTHONPATH": import_from},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    return pickle.loads(done.stdout)


def take_step(request: dict[str, Any]) -> dict[str, Any]:
    """The other side of it: take one step, tell what came of it."""

    def step() -> Any:
        if "start" in request:
            module, name = request["start"]
            return start(getattr(importlib.import_module(module), name))
        continuation = from_bytes(request["data"])
        if "throw" in request:
            return continuation.throw(request["throw"])
        return continuation.resume(request["resume"])

    ended = _ended(step, request["path"])
    reply: dict[str, Any] = {"effects": list(noted)}
    if isinstance(ended.get("result"), Suspended):
        suspended = ended["result"]
        return {**reply, "value": suspended.value, "data": to_bytes(suspended.continuation)}
    if "error" not in ended:
        ended = {"result": ended["result"].value}
    return {**reply, "ended": ended}


# ----------------------------------------------------------------------------------------- comparisons


def assert_same(
    actual: Outcome, expected: Outcome, *, travelled: bool = False, questions: bool = True
) -> None:
    """Compare two outcomes. What has travelled as bytes has lost the tracebacks of its exceptions.

    Results are plain data, and are compared as they print, which also tells 1 from True.
    """
    if actual.error and not expected.error:
        assert actual.error == expected.error
    assert actual.effects == expected.effects
    if questions:
        assert actual.questions == expected.questions
    if travelled:
        assert without_lines(actual.error) == without_lines(expected.error)
        assert set(_passed(actual)) <= set(_passed(expected))
    else:
        assert actual.error == expected.error
    assert repr(actual.result) == repr(expected.result)


def _passed(outcome: Outcome) -> list[tuple[str, int]]:
    return outcome.error["lines"] if outcome.error else []


def some(items: list[Any], most: int) -> list[Any]:
    """At most so many of them, spread evenly, the last one among them."""
    if len(items) <= most:
        return items
    return [items[(i + 1) * len(items) // most - 1] for i in range(most)]


# -------------------------------------------------------------------------------------------- patience


class OutOfPatience(BaseException):
    """A run that does not end."""


@contextmanager
def patience(seconds: float = 60) -> Iterator[None]:
    """Interrupt what does not come back. Runs inside each other share the outermost one's time."""

    def ring(signum: int, frame: types.FrameType | None) -> None:
        raise OutOfPatience

    if signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(
        signal.ITIMER_REAL, seconds, 1
    )  # again, where nobody can be interrupted: as in a collection
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
