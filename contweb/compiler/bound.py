"""Whether every hidden name is bound before it is read, on every path, in a plain version or a twin.

An abstract interpretation (definite assignment, as in the Java language specification, chapter 16) that knows
``@r``: a state says, for each value that ``@r`` may have, which hidden names are bound. For ``invariants``.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from contweb.compiler.names import KEPT, RESUME_AT, STATE, is_hidden
from contweb.compiler.quote import is_runtime

State = dict[int, frozenset[str]]  # for each value of ``@r``, the names that are certainly bound
NOWHERE: State = {}
_NEVER_FAIL = ("keep", "exception", "exc_info", "again", "raised", "content")


def unbound_reads(function: ast.FunctionDef, starts: Iterable[int]) -> list[tuple[int, str]]:
    """The values of ``@r``, of these, with which a hidden name may be read unbound, and the name."""
    parameters = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    facts = _Facts()
    found = []
    for start in starts:
        walker = _Walker(facts)
        walker.block(function.body, {start: frozenset(parameters)})
        found += [(start, name) for name in sorted(walker.unbound)]
    return found


def _join(one: State, other: State) -> State:
    return {
        r: one[r] & other[r] if r in one and r in other else one.get(r, other.get(r, frozenset()))
        for r in {*one, *other}
    }


class _Facts:
    """What nodes read and bind; asked again and again."""

    def __init__(self) -> None:
        self._reads: dict[tuple[ast.AST, int], tuple[str, ...]] = {}
        self._binds: dict[ast.AST, tuple[frozenset[str], frozenset[str]]] = {}

    def reads(self, node: ast.AST, r: int) -> tuple[str, ...]:
        if (node, r) not in self._reads:
            self._reads[node, r] = tuple(_reads(node, r))
        return self._reads[node, r]

    def bind(self, node: ast.AST, state: State) -> State:
        if node not in self._binds:
            self._binds[node] = (_stored(node), _deleted(node))
        stored, deleted = self._binds[node]
        return {r: (bound | stored) - deleted for r, bound in state.items()} if stored or deleted else state


class _Walker:
    def __init__(self, facts: _Facts) -> None:
        self.facts = facts
        self.unbound: set[str] = set()
        self.exits: dict[str, State] = dict.fromkeys(("raise", "return", "break", "continue"), NOWHERE)
        self.trusted = 0  # inside a condition on why a ``finally`` was entered, which is not followed here

    def block(self, statements: list[Any], state: State) -> State:
        for statement in statements:
            if state:
                state = self.statement(statement, state)
        return state

    def statement(self, node: Any, state: State) -> State:
        visit = getattr(self, f"_{type(node).__name__}", None)
        if visit is not None:
            result: State = visit(node, state)
            return result
        if not _never_fails(node):
            self.leave("raise", state)
        state = self.read(node, state)
        if _sets_position(node):
            return {0: frozenset.intersection(*state.values())}
        return self.facts.bind(node, state)

    def leave(self, how: str, state: State) -> State:
        self.exits[how] = _join(self.exits[how], state)
        return NOWHERE

    def read(self, node: ast.AST, state: State) -> State:
        """Check what an expression, or a statement without blocks, reads."""
        for r, bound in state.items():
            for name in self.facts.reads(node, r):
                if name not in bound and not (self.trusted and (name == KEPT or name.startswith("@v"))):
                    self.unbound.add(name)
        return state

    def _Return(self, node: ast.Return, state: State) -> State:
        if not (node.value is None or isinstance(node.value, ast.Name)):
            self.leave("raise", state)
        return self.leave("return", self.read(node, state))

    def _Raise(self, node: ast.Raise, state: State) -> State:
        return self.leave("raise", self.read(node, state))

    def _Break(self, node: ast.Break, state: State) -> State:
        return self.leave("break", state)

    def _Continue(self, node: ast.Continue, state: State) -> State:
        return self.leave("continue", state)

    def _If(self, node: ast.If, state: State) -> State:
        if not _is_about(node.test, RESUME_AT):
            self.leave("raise", state)
            state = self.facts.bind(node.test, self.read(node.test, state))
        taken, skipped = _choose(node.test, state)
        why = _is_about(node.test, "@w")
        self.trusted += why
        after = _join(self.block(node.body, taken), self.block(node.orelse, skipped))
        self.trusted -= why
        return after

    def _While(self, node: ast.While, state: State) -> State:
        return self._loop(node, state, lambda head: _choose(node.test, self.read(node.test, head)))

    def _For(self, node: ast.For, state: State) -> State:
        self.read(node.iter, state)
        target = _stored(node.target)
        return self._loop(node, state, lambda head: ({r: bound | target for r, bound in head.items()}, head))

    def _loop(self, node: Any, state: State, test: Callable[[State], tuple[State, State]]) -> State:
        outer = self.exits
        self.leave("raise", state)
        head = state
        while True:
            self.exits = {**outer, "break": NOWHERE, "continue": NOWHERE}
            inside, over = test(head)
            again = _join(self.block(node.body, inside), self.exits["continue"])
            outer["raise"], outer["return"] = self.exits["raise"], self.exits["return"]
            more = _join(head, again)
            if more == head:
                break
            head = more
        broken, self.exits = self.exits["break"], outer
        return _join(self.block(node.orelse, over), broken)

    def _Try(self, node: ast.Try, state: State) -> State:
        outer, self.exits = self.exits, dict.fromkeys(self.exits, NOWHERE)
        after = self._handled(node, state) if node.handlers else self.block(node.body, state)
        inner, self.exits = self.exits, outer
        if not node.finalbody:
            for how, left in inner.items():
                self.leave(how, left)
            return after
        for how, left in inner.items():
            self.leave(how, self.block(node.finalbody, left))
        return self.block(node.finalbody, after)

    _TryStar = _Try

    def _handled(self, node: ast.Try, state: State) -> State:
        before, self.exits["raise"] = self.exits["raise"], NOWHERE
        after = self.block(node.body, state)
        raised, self.exits["raise"] = self.exits["raise"], before
        after = self.block(node.orelse, after)
        for handler in node.handlers:
            if _names_runtime(handler.type, "Signal"):
                continue  # a capture: nothing is run on its way
            caught = {r: bound for r, bound in raised.items() if not _catches_nothing(handler.type, r)}
            if handler.type is not None:
                self.read(handler.type, caught)
            after = _join(after, self.block(handler.body, caught))
            if handler.type is None or _names_runtime(handler.type, "BaseException"):
                return after
        self.leave("raise", raised)
        return after

    def _With(self, node: ast.With, state: State) -> State:
        """Without points: as its body, which may be left early."""
        for item in node.items:
            self.read(item.context_expr, state)
        self.leave("raise", state)
        return _join(self.block(node.body, state), state)

    def _Match(self, node: ast.Match, state: State) -> State:
        self.read(node.subject, state)
        after = state
        for case in node.cases:
            after = _join(after, self.block(case.body, state))
        return after

    def _FunctionDef(self, node: Any, state: State) -> State:
        return {r: bound | {node.name} for r, bound in state.items()}

    _AsyncFunctionDef = _FunctionDef
    _ClassDef = _FunctionDef


def _deleted(node: ast.AST) -> frozenset[str]:
    names = (name for name in _own(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Del))
    return frozenset(name.id for name in names)


def _stored(node: ast.AST) -> frozenset[str]:
    names = (name for name in _own(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store))
    return frozenset(name.id for name in names if is_hidden(name.id))


def _reads(node: ast.AST, r: int) -> Iterator[str]:
    """The hidden names that are read with this value of ``@r``, and not bound in the same statement."""
    stored = {target.target.id for target in _own(node) if isinstance(target, ast.NamedExpr)}
    for part in _own(node, r):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load | ast.Del) and is_hidden(part.id):
            if part.id not in stored:
                yield part.id
        elif (
            isinstance(part, ast.AugAssign)
            and isinstance(part.target, ast.Name)
            and is_hidden(part.target.id)
        ):
            yield part.target.id


def _own(node: ast.AST, r: int | None = None) -> Iterator[ast.AST]:
    """The parts of a node that are evaluated in the same function; with ``r``, without branches not taken."""
    yield node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        return
    children: list[ast.AST] = list(ast.iter_child_nodes(node))
    if r is not None and isinstance(node, ast.IfExp):
        known = _value(node.test, r)
        children = [
            node.test,
            *([node.body] if known is not False else []),
            *([node.orelse] if not known else []),
        ]
    for child in children:
        yield from _own(child, r)


def _choose(test: ast.expr, state: State) -> tuple[State, State]:
    values = {r: _value(test, r) for r in state}
    taken = {r: bound for r, bound in state.items() if values[r] is not False}
    skipped = {r: bound for r, bound in state.items() if values[r] is not True}
    return taken, skipped


def _value(node: ast.expr, r: int) -> bool | None:
    """What a condition is with this value of ``@r``, if that decides it."""
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.IfExp):
        chosen = _value(node.test, r)
        return None if chosen is None else _value(node.body if chosen else node.orelse, r)
    if isinstance(node, ast.BoolOp):
        decides = isinstance(node.op, ast.Or)
        values = [_value(value, r) for value in node.values]
        return decides if decides in values else None if None in values else not decides
    if isinstance(node, ast.Compare) and _is_about(node, RESUME_AT):
        return _compared(node, r)
    return None


def _compared(node: ast.Compare, r: int) -> bool:
    """``@r == 1``, ``1 <= @r <= 2``, ``@r in (1, 2)``."""
    first, *others = [_number(part, r) for part in (node.left, *node.comparators)]
    if isinstance(node.ops[0], ast.In):
        return first in others[0]
    if isinstance(node.ops[0], ast.Eq):
        return bool(first == others[0])
    low, high = others if len(others) == 2 else (first, others[0])
    return bool(first <= low <= high)


def _number(node: ast.expr, r: int) -> Any:
    if isinstance(node, ast.Tuple):
        return [_number(part, r) for part in node.elts]
    return node.value if isinstance(node, ast.Constant) else r


@functools.lru_cache(maxsize=10_000)
def _is_about(node: ast.AST, prefix: str) -> bool:
    """Whether all names (of ``@r``), or one of them (of reasons), start so."""
    names = [name.id for name in ast.walk(node) if isinstance(name, ast.Name)]
    starts = [name.startswith(prefix) for name in names]
    return bool(names) and (all(starts) if prefix == RESUME_AT else any(starts))


def _sets_position(node: ast.stmt) -> bool:
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    return isinstance(target, ast.Name) and target.id == RESUME_AT


def _never_fails(node: ast.stmt) -> bool:
    """A statement of ours that certainly does not raise."""
    if isinstance(node, ast.Pass | ast.Global | ast.Nonlocal):
        return True
    if not isinstance(node, ast.Assign | ast.Expr):
        return False
    value = node.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return value.func.attr in _NEVER_FAIL and is_runtime(value.func.value)
    hidden = isinstance(value, ast.Name) and is_hidden(value.id)
    return (hidden and _binds_names(node)) or isinstance(value, ast.Constant)


def _binds_names(node: ast.Assign | ast.Expr) -> bool:
    if isinstance(node, ast.Expr):
        return True
    unpacks = isinstance(node.value, ast.Name) and node.value.id == STATE
    return unpacks or all(isinstance(target, ast.Name) for target in node.targets)


def _names_runtime(node: ast.AST | None, attribute: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == attribute and is_runtime(node.value)


def _catches_nothing(node: ast.expr | None, r: int) -> bool:
    """Whether a handler's type is ``()`` with this value of ``@r``."""
    while isinstance(node, ast.IfExp):
        chosen = _value(node.test, r)
        if chosen is None:
            return False
        node = node.body if chosen else node.orelse
    return isinstance(node, ast.Tuple) and not node.elts
