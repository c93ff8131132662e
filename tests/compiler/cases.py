"""Golden cases: a flow, and what a pass makes of it.

    def f(x):
        return g(x) + 1
    ----------------------------------------
    def f(x):
        @t1 = g(x)
        return @t1 + 1

A case is ``cases/<pass>/<construct>.case``. The function that is compiled is ``f``. What another version of
Python prints in another way has no place in a case: nested quotes in f-strings, for one.
"""

from __future__ import annotations

import ast
import linecache
import types
from pathlib import Path

from contweb.compiler.pipeline import Compiled, compile_flow
from contweb.compiler.show import show
from contweb.runtime.support import SUPPORT

FOLDER = Path(__file__).parent / "cases"
PASSES = ("source", "desugar", "shield", "anf", "live", "reenter")
LINE = "-" * 40


def paths() -> list[Path]:
    return sorted(FOLDER.glob("*/*.case"))


def read(path: Path) -> tuple[str, str]:
    """The source, and the expected output."""
    source, _, expected = path.read_text().partition(f"{LINE}\n")
    return source, expected


def write(path: Path, source: str, output: str) -> None:
    path.write_text(f"{source}{LINE}\n{output}")


def output(stage: str, source: str) -> str:
    """What a pass makes of ``f``."""
    function = defined(source)
    seen: dict[str, str] = {}

    def watch(name: str, tree: ast.AST) -> None:
        seen.setdefault(name, show(tree))  # the functions inside come after it

    compiled = compile_flow(function, SUPPORT, lambda name: False, watch)
    compiled[0].twin()
    return seen[stage] + "\n" + (saved(compiled[0]) if stage == "live" else "")


def defined(source: str, name: str = "f") -> types.FunctionType:
    """A function of a source."""
    filename = f"<case {hash(source)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    names: dict[str, object] = {}
    exec(compile(source, filename, "exec", dont_inherit=True), names)
    found = names[name]
    assert isinstance(found, types.FunctionType)
    return found


def saved(compiled: Compiled) -> str:
    """What is saved at each point, as comments."""
    lines = []
    for point in compiled.points:
        names = [f"{name}?" if name in point.unbound else name for name in point.live]
        handled = f"; handling {', '.join(point.handled)}" if point.handled else ""
        lines.append(f"# {point.number}: {', '.join(names) or 'nothing'}{handled}\n")
    return "".join(lines)
