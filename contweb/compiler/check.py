"""Pass: refuse what cannot be compiled, with what to write instead.

A whitelist: a kind of node that is not known here is refused, so that a new version of Python cannot bring in
code that is compiled wrongly. ``REFUSED`` is the table that the documentation shows.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from contweb.compiler.generators import is_generator
from contweb.errors import CompileError

# kind of node -> (what it is called, why not, what to write instead)
REFUSED: dict[str, tuple[str, str, str]] = {
    "AsyncFunctionDef": (
        "an async function",
        "a flow is suspended as a whole by contweb, not by an event loop",
        "write `def`; an `ask` needs no `await`",
    ),
    "Await": (
        "await",
        "a flow is suspended as a whole by contweb, not by an event loop",
        "call the function without `await`, "
        "or run the coroutine with `asyncio.run(...)` in a function that is not a flow",
    ),
    "AsyncFor": (
        "async for",
        "an event loop would have to resume it",
        "write a `for` loop over what is already there",
    ),
    "AsyncWith": ("async with", "an event loop would have to resume it", "write `with`"),
    "async comprehension": (
        "an async comprehension",
        "an event loop would have to resume it",
        "write a `for` loop",
    ),
    "yield in a lambda": ("yield in a lambda", "a lambda becomes a function of its own", "write `def`"),
    "flow called in an async function": (
        "a flow called in an async function",
        "an event loop, which nothing can be captured through, would run it",
        "write `def`",
    ),
    "flow called in a class body": (
        "a flow called in the body of a class",
        "Python itself runs the body, and nothing can be captured through that",
        "call it before the class, and use its result in it",
    ),
    "suspending generator expression": (
        "a flow called in a generator expression",
        "a generator's frame cannot be captured",
        "write a list comprehension: [...] for (...)",
    ),
    "too deep": (
        "more blocks inside each other than Python can compile",
        "Python takes 20 or 21, and a `with` around a suspension needs two of them",
        "move the inner blocks to a flow of their own, and call that",
    ),
}

_STATEMENTS = """FunctionDef AsyncFunctionDef ClassDef Return Delete Assign AugAssign AnnAssign TypeAlias
    For While If With Match Raise Try TryStar Assert Import ImportFrom Global Nonlocal Expr Pass Break
    Continue"""
_EXPRESSIONS = """BoolOp NamedExpr BinOp UnaryOp Lambda IfExp Dict Set ListComp SetComp DictComp
    GeneratorExp Compare Call Yield YieldFrom FormattedValue JoinedStr Constant Attribute Subscript
    Starred Name List Tuple Slice"""
_OTHERS = """comprehension ExceptHandler arguments arg keyword alias withitem match_case MatchValue
    MatchSingleton MatchSequence MatchMapping MatchClass MatchStar MatchAs MatchOr Load Store Del And Or
    TypeVar ParamSpec TypeVarTuple"""
KNOWN = frozenset(f"{_STATEMENTS} {_EXPRESSIONS} {_OTHERS}".split())
_OPERATORS = (ast.operator, ast.unaryop, ast.cmpop)


def check(function: ast.FunctionDef, filename: str, suspends: Callable[[str], bool]) -> None:
    """Refuse a function, or return. ``suspends`` says whether a name is known to be a flow or ``suspend``."""
    _Check(filename, suspends).function(function)


def refuse(kind: str, node: Any, filename: str) -> CompileError:
    """The error for a kind of the table."""
    construct, reason, instead = REFUSED[kind]
    return CompileError(
        filename=filename, line=node.lineno or 0, construct=construct, reason=reason, instead=instead
    )


class _Check:
    def __init__(self, filename: str, suspends: Callable[[str], bool]) -> None:
        self.filename = filename
        self.suspends = suspends
        self.flows: set[str] = set()  # functions inside that call a flow

    def function(self, node: ast.FunctionDef) -> None:
        for part in ast.walk(node):
            if isinstance(part, ast.FunctionDef) and part is not node and any(self._flow_calls(part.body)):
                self.flows.add(part.name)
        for statement in node.body:
            self.visit(statement)

    def visit(self, node: Any) -> None:
        kind = type(node).__name__
        if kind in ("Await", "AsyncFor", "AsyncWith"):
            raise refuse(kind, node, self.filename)
        if kind == "comprehension" and node.is_async:
            raise refuse("async comprehension", node.target, self.filename)
        if isinstance(node, ast.Lambda) and is_generator(node):
            raise refuse("yield in a lambda", node, self.filename)
        if isinstance(node, ast.AsyncFunctionDef):  # it may be made and passed on
            return self._without_flows("flow called in an async function", node.body)
        if isinstance(node, ast.ClassDef):
            self._without_flows("flow called in a class body", node.body)
        if isinstance(node, ast.GeneratorExp):
            first = node.generators[0]
            self._without_flows(
                "suspending generator expression", [node.elt, first.target, *first.ifs, *node.generators[1:]]
            )
        if kind not in KNOWN and not isinstance(node, _OPERATORS):
            raise self._unknown(node)
        for child in ast.iter_child_nodes(node):
            self.visit(child)

    def _without_flows(self, kind: str, nodes: list[Any]) -> None:
        for call in self._flow_calls(nodes):
            raise refuse(kind, call, self.filename)

    def _flow_calls(self, nodes: list[Any]) -> Iterator[ast.Call]:
        """The calls of flows, by name, where the nodes are evaluated: not in the functions inside them."""
        pending = list(nodes)
        while pending:
            part = pending.pop(0)
            name = part.func.id if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) else None
            if name is not None and (name in self.flows or self.suspends(name)):
                yield part
            if not isinstance(part, ast.FunctionDef | ast.Lambda):
                pending.extend(ast.iter_child_nodes(part))

    def _unknown(self, node: Any) -> CompileError:
        return CompileError(
            filename=self.filename,
            line=getattr(node, "lineno", 0),
            construct=type(node).__name__,
            reason="this version of contweb does not know it",
            instead="move it to a function that is not a flow, and call that",
        )
