"""A function's source as a list of lines of thought: each statement, and each head of a loop, ``if``,
``try``, ``with``, with what it stands in.

This is what two versions are compared by. The text of a line is its normal form: layout, comments and
annotations do not count.
"""

from __future__ import annotations

import ast
import copy
import functools
from collections.abc import Iterator
from typing import Any

from contweb.compiler.fingerprint import normal_form
from contweb.compiler.places import COUNTED, counted

_THRESHOLDS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Line:
    """A statement without blocks, or the head of one with blocks.

    Arguments:
        number: its place in the list.
        node: the statement, handler or case.
        around: the heads that it stands in, the outermost first, each with the block.
    """

    def __init__(self, number: int, node: Any, around: tuple[tuple[Line, str], ...]) -> None:
        self.number = number
        self.node = node
        self.around = around
        self.parts = _parts(node)  # what it evaluates itself
        self.kind = type(node).__name__

    @functools.cached_property
    def text(self) -> str:
        """Its normal form, without its blocks."""
        return f"{self.kind}:{[normal_form(part) for part in self.parts]}"

    @functools.cached_property
    def loose(self) -> str:
        """What has to be the same for what is inside to be inside the same."""
        node = self.node
        if not self.around:
            return ""  # the function itself
        if isinstance(node, ast.For):
            return normal_form(node.iter)
        if isinstance(node, ast.While | ast.Try | ast.TryStar):
            return ""
        if isinstance(node, ast.With):
            return normal_form([item.context_expr for item in node.items])
        if isinstance(node, ast.ExceptHandler):
            return normal_form(node.type)
        if isinstance(node, ast.If):
            return normal_form(_without_thresholds(node.test))
        return self.text

    @functools.cached_property
    def path(self) -> str:
        """What it stands in, as text."""
        return "/".join(f"{line.kind}.{block}({line.loose})" for line, block in self.around)

    @functools.cached_property
    def shape(self) -> str:
        """The kinds of what it stands in."""
        return "/".join(f"{line.kind}.{block}" for line, block in self.around)

    @functools.cached_property
    def key(self) -> str:
        """By which two lines are the same line."""
        return f"{self.path}|{self.kind}:{self.loose}"

    @functools.cached_property
    def counted(self) -> list[Any]:
        """The nodes in it that have a place, but for those in its blocks."""
        own = [] if self.node in self.parts else [self.node]
        return own + [node for part in self.parts for node in counted(part) if isinstance(node, COUNTED)]

    @functools.cached_property
    def binds(self) -> frozenset[str]:
        """The names that it binds, deletes, or changes in place (``cart.append(x)``, ``cart[0] = x``)."""
        return frozenset(_bound(self.node, self.parts))

    def walk(self) -> Iterator[Any]:
        """All nodes in it, but for those in its blocks."""
        for part in self.parts:
            yield from ast.walk(part)

    def __repr__(self) -> str:
        return f"<Line {self.number}: {self.text}>"


def outline(function: ast.FunctionDef) -> list[Line]:
    """The lines of a function, and of the functions inside it, in the order of the source; first its own
    head."""
    lines: list[Line] = []
    _add(function, (), lines)
    return lines


def _add(node: Any, around: tuple[tuple[Line, str], ...], lines: list[Line]) -> None:
    line = Line(len(lines), node, around)
    lines.append(line)
    for block, statements in _blocks(node):
        for statement in statements:
            _add(statement, (*around, (line, block)), lines)


def _blocks(node: Any) -> list[tuple[str, list[Any]]]:
    if isinstance(node, ast.Match):
        return [("cases", list(node.cases))]
    found = [
        (block, list(getattr(node, block, None) or []))
        for block in ("body", "handlers", "orelse", "finalbody")
        if isinstance(getattr(node, block, None), list)
    ]
    if isinstance(node, _SCOPES) and ast.get_docstring(node, clean=False) is not None:
        found[0] = ("body", found[0][1][1:])
    return found


def _parts(node: Any) -> list[Any]:
    """What a statement evaluates itself, or says itself, besides its blocks."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [ast.Constant(node.name), *node.decorator_list, node.args]
    if isinstance(node, ast.ClassDef):
        return [ast.Constant(node.name), *node.decorator_list, *node.bases, *node.keywords]
    if isinstance(node, ast.For | ast.AsyncFor):
        return [node.target, node.iter]
    if isinstance(node, ast.While | ast.If):
        return [node.test]
    if isinstance(node, ast.With | ast.AsyncWith):
        return list(node.items)
    if isinstance(node, ast.Try | ast.TryStar):
        return []
    if isinstance(node, ast.ExceptHandler):
        return ([node.type] if node.type else []) + [ast.Constant(node.name)]
    if isinstance(node, ast.Match):
        return [node.subject]
    if isinstance(node, ast.match_case):
        return [node.pattern] + ([node.guard] if node.guard else [])
    return [node]


def _without_thresholds(test: ast.expr) -> ast.expr:
    """A condition in which the numbers that something is measured by do not count: ``total > 100``."""
    if not any(isinstance(part, ast.Compare) for part in ast.walk(test)):
        return test
    blank = copy.deepcopy(test)
    for part in ast.walk(blank):
        if isinstance(part, ast.Compare) and all(isinstance(operator, _THRESHOLDS) for operator in part.ops):
            for side in (part.left, *part.comparators):
                if isinstance(side, ast.Constant) and type(side.value) in (int, float):
                    side.value = 0
    return blank


def _bound(node: Any, parts: list[Any]) -> Iterator[str]:
    if isinstance(node, _SCOPES | ast.ExceptHandler) and node.name:
        yield node.name
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)
    if isinstance(node, ast.Global | ast.Nonlocal):
        yield from node.names
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        root = _root(node.value.func)
        if root is not None and isinstance(node.value.func, ast.Attribute):
            yield root
    for part in (inner for each in parts for inner in ast.walk(each)):
        yield from _bound_by(part)


def _bound_by(part: Any) -> Iterator[str]:
    stores = isinstance(getattr(part, "ctx", None), ast.Store | ast.Del)
    if isinstance(part, ast.Name) and stores:
        yield part.id
    elif isinstance(part, ast.Attribute | ast.Subscript) and stores:
        root = _root(part)
        if root is not None:
            yield root
    elif isinstance(part, ast.MatchAs | ast.MatchStar) and part.name:
        yield part.name
    elif isinstance(part, ast.MatchMapping) and part.rest:
        yield part.rest


def _root(node: ast.expr) -> str | None:
    """``a`` of ``a.b[0].c``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
