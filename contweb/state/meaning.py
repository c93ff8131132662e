"""Whether what a page has kept means the same in another version, at a point that was found in it.

What is on the page was made by the earlier version, and what follows it is run by the later one. So each name
that is kept must be made the same way in both (another constant is no harm: a page keeps its values), each
name that is needed must have been kept, and nothing that has an effect may have moved from one side of the
point to the other: it would be done twice, or never.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contweb.runtime.signals import UNBOUND
from contweb.state.likeness import is_builtin, keeps_its_meaning
from contweb.state.outline import Line
from contweb.state.search import Search

_TRIVIAL = frozenset(
    (
        "Pass",
        "Break",
        "Continue",
        "Try",
        "TryStar",
        "FunctionDef",
        "Import",
        "ImportFrom",
        "Global",
        "Nonlocal",
    )
)


@dataclass(frozen=True)
class Known:
    """The value that a name certainly has, though it was not kept."""

    value: Any


class Meaning:
    """At one point: ``line`` of the old version is ``found`` in the new one."""

    def __init__(self, search: Search, line: Line, found: Line, *, captured: frozenset[str]) -> None:
        self._search = search
        self._line = line
        self._found = found
        self._captured = captured

    # Names.

    def is_same(self, name: str) -> bool:
        """Whether what a name holds was made as the new version makes it."""
        old = self._makers(self._search.alignment.old, self._line, name)
        new = self._makers(self._search.alignment.new, self._found, name)
        if _is_parameter(name, self._line) != _is_parameter(name, self._found) or len(old) != len(new):
            return False
        return all(self._makes_the_same(one, other) for one, other in zip(old, new, strict=True))

    def _makes_the_same(self, old: Line, new: Line) -> bool:
        if old.shape != new.shape or old.kind != new.kind:
            return False
        if old.text == new.text:
            return True
        return keeps_its_meaning(old.parts, new.parts, self._search.constants)

    def _makers(self, lines: list[Line], at: Line, name: str) -> list[Line]:
        """The lines that may have bound a name, or changed what it holds, before the point."""
        loop = next((head for head, _ in at.around if head.kind in ("For", "While")), None)
        own = _function_of(at)
        found = []
        for line in lines:
            if name not in line.binds:
                continue
            in_loop = loop is not None and (line is loop or any(head is loop for head, _ in line.around))
            if _function_of(line) is not own:
                if name in self._captured:
                    found.append(line)
            elif in_loop or line.number < at.number:
                found.append(line)
        return found

    def known(self, name: str) -> Known | None:
        """A name of the new version that was not kept, but can only have one value: it is bound once, to a
        constant, and not after the point; or it is a new parameter with a constant for its default."""
        if not _is_parameter(name, self._found) and not self._makers(
            self._search.alignment.new, self._found, name
        ):
            return Known(UNBOUND)
        if any(name in line.binds for line in self._search.alignment.old) or name in self._captured:
            return None
        if _is_parameter(name, self._line):
            return None
        makers = [line for line in self._search.alignment.new if name in line.binds]
        if not makers and _is_parameter(name, self._found):
            return _default(name, _function_of(self._found).node)
        if len(makers) != 1 or _is_parameter(name, self._found):
            return None
        (maker,) = makers
        comes_first = maker.number < self._found.number
        around = self._found.around[: len(maker.around)]
        if not comes_first or [(head.number, block) for head, block in around] != [
            (head.number, block) for head, block in maker.around
        ]:
            return None
        node = maker.node
        is_plain = isinstance(node, ast.Assign) and [type(target) for target in node.targets] == [ast.Name]
        return _constant(node.value) if is_plain else None

    # Effects.

    def moved(self) -> str | None:
        """What stood on one side of the point, and stands on the other side now."""
        old = self._sides(self._search.alignment.old, self._line)
        new = self._sides(self._search.alignment.new, self._found)
        for text in sorted({text for side in old for text in side}):
            changes = [now[text] - was[text] for was, now in zip(old, new, strict=True)]
            if min(changes) < 0 < max(changes):
                return text
        return None

    def _sides(self, lines: list[Line], at: Line) -> tuple[Counter[str], ...]:
        """How often each effect stands before the point, after it, and in other functions."""
        sides = (Counter[str](), Counter[str](), Counter[str]())
        own = _function_of(at)
        for line in lines:
            if line is not at:
                side = 2 if _function_of(line) is not own else line.number > at.number
                sides[side].update(_effects(line))
        return sides


def _effects(line: Line) -> Iterator[str]:
    """What a line does, as text: itself, and the functions that it calls."""
    if line.number == 0 or line.kind in _TRIVIAL or _is_pure(line.node):
        return
    yield ast.unparse(_shown(line)).partition("\n")[0]
    for node in line.walk():
        if isinstance(node, ast.Call) and not is_builtin(node):
            yield f"{ast.unparse(node.func)}()"


def _shown(line: Line) -> Any:
    node = line.node
    if line.node in line.parts:
        return node
    return ast.Expr(ast.Tuple([part for part in line.parts if isinstance(part, ast.expr)], ast.Load()))


def _is_pure(node: ast.AST) -> bool:
    """Whether a statement only binds names, and does it again in the same way however often it is run."""
    if isinstance(node, ast.Return):
        return node.value is None or isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if not all(isinstance(target, ast.Name) for target in targets):
        return False
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    return not any(
        isinstance(part, ast.Call | ast.NamedExpr | ast.Yield | ast.YieldFrom)
        or (isinstance(part, ast.Name) and part.id in names)
        for part in ast.walk(node.value)
    )


def _function_of(line: Line) -> Line:
    """The head of the function that a line stands in."""
    functions = [head for head, _ in line.around if isinstance(head.node, ast.FunctionDef)]
    return functions[-1] if functions else line


def _is_parameter(name: str, line: Line) -> bool:
    node = _function_of(line).node
    return any(isinstance(part, ast.arg) and part.arg == name for part in ast.walk(node.args))


def _default(name: str, function: ast.FunctionDef) -> Known | None:
    """Of a parameter that earlier calls did not know."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    defaults: dict[str, ast.expr | None] = dict(
        zip([each.arg for each in positional][::-1], given.defaults[::-1], strict=False)
    )
    defaults.update(zip([each.arg for each in given.kwonlyargs], given.kw_defaults, strict=True))
    found = defaults.get(name)
    return None if found is None else _constant(found)


def _constant(node: ast.expr) -> Known | None:
    if (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
    ):
        number = node.operand.value
        return Known(-number) if isinstance(number, int | float) else None
    return Known(node.value) if isinstance(node, ast.Constant) else None
