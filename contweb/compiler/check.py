"""Pass: refuse what cannot be compiled, with what to write instead.

A whitelist: a kind of node that is not known here is refused, so that a new version of Python cannot bring in code that
is compiled wrongly. ``REFUSED`` is the table that the documentation shows.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from contweb.compiler.generators import is_generator
from contweb.compiler.scopes import parameter_names
from contweb.errors import CompileError

# kind of node -> (what it is called, why not, what to write instead)
REFUSED: dict[str, tuple[str, str, str]] = {
    "Await": (
        "await",
        "a flow is suspended as a whole by contweb, not by an event loop",
        "call the function without `await`, or run the coroutine with `asyncio.run(...)` in a function that is not a flow",
    ),
    "AsyncFor": ("async for", "an event loop would have to resume it", "write a `for` loop over what is already there"),
    "AsyncWith": ("async with", "an event loop would have to resume it", "write `with`"),
    "async comprehension": ("an async comprehension", "an event loop would have to resume it", "write a `for` loop"),
    "yield in a lambda": ("yield in a lambda", "a lambda becomes a function of its own", "write `def`"),
    "suspending generator expression": (
        "a flow called in a generator expression",
        "a generator's frame cannot be captured",
        "write a list comprehension: [...] for (...)",
    ),
}

_STATEMENTS = """FunctionDef AsyncFunctionDef ClassDef Return Delete Assign AugAssign AnnAssign TypeAlias For While If With Match Raise Try
    TryStar Assert Import ImportFrom Global Nonlocal Expr Pass Break Continue"""
_EXPRESSIONS = """BoolOp NamedExpr BinOp UnaryOp Lambda IfExp Dict Set ListComp SetComp DictComp GeneratorExp Compare Call
    Yield YieldFrom FormattedValue JoinedStr Constant Attribute Subscript Starred Name List Tuple Slice"""
_OTHERS = """comprehension ExceptHandler arguments arg keyword alias withitem match_case MatchValue MatchSingleton MatchSequence
    MatchMapping MatchClass MatchStar MatchAs MatchOr Load Store Del And Or TypeVar ParamSpec TypeVarTuple"""
KNOWN = frozenset(f"{_STATEMENTS} {_EXPRESSIONS} {_OTHERS}".split())
_OPERATORS = (ast.operator, ast.unaryop, ast.cmpop)


def check(function: ast.FunctionDef, filename: str, suspends: Callable[[str], bool]) -> None:
    """Refuse a function, or return. ``suspends`` says whether a name is known to be a flow or ``suspend``."""
    _Check(filename, suspends).function(function)


def refuse(kind: str, node: Any, filename: str) -> CompileError:
    """The error for a kind of the table."""
    construct, reason, instead = REFUSED[kind]
    return CompileError(filename=filename, line=node.lineno, construct=construct, reason=reason, instead=instead)


class _Check:
    def __init__(self, filename: str, suspends: Callable[[str], bool]) -> None:
        self.filename = filename
        self.suspends = suspends
        self.local: set[str] = set()

    def function(self, node: ast.FunctionDef) -> None:
        self.local |= set(parameter_names(node.args))
        for statement in node.body:
            self.visit(statement)

    def visit(self, node: Any) -> None:
        kind = type(node).__name__
        if isinstance(node, ast.AsyncFunctionDef):
            return  # not a flow: it may be made and passed on
        if kind in ("Await", "AsyncFor", "AsyncWith"):
            raise refuse(kind, node, self.filename)
        if kind == "comprehension" and node.is_async:
            raise refuse("async comprehension", node.target, self.filename)
        if isinstance(node, ast.Lambda) and is_generator(node):
            raise refuse("yield in a lambda", node, self.filename)
        if kind == "GeneratorExp":
            self._generator_expression(node)
        if kind not in KNOWN and not isinstance(node, _OPERATORS):
            raise self._unknown(node)
        for child in ast.iter_child_nodes(node):
            self.visit(child)

    def _generator_expression(self, node: ast.GeneratorExp) -> None:
        first = node.generators[0].iter
        for part in ast.walk(node):
            if not isinstance(part, ast.Call) or any(part is inner for inner in ast.walk(first)):
                continue
            if isinstance(part.func, ast.Name) and self.suspends(part.func.id):
                raise refuse("suspending generator expression", part, self.filename)

    def _unknown(self, node: Any) -> CompileError:
        return CompileError(
            filename=self.filename,
            line=getattr(node, "lineno", 0),
            construct=type(node).__name__,
            reason="this version of contweb does not know it",
            instead="move it to a function that is not a flow, and call that",
        )
