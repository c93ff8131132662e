"""The passes in their order: the story of one function.

    source     the tree of the function
    places     where in the source each node stands
    check      refuses what cannot be compiled
    generators a generator makes a flow generator of its body
    scopes     what its names are
    prepare    declarations, super(), locals()
    calls      which calls are points
    desugar    sugar around points becomes plain statements
    anf        a point is the whole right side of an assignment
    shield     except and finally let a capture pass
    points     numbers, and how a capture finds them
    live       what is saved at each
    reenter    the twin                                     (when it is first resumed)
    emit       trees become code

The functions inside a flow go through the same passes, after the flow itself has.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from contweb.compiler.anf import anf
from contweb.compiler.calls import Facts, any_point, calls, facts_of
from contweb.compiler.check import check
from contweb.compiler.desugar import desugar
from contweb.compiler.emit import Emitter, is_deep
from contweb.compiler.fingerprint import fingerprint, with_particulars
from contweb.compiler.generators import generators
from contweb.compiler.live import live
from contweb.compiler.names import Fresh, unit_mark
from contweb.compiler.places import Origin, origins, place_of, places
from contweb.compiler.points import Point, points
from contweb.compiler.prepare import prepare
from contweb.compiler.quote import placed
from contweb.compiler.reenter import hold_cells, reenter
from contweb.compiler.scopes import scopes, type_parameters
from contweb.compiler.shield import shield
from contweb.compiler.source import Module, Written, source
from contweb.compiler.unit import Unit

Watch = Callable[[str, ast.AST], None]  # is told each pass' name and the tree after it


@dataclass
class Compiled:
    """A compiled function of a flow."""

    code: types.CodeType  # the plain version
    points: list[Point]
    captured: list[str]  # the names that live in cells, in the order of ``@cells``
    foreign: frozenset[str]  # of these, the names of functions around the flow
    fingerprint: bytes  # of the source
    twin: Callable[[], types.CodeType]  # makes the twin
    written: Written  # the text of the whole flow
    place: int  # of this function in it
    origins: dict[str, Origin]  # where the hidden names that are saved come from
    keeps_first: bool  # whether its first parameter is never bound again


def compile_flow(
    function: types.FunctionType,
    support: object,
    suspends: Callable[[str], bool] = lambda name: False,
    watch: Watch = lambda name, tree: None,
) -> list[Compiled]:
    """Compile a function and the functions inside it; the function itself comes first.

    ``support`` is what compiled code reaches as its run time. Raises ``CompileError``.
    """
    found = source(function)
    watch("source", found.node)
    check(found.node, found.filename, suspends)
    places(found.node)
    print_of = fingerprint(found.node, found.free, partial(facts_of, found.module))
    lowering = _Lowering(found.module, watch)
    lowering.lower(found.node, frozenset(found.free))
    print_of = with_particulars(print_of, lowering.particular)
    emitter = Emitter(function, support, found.free)
    codes = emitter.plain(lowering.units)
    for unit, code in codes:
        if unit.points and is_deep(unit.node):
            _twin_maker(emitter, unit, code, watch)()  # it may be too deep, which is to be said at import
    return [
        Compiled(
            code=code,
            points=unit.points,
            captured=unit.scope.captured,
            foreign=frozenset(found.free) - unit.scope.cells,
            fingerprint=print_of + unit.number.to_bytes(2) if unit.number else print_of,
            twin=_twin_maker(emitter, unit, code, watch),
            written=found.written,
            place=unit.place,
            origins=unit.origins,
            keeps_first=_keeps_first(unit),
        )
        for unit, code in codes
    ]


def _twin_maker(
    emitter: Emitter, unit: Unit, code: types.CodeType, watch: Watch
) -> Callable[[], types.CodeType]:
    def make() -> types.CodeType:
        tree = reenter(unit.node, unit.points, unit.scope)
        watch("reenter", tree)
        return emitter.twin(tree, unit.scope.captured, code)

    return make


def _keeps_first(unit: Unit) -> bool:
    first = unit.scope.parameters[:1]
    inside = {name for node in ast.walk(unit.node) if isinstance(node, ast.Nonlocal) for name in node.names}
    return not (unit.scope.rebound | inside).intersection(first)


class _Lowering:
    """Takes a function and the functions inside it through the passes, and gathers the units."""

    def __init__(self, module: Module, watch: Watch) -> None:
        self.module = module
        self.watch = watch
        self.units: list[Unit] = []
        self.particular: set[str] = set()

    def lower(self, node: ast.FunctionDef, enclosing: frozenset[str]) -> None:
        generators(node)
        scope = scopes(node, enclosing)
        facts = Facts(node, self.module, scope, enclosing)
        fresh = Fresh()
        prepare(node, facts)
        calls(node, facts)
        if any_point(node.body):
            for stage in (desugar, anf, shield):
                self._run(stage, node, facts, fresh)
        self.particular |= facts.particular
        unit = Unit(len(self.units), node, scope, place=place_of(node))
        self.units.append(unit)
        around = (enclosing | scope.local) - scope.declared_global
        for inner, seen in _functions(node.body):
            self.lower(inner, around | seen)
        self._number(unit, enclosing)

    def _run(self, stage: Any, node: ast.FunctionDef, facts: Facts, fresh: Fresh) -> None:
        stage(node, fresh) if stage is shield else stage(node, facts, fresh)
        self.watch(stage.__name__, node)

    def _number(self, unit: Unit, enclosing: frozenset[str]) -> None:
        node = unit.node
        unit.scope = scopes(node, enclosing)
        unit.points = points(node, unit.scope)
        live(node, unit.points, unit.scope)
        unit.origins = origins(node, unit.points)
        _mark(unit)
        node.body[1:1] = hold_cells(node, unit.scope) if unit.points else []
        self.watch("live", node)


def _functions(statements: list[Any], seen: frozenset[str] = frozenset()) -> Any:
    """The functions directly inside, and those in classes, but for what is not a flow.

    With each go the names that it sees besides those of the function around it.
    """
    for node in statements:
        if isinstance(node, ast.FunctionDef):
            yield node, seen | type_parameters(node)
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, seen | type_parameters(node) | {"__class__"})
        elif not isinstance(node, ast.AsyncFunctionDef | ast.expr):
            yield from _functions(list(ast.iter_child_nodes(node)), seen)


def _mark(unit: Unit) -> None:
    """Put a mark before the docstring, by which the function's code is known again; ``emit`` takes it out."""
    body, mark = unit.node.body, unit_mark(unit.number)
    documented = ast.get_docstring(unit.node, clean=False)
    if documented is None:
        body.insert(0, placed(ast.Expr(placed(ast.Constant(mark), unit.node)), unit.node))
    else:
        text: Any = body[0]
        body[0] = placed(ast.Expr(placed(ast.Constant(mark + documented), text)), text)
