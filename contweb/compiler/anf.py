"""Pass: a point is the whole right side of one assignment; what was evaluated before it has a name.

    return a(x) + b(y)                @t1 = a(x)
                                      @t2 = b(y)
                                      return @t1 + @t2

Administrative normal form (Flanagan, Sabry, Duba, Felleisen, PLDI 1993), as far as points need it: an
expression without a point stays whole. The order of evaluation is Python's (language reference, 6.16). An
operand that is the same after any call (a constant, a module's function, a local variable that is bound)
needs no name. Of a container's method (see ``exact``) the container is kept: making the method an object
would cost more than calling it. Relies on ``desugar``.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from typing import Any

from contweb.compiler.calls import Facts, has_point, is_point
from contweb.compiler.desugar_expressions import as_value
from contweb.compiler.exact import is_exact_method
from contweb.compiler.head import annotated, bases
from contweb.compiler.names import Fresh, is_hidden, is_value
from contweb.compiler.quote import assign, is_runtime, name, placed, quote_expr
from contweb.compiler.scopes import assigned, bound_in, certainly_bound
from contweb.compiler.tree import Do

Statements = list[ast.stmt]


def anf(function: ast.FunctionDef, facts: Facts, fresh: Fresh) -> None:
    """Rewrite the body of a function; not of the functions inside it."""
    function.body = _Normal(facts, fresh).block(function.body)


class Slot:
    """A part of a node that is evaluated, with where to put it back."""

    def __init__(
        self, node: ast.expr, put: Callable[[Any], None], kind: str = "value", owner: Any = None
    ) -> None:
        self.node = node
        self.put = put
        self.kind = kind
        self.owner = owner  # the node that a keyword argument, or a converted value, stands in


class _Normal:
    def __init__(self, facts: Facts, fresh: Fresh) -> None:
        self.facts = facts
        self.fresh = fresh
        self.bound = frozenset(facts.scope.parameters)  # what is certainly bound here

    # Statements.

    def block(self, statements: Statements, given: ast.expr | None = None) -> Statements:
        """``given`` is what the head of a loop binds before each turn."""
        around = self.bound
        if given is not None:
            self.bound |= assigned(given)
        result: Statements = []
        for statement in statements:
            result += self.statement(statement)
            self.bound |= certainly_bound(statement)
        self.bound = around
        return result

    def statement(self, node: ast.stmt) -> Statements:
        if not has_point(node):
            return [node]
        before: Statements = []
        if isinstance(node, ast.AugAssign):
            return self._operation(node)
        self._heads(node, before)
        for field in ("body", "orelse", "finalbody"):
            if isinstance(getattr(node, field, None), list) and not isinstance(
                node, ast.FunctionDef | ast.ClassDef
            ):
                given = node.target if isinstance(node, ast.For) and field == "body" else None
                setattr(node, field, self.block(getattr(node, field), given))
        for handler in getattr(node, "handlers", []):
            handler.body = self.block(handler.body)
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call):
            return (
                before if isinstance(node.value, ast.Name) and is_hidden(node.value.id) else [*before, node]
            )
        return [*before, node]

    def _heads(self, node: ast.stmt, before: Statements) -> None:
        """Take the points out of the expressions that a statement evaluates itself."""
        if isinstance(node, ast.Assign):
            self._assign(node, before)
        elif isinstance(node, ast.Expr):
            node.value = self.whole(node.value, before)
        else:
            self._slots(_statement_slots(node), before)

    def _operation(self, node: ast.AugAssign) -> Statements:
        """The old value of the target is read before the right side is evaluated."""
        target = node.target
        assert isinstance(target, ast.Name)
        before: Statements = []
        if is_hidden(target.id) or self._stays(target, [node.value]):
            node.value = self.value(node.value, before)
            return [*before, node]
        held = self.fresh("t")
        before.append(assign(held, name(target.id, at=target), at=node))
        node.value = self.value(node.value, before)
        node.target = name(held, at=node, store=True)
        return [*before, node, placed(ast.Assign([target], name(held, at=node)), node)]

    def _assign(self, node: ast.Assign, before: Statements) -> None:
        (target,) = node.targets
        if has_point(target):
            node.value = self.kept(self.value(node.value, before), before)
            self._slots(_slots(target), before)
        elif isinstance(target, ast.Name):
            node.value = self.whole(node.value, before)
        else:
            node.value = self.value(node.value, before)

    # Expressions.

    def whole(self, node: ast.expr, before: Statements) -> ast.expr:
        """As ``value``, but a point may stay where it is: it is the whole right side of its statement."""
        if isinstance(node, ast.Call) and is_point(node):
            self._slots(_slots(node), before)
            return node
        return self.value(node, before)

    def value(self, node: ast.expr, before: Statements) -> ast.expr:
        """What is left of an expression when its points have been put into ``before``."""
        if not has_point(node):
            return node
        if isinstance(node, Do):
            before += self.block(node.body)
            return self.value(node.value, before)
        self._slots(_slots(node), before)
        return self.kept(node, before) if is_point(node) else node

    def _slots(self, slots: list[Slot], before: Statements) -> None:
        last = max((place for place, slot in enumerate(slots) if has_point(slot.node)), default=-1)
        for place, slot in enumerate(slots[: last + 1]):
            value = self.value(slot.node, before)
            if place < last:
                value = self._evaluated(value, slot, [part.node for part in slots[place + 1 :]], before)
            slot.put(value)

    def _evaluated(self, value: ast.expr, slot: Slot, later: list[ast.expr], before: Statements) -> ast.expr:
        """What stands for a part when the later ones have been evaluated."""
        if slot.kind not in ("value", "callee"):
            return self._kept_slot(value, slot, before)
        if self._same_later(value, later) or (slot.kind == "callee" and self.facts.is_of_module(value)):
            return value
        if is_exact_method(value, self.facts.exact):
            if not self._same_later(value.value, later):
                value.value = self.kept(value.value, before, kind="o")
            return value
        return self.kept(as_value(value), before)

    def _same_later(self, node: ast.expr, later: list[ast.expr]) -> bool:
        if isinstance(node, ast.Attribute) and is_runtime(node.value):
            return True
        return self.facts.is_steady(node) or self._stays(node, later)

    def _stays(self, node: ast.expr, later: list[ast.expr]) -> bool:
        """Whether it is a variable that is bound, and still to the same after the later parts."""
        if not isinstance(node, ast.Name):
            return False
        scope, identifier = self.facts.scope, node.id
        plain = scope.is_plain(identifier) and identifier not in scope.deleted and identifier in self.bound
        return (plain or is_value(identifier)) and not any(identifier in bound_in(part) for part in later)

    def _kept_slot(self, value: ast.expr, slot: Slot, before: Statements) -> ast.expr:
        if slot.kind == "starred":
            spread = placed(ast.List([placed(ast.Starred(value, ast.Load()), value)], ast.Load()), value)
            return self.kept(spread, before)
        if slot.kind == "keywords":
            holes = {"CALLEE": slot.owner.func, "GIVEN": value, "EARLIER": _keywords_before(slot)}
            return self.kept(quote_expr("RT.keywords(CALLEE, GIVEN, EARLIER)", at=value, **holes), before)
        if slot.kind == "double starred":
            return self.kept(placed(ast.Dict([None], [value]), value), before)
        if slot.kind == "converted":
            self.facts.particular.add("a conversion before its format")
            value = placed(ast.FormattedValue(value, slot.owner.conversion, None), value)
            slot.owner.conversion = -1
            return self.kept(placed(ast.JoinedStr([value]), value), before, "b")
        return self._kept_text(value, before)

    def _kept_text(self, value: ast.expr, before: Statements) -> ast.expr:
        """A part of an f-string is formatted before the next part is evaluated."""
        text = self.kept(placed(ast.JoinedStr([value]), value), before)
        return placed(ast.FormattedValue(text, -1, None), value)

    def kept(self, node: ast.expr, before: Statements, kind: str = "t") -> ast.expr:
        if isinstance(node, ast.Constant):
            return node
        held = self.fresh(kind)
        before.append(assign(held, node))
        return name(held, at=node)


def _slots(node: Any) -> list[Slot]:
    """The parts of an expression in the order in which Python evaluates them."""
    special = _SPECIAL.get(type(node))
    if special is not None:
        return special(node)
    slots: list[Slot] = []
    for field, value in ast.iter_fields(node):
        if isinstance(value, list):
            slots += [_item(value, place) for place, item in enumerate(value) if isinstance(item, ast.expr)]
        elif isinstance(value, ast.expr):
            slots.append(_attribute(node, field))
    return slots


def _attribute(node: Any, field: str, kind: str = "value") -> Slot:
    return Slot(getattr(node, field), lambda value: setattr(node, field, value), kind)


def _item(items: list[Any], place: int, kind: str = "value") -> Slot:
    node = items[place]
    if isinstance(node, ast.Starred):
        return Slot(node.value, lambda value: setattr(node, "value", value), "starred")

    def put(value: Any) -> None:
        items[place] = value

    return Slot(node, put, kind)


def _call_slots(node: ast.Call) -> list[Slot]:
    slots = [_attribute(node, "func", "callee")]
    slots += [_item(node.args, place) for place in range(len(node.args))]
    if len(node.args) == 1 and slots[-1].kind == "starred":
        slots[-1].kind = "value"  # Python spreads an only starred argument when it makes the call
    for keyword in node.keywords:
        slots.append(_attribute(keyword, "value", "value" if keyword.arg else "keywords"))
        slots[-1].owner = node
    return slots


def _keywords_before(slot: Slot) -> ast.expr:
    """The names that a call has been given before a ``**``."""
    names: list[ast.expr] = []
    for keyword in slot.owner.keywords:
        if keyword.value is slot.node:
            break
        given = ast.Constant(keyword.arg) if keyword.arg else ast.Starred(keyword.value, ast.Load())
        names.append(placed(given, slot.node))
    return placed(ast.List(names, ast.Load()), slot.node)


def _dict_slots(node: ast.Dict) -> list[Slot]:
    slots: list[Slot] = []
    for place, key in enumerate(node.keys):
        if key is None:
            slots.append(_item(node.values, place, "double starred"))
        else:
            slots += [_item(node.keys, place), _item(node.values, place)]
    return slots


def _text_slots(node: ast.JoinedStr) -> list[Slot]:
    return [
        _item(node.values, place, "formatted")
        for place, part in enumerate(node.values)
        if isinstance(part, ast.FormattedValue)
    ]


def _comprehension_slots(node: Any) -> list[Slot]:
    return [_attribute(node.generators[0], "iter")]


def _lambda_slots(node: ast.Lambda) -> list[Slot]:
    return _default_slots(node.args)


def _default_slots(arguments: ast.arguments) -> list[Slot]:
    slots = [_item(arguments.defaults, place) for place in range(len(arguments.defaults))]
    return slots + [
        _item(arguments.kw_defaults, place)
        for place, default in enumerate(arguments.kw_defaults)
        if default is not None
    ]


def _format_slots(node: ast.FormattedValue) -> list[Slot]:
    converts = sys.version_info >= (3, 13) and node.conversion >= 0  # before the format is evaluated
    slots = [_attribute(node, "value", "converted" if converts else "value")]
    slots[0].owner = node
    return slots + ([_attribute(node, "format_spec")] if node.format_spec else [])


_SPECIAL: dict[type, Callable[[Any], list[Slot]]] = {
    ast.Call: _call_slots,
    ast.Dict: _dict_slots,
    ast.JoinedStr: _text_slots,
    ast.FormattedValue: _format_slots,
    ast.ListComp: _comprehension_slots,
    ast.SetComp: _comprehension_slots,
    ast.DictComp: _comprehension_slots,
    ast.GeneratorExp: _comprehension_slots,
    ast.Lambda: _lambda_slots,
}


def _statement_slots(node: Any) -> list[Slot]:
    """The expressions that a statement evaluates before anything in its blocks."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return _default_slots(node.args) + [_attribute(*place) for place in annotated(node)]
    if isinstance(node, ast.ClassDef):
        return [
            _item(holder, place)
            if isinstance(holder, list)
            else _attribute(holder, place, "value" if holder.arg else "double starred")
            for holder, place in bases(node)
        ]
    if isinstance(node, ast.Delete):
        return [slot for target in node.targets for slot in _slots(target)]
    if isinstance(node, ast.With):
        return [_attribute(node.items[0], "context_expr")]
    if isinstance(node, ast.While | ast.Try):
        return []
    fields = {
        "Return": ["value"],
        "Raise": ["exc", "cause"],
        "If": ["test"],
        "For": ["iter"],
        "Match": ["subject"],
    }
    present = fields[type(node).__name__]
    return [_attribute(node, field) for field in present if getattr(node, field) is not None]
