"""Which names of a function are parameters, locals, cells, free or global.

A fact pass: it changes nothing. Asked of the source (for the passes that must know whether a name can change
under a call) and again of the lowered tree (for what is saved). Follows the language reference, 4.2.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from contweb.compiler.head import apart, head

Scoped = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass
class Scope:
    """The names of one function."""

    parameters: tuple[str, ...]
    local: set[str]  # bound here, parameters too
    free: set[str]  # of an enclosing function
    cells: set[str] = field(default_factory=set)  # local, and used by a function inside
    declared_global: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    rebound: set[str] = field(default_factory=set)  # bound by the body

    def is_plain(self, name: str) -> bool:
        """A local variable that only this function can change."""
        return name in self.local and name not in self.cells

    def is_captured(self, name: str) -> bool:
        """A variable that lives in a cell, this function's or one around it."""
        return name in self.cells or name in self.free

    @property
    def captured(self) -> list[str]:
        """All names that live in cells, in the order in which Python keeps them."""
        return sorted(self.cells | self.free)


def scopes(function: ast.FunctionDef | ast.Lambda, enclosing: frozenset[str] | set[str]) -> Scope:
    """The scope of a function; ``enclosing`` are the names of the functions around it."""
    collector = _collect(function)
    parameters = tuple(parameter_names(function.args))
    local = (collector.bound | set(parameters)) - collector.globals - collector.nonlocals
    inner = _union(_captured(child) for child in collector.children)
    used = collector.used | _union(free_names(child) for child in collector.children)
    outer = {name for name in enclosing if name not in local and name not in collector.globals}
    return Scope(
        parameters=parameters,
        local=local,
        free=(used & outer) | (collector.nonlocals & set(enclosing)),
        cells=inner & local,
        declared_global=collector.globals,
        deleted=collector.deleted,
        rebound=collector.bound - collector.globals - collector.nonlocals,
    )


def parameter_names(arguments: ast.arguments) -> Iterator[str]:
    for argument in arguments.posonlyargs + arguments.args:
        yield argument.arg
    if arguments.vararg:
        yield arguments.vararg.arg
    for argument in arguments.kwonlyargs:
        yield argument.arg
    if arguments.kwarg:
        yield arguments.kwarg.arg


def type_parameters(node: ast.AST) -> set[str]:
    """The names of the type parameters of a function, class or alias (PEP 695): seen in it, not around it."""
    return {parameter.name for parameter in getattr(node, "type_params", [])}


def free_names(node: Scoped | Comprehension) -> set[str]:
    """The names that a function, class or comprehension takes from around it (or from the module)."""
    if isinstance(node, Comprehension):
        return _free_of_comprehension(node)
    collector = _collect(node)
    used = collector.used | collector.nonlocals | _union(free_names(child) for child in collector.children)
    if isinstance(node, ast.ClassDef):
        # A class body sees its own names, and what it declares global; the functions in it do not.
        inner = _union(free_names(child) for child in collector.children)
        outer = (collector.used - collector.bound - collector.globals) | inner | collector.nonlocals
        return outer - type_parameters(node) - {"__class__"}
    own = collector.bound - collector.nonlocals
    own |= set(parameter_names(node.args))
    return used - own - collector.globals - type_parameters(node)


def _free_of_comprehension(node: Comprehension) -> set[str]:
    collector = _inside_comprehension(node)
    used = collector.used | _union(free_names(child) for child in collector.children)
    return used - comprehension_targets(node)


def _captured(node: Scoped | Comprehension) -> set[str]:
    """The names that outlive their use in a scope: held in a cell by a function or a generator.

    A comprehension is over when its value is there, so that only the functions made in it hold on to
    anything.
    """
    if isinstance(node, Comprehension) and not isinstance(node, ast.GeneratorExp):
        inside = _inside_comprehension(node)
        return _union(_captured(child) for child in inside.children) - comprehension_targets(node)
    return free_names(node)


def captures_variable(node: Comprehension) -> bool:
    """Whether a function made in a comprehension holds on to one of its variables."""
    inside = _inside_comprehension(node)
    return bool(_union(_captured(child) for child in inside.children) & comprehension_targets(node))


def _inside_comprehension(node: Comprehension) -> _Collector:
    collector = _Collector()
    for child in ast.iter_child_nodes(node):
        collector.visit(child)
    return collector


def _union(sets: Iterable[set[str]]) -> set[str]:
    return set().union(*sets)


def comprehension_targets(node: Comprehension) -> set[str]:
    """The variables of a comprehension."""
    return set().union(*(assigned(generator.target) for generator in node.generators))


def comprehension_variables(node: ast.AST) -> set[str]:
    """The variables of all comprehensions in a tree."""
    return _union(comprehension_targets(part) for part in ast.walk(node) if isinstance(part, Comprehension))


def assigned(target: ast.expr) -> frozenset[str]:
    """The names that a target itself is, or is made of: not those that are bound in a subscript."""
    if isinstance(target, ast.Tuple | ast.List):
        return frozenset().union(*map(assigned, target.elts))
    if isinstance(target, ast.Starred):
        return assigned(target.value)
    return frozenset({target.id}) if isinstance(target, ast.Name) else frozenset()


def bound_in(node: ast.AST) -> frozenset[str]:
    """The names that are bound in an expression."""
    return frozenset(
        part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    )


def bound_by(node: ast.AST) -> list[str]:
    """The names that an import, a handler, a definition or a pattern binds itself; none of any other node."""
    if isinstance(node, ast.alias):
        return [(node.asname or node.name).partition(".")[0]]
    if not isinstance(node, _BINDERS):
        return []
    found = node.rest if isinstance(node, ast.MatchMapping) else node.name
    return [found] if found else []


_BINDERS = (
    ast.ExceptHandler,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.MatchAs,
    ast.MatchStar,
    ast.MatchMapping,
)


def deleted(function: ast.FunctionDef) -> set[str]:
    """The names that are unbound somewhere, by a function inside too."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
            found.add(node.id)
        elif isinstance(node, ast.ExceptHandler):
            found.update(bound_by(node))
    return found


def certainly_bound(node: ast.stmt) -> frozenset[str]:
    """The names that a statement binds if the next one is reached."""
    if isinstance(node, ast.Assign):
        return frozenset().union(*map(assigned, node.targets))
    if isinstance(node, ast.AugAssign) or (isinstance(node, ast.AnnAssign) and node.value is not None):
        return assigned(node.target)
    return frozenset()


def _collect(node: Scoped) -> _Collector:
    collector = _Collector()
    for statement in [node.body] if isinstance(node, ast.Lambda) else node.body:
        collector.visit(statement)
    return collector


class _Collector(ast.NodeVisitor):
    """What one scope binds and uses, and the scopes directly inside it."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.used: set[str] = set()
        self.deleted: set[str] = set()
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.children: list[Scoped | Comprehension] = []

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.used.add(node.id)
            if node.id == "super":
                self.used.add("__class__")
        else:
            self.bound.add(node.id)
            self.used.add(node.id)
        if isinstance(node.ctx, ast.Del):
            self.deleted.add(node.id)

    def visit_Global(self, node: ast.Global) -> None:
        self.globals.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.nonlocals.update(node.names)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.bound.add(node.name)
        self._scope(node)

    visit_AsyncFunctionDef = visit_FunctionDef
    visit_ClassDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._scope(node)

    def visit_TypeAlias(self, node: Any) -> None:
        self.visit(node.name)
        for value in (node.value, *apart(node)):
            self._later(value, node)

    def _later(self, value: ast.expr, node: ast.AST) -> None:
        """What is evaluated in a scope of its own; there are the type parameters."""
        given = [ast.arg(parameter) for parameter in sorted(type_parameters(node))]
        arguments = ast.arguments(posonlyargs=[], args=given, kwonlyargs=[], kw_defaults=[], defaults=[])
        self.children.append(ast.Lambda(args=arguments, body=value))

    def _scope(self, node: Scoped) -> None:
        self.children.append(node)
        for child in head(node):
            self.visit(child)
        for value in apart(node):
            self._later(value, node)

    def _visit_comprehension(self, node: Comprehension) -> None:
        """Its first iterable and its walruses belong to the scope around it."""
        self.children.append(node)
        self.visit(node.generators[0].iter)
        for child in ast.walk(node):
            if isinstance(child, ast.NamedExpr):
                self.bound.add(child.target.id)
                self.used.add(child.target.id)

    visit_ListComp = _visit_comprehension
    visit_SetComp = _visit_comprehension
    visit_DictComp = _visit_comprehension
    visit_GeneratorExp = _visit_comprehension

    def _visit_binder(self, node: ast.AST) -> None:
        self.bound.update(bound_by(node))
        self.generic_visit(node)

    visit_alias = _visit_binder
    visit_MatchAs = _visit_binder
    visit_MatchStar = _visit_binder
    visit_MatchMapping = _visit_binder

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.deleted.update(bound_by(node))
        self._visit_binder(node)
