"""Runs a module of the interpreter's own tests as flows, in this process, and tells what became of each test.

    python -m tests.compiler.stdlib_run test_grammar native|flow|native-everywhere|everywhere RESULT.json

``native`` leaves the module as it is. ``flow`` makes each test method a flow, which is driven to its end.
``everywhere`` makes every call in the test methods a suspension besides, by the rewriting of
``tests.compiler.everywhere``; ``native-everywhere`` runs the rewritten source plain, to compare with.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import json
import sys
import tempfile
import types
import unittest
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from contweb import Suspended, flow, start
from contweb.errors import CompileError
from tests.compiler import companions, everywhere
from tests.compiler.stdlib_known import is_not_run

MODES = ("native", "flow", "native-everywhere", "everywhere")
REFUSED = "refused: "

suspensions: Counter[str] = Counter()


def run(name: str, mode: str) -> dict[str, str]:
    """What became of each test of ``test.<name>``: passed, skipped, refused or failed, with the reason."""
    module = load(name, mode)
    result = _Result()
    for cls in _test_cases(module):
        for test in unittest.defaultTestLoader.loadTestsFromTestCase(cls):
            if mode == "everywhere" and is_not_run(name, short_name(test)):
                result.note(test, "failed: it would not end")
            else:
                unittest.TestSuite([test]).run(result)
    return result.outcomes


def load(name: str, mode: str) -> types.ModuleType:
    """Import it under its own name, rewritten as the mode wants."""
    spec = importlib.util.find_spec(f"test.{name}")
    if spec is None or spec.origin is None:
        raise SystemExit(f"this Python has no test.{name}")
    path = Path(spec.origin)
    if mode.endswith("everywhere"):
        source = rewrite(path.read_text())
        path = Path(tempfile.mkdtemp()) / path.name
        path.write_text(source)
    module = types.ModuleType(spec.name)
    vars(module).update(__file__=str(path), __spec__=spec, __package__="test")
    vars(module).update(driven=driven if mode == "everywhere" else _as_it_is)
    vars(module).update(pause_here=companions.pause_here if mode == "everywhere" else _as_it_is)
    sys.modules[spec.name] = module
    exec(compile(path.read_text(), path, "exec", dont_inherit=True), vars(module))
    if mode == "flow":
        _make_flows(module, str(path))
    return module


def _as_it_is(value: Any) -> Any:
    return value


def rewrite(source: str) -> str:
    """Every call in a test method is a suspension, and the method is driven as a flow."""
    tree = ast.parse(source)
    for cls in [node for node in tree.body if isinstance(node, ast.ClassDef)]:
        for method in [node for node in cls.body if _is_test(node)]:
            everywhere.rewrite_body(method)
            method.decorator_list.append(ast.Name("driven", ast.Load()))
    return ast.unparse(ast.fix_missing_locations(tree))


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test")


def _make_flows(module: types.ModuleType, path: str) -> None:
    """Replace the test methods. Those that a decorator has wrapped are left: their source is elsewhere."""
    for cls in _test_cases(module):
        for name, function in list(vars(cls).items()):
            plain = inspect.isfunction(function) and function.__code__.co_filename == path
            if plain and name.startswith("test"):
                setattr(cls, name, driven(function))


def _test_cases(module: types.ModuleType) -> list[type[unittest.TestCase]]:
    classes = [value for value in vars(module).values() if isinstance(value, type)]
    return [c for c in classes if issubclass(c, unittest.TestCase) and c.__module__ == module.__name__]


def driven(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that runs a flow to its end, however often it suspends."""
    try:
        compiled = flow(function)
    except CompileError as error:
        reason = f"{REFUSED}{error.construct}"

        @wraps(function)
        def refused(*args: Any, **kwargs: Any) -> None:
            raise unittest.SkipTest(reason)

        return refused

    @wraps(function)
    def drive(*args: Any, **kwargs: Any) -> Any:
        step = start(compiled, *args, **kwargs)
        while isinstance(step, Suspended):
            suspensions[function.__qualname__] += 1
            step = step.continuation.resume(step.value)
        return step.value

    return drive


def short_name(test: Any) -> str:
    return ".".join(test.id().split(".")[2:])


class _Result(unittest.TestResult):
    """Notes one word for each test, and why."""

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: dict[str, str] = {}

    def note(self, test: Any, outcome: str) -> None:
        name = short_name(test)
        if not self.outcomes.get(name, "").startswith("failed"):
            self.outcomes[name] = outcome

    def addSuccess(self, test: Any) -> None:
        self.note(test, "passed")

    def addSkip(self, test: Any, reason: str) -> None:
        self.note(test, reason if reason.startswith(REFUSED) else f"skipped: {reason}")

    def addExpectedFailure(self, test: Any, error: Any) -> None:
        self.note(test, "passed")

    def addUnexpectedSuccess(self, test: Any) -> None:
        self.note(test, "failed: it should have")

    def addError(self, test: Any, error: Any) -> None:
        self.note(test, "failed: " + self._exc_info_to_string(error, test))

    def addFailure(self, test: Any, error: Any) -> None:
        self.note(test, "failed: " + self._exc_info_to_string(error, test))

    def addSubTest(self, test: Any, subtest: Any, error: Any) -> None:
        if error is not None:
            self.note(test, "failed: " + self._exc_info_to_string(error, test))


if __name__ == "__main__":
    module_name, mode, result_file = sys.argv[1:]
    outcomes = run(module_name, mode)
    summary = {"outcomes": outcomes, "suspensions": suspensions.total(), "barriers": len(companions.barriers)}
    Path(result_file).write_text(json.dumps(summary, indent=1))
