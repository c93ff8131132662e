"""Comprehensions as what they stand for.

    [f(x) for x in xs if x]           @a1 = []
                                      for @c1:x in xs:
                                          if @c1:x:
                                              @t1 = f(@c1:x)
                                              @a1.append(@t1)

A comprehension has its own variables: they get names of their own. Where a function made in the comprehension
holds on to such a variable, the comprehension becomes the function that it is in Python 3.11, since each run
of it then needs a variable of its own; and where one may be read before it is bound, since that is an error.
"""

from __future__ import annotations

import ast
from typing import Any

from contweb.compiler.calls import any_point, children, mark_loop
from contweb.compiler.names import IS_A_SCOPE, Fresh, defined
from contweb.compiler.quote import assign, function_def, name, placed, quote
from contweb.compiler.scopes import Scope, assigned, comprehension_targets

Stored = ast.ListComp | ast.SetComp | ast.DictComp

_EMPTY = {ast.ListComp: "GATHERED = []", ast.SetComp: "GATHERED = RT.set()", ast.DictComp: "GATHERED = {}"}
_ADD = {
    ast.ListComp: "GATHERED.append(VALUE)",
    ast.SetComp: "GATHERED.add(VALUE)",
    ast.DictComp: "GATHERED[KEY] = VALUE",
}
_NAMES = {ast.ListComp: "<listcomp>", ast.SetComp: "<setcomp>", ast.DictComp: "<dictcomp>"}
_FIRST = "@first"


def as_loops(node: Stored, fresh: Fresh) -> tuple[list[ast.stmt], ast.expr]:
    """The statements that gather the value, and the value."""
    number = fresh("c")
    renamed = {target: f"{number}:{target}" for target in comprehension_targets(node)}
    _Rename(renamed).inside(node)
    _stand(node, f"{_around(node)}{_NAMES[type(node)]}.")
    gathered = fresh("a")
    return _gather(node, gathered, fresh), name(gathered, at=node)


def as_function(node: Stored, scope: Scope) -> tuple[ast.FunctionDef, ast.expr]:
    """A function of one argument, and the iterable to call it with."""
    iterable = node.generators[0].iter
    node.generators[0].iter = name(_FIRST, at=iterable)
    fresh = Fresh(":made")
    _stand(node, "")
    gathered = fresh("a")
    body = [
        *_outer_names(node, scope),
        *_gather(node, gathered, fresh),
        placed(ast.Return(name(gathered, at=node)), node),
    ]
    arguments = ast.arguments(
        posonlyargs=[], args=[placed(ast.arg(_FIRST), node)], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    return function_def(defined(_NAMES[type(node)], _around(node)), arguments, body, at=node), iterable


def inside_has_point(node: Stored) -> bool:
    """Whether there is a point besides those of the first iterable, which is evaluated around it."""
    return any_point(_inside(node))


def reads_early(node: Stored) -> bool:
    """Whether it may read a variable of its own before that is bound: an error, as that of any variable."""
    unbound = comprehension_targets(node)
    for number, generator in enumerate(node.generators):
        before = [] if number == 0 else [generator.iter]
        if unbound & _names(before):
            return True
        unbound -= assigned(generator.target)
        if unbound & _names([generator.target, *generator.ifs]):
            return True
    return False


def reads_deleted(node: Stored, scope: Scope) -> bool:
    """Whether it reads a variable around it that is deleted somewhere: unbound, that is another error where a
    comprehension is a scope (before Python 3.12)."""
    return IS_A_SCOPE and bool(scope.deleted & _names(_inside(node)))


def _inside(node: Stored) -> list[Any]:
    """All parts but the first iterable."""
    first = node.generators[0]
    return [*(child for child in ast.iter_child_nodes(node) if child is not first), first.target, *first.ifs]


def _names(nodes: list[ast.expr]) -> set[str]:
    return {part.id for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name)}


def _around(node: Stored) -> str:
    """The comprehensions that it stands in, and which are loops now."""
    return getattr(node, "inside", "")


def _stand(node: Stored, inside: str) -> None:
    """Say of the functions and comprehensions in it, where they stand."""
    first = node.generators[0].iter  # is evaluated around it
    pending = children(node)
    for part in pending:
        if isinstance(part, ast.Lambda | Stored):
            setattr(part, "inside", inside)
        pending += [child for child in children(part) if child is not first]


def _gather(node: Stored, gathered: str, fresh: Fresh) -> list[ast.stmt]:
    element = node.value if isinstance(node, ast.DictComp) else node.elt
    value = fresh("t")
    steps: list[ast.stmt] = [assign(value, element)]
    holes: dict[str, Any] = {"GATHERED": gathered, "VALUE": value}
    if isinstance(node, ast.DictComp):
        holes["KEY"] = fresh("t")
        steps.insert(0, assign(holes["KEY"], node.key))
    body = steps + quote(_ADD[type(node)], at=element, **holes)
    for generator in reversed(node.generators):
        for condition in reversed(generator.ifs):
            body = quote("if TEST:\n    BODY", at=condition, TEST=condition, BODY=body)
        loop = ast.For(generator.target, generator.iter, body, [])
        body = [mark_loop(placed(loop, generator.iter))]
    return [*quote(_EMPTY[type(node)], at=node, GATHERED=gathered), *body]


def _outer_names(node: Stored, scope: Scope) -> list[ast.stmt]:
    """What a walrus in a comprehension binds, it binds around the comprehension."""
    walruses = {child.target.id for child in ast.walk(node) if isinstance(child, ast.NamedExpr)}
    outer_globals = sorted(walruses & scope.declared_global)
    outer_locals = sorted(walruses - scope.declared_global)
    result: list[ast.stmt] = []
    if outer_globals:
        result.append(placed(ast.Global(outer_globals), node))
    if outer_locals:
        result.append(placed(ast.Nonlocal(outer_locals), node))
    return result


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        """Only what is evaluated here: the function holds on to none of the variables."""
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if default is not None:
                self.visit(default)
        return node

    def inside(self, node: Any) -> None:
        """Rename in a comprehension, but not in its first iterable, which is evaluated around it."""
        first = node.generators[0].iter
        node.generators[0].iter = name(_FIRST, at=first)
        self.generic_visit(node)
        node.generators[0].iter = first

    def _inner(self, node: Any) -> Any:
        """A comprehension in the comprehension: its own variables hide ours."""
        node.generators[0].iter = self.visit(node.generators[0].iter)
        own = comprehension_targets(node)
        _Rename({old: new for old, new in self._names.items() if old not in own}).inside(node)
        return node

    visit_ListComp = _inner
    visit_SetComp = _inner
    visit_DictComp = _inner
    visit_GeneratorExp = _inner
