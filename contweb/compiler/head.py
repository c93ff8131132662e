"""The head of a definition: what of a function, lambda or class is evaluated around it.

What has type parameters (PEP 695) has a scope between it and the function around it: there its bases and
annotations are evaluated, and, when they are asked for, bounds and defaults. Annotations are not evaluated at
all where the module imports them from ``__future__`` (PEP 563).
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

Place = tuple[Any, Any]  # a list and an index, or a node and the name of an attribute


def head(node: Any) -> list[ast.expr]:
    """The expressions, in the order in which Python evaluates them."""
    return [_part(place) for place in _places(node)]


def change_head(node: Any, change: Callable[[Any], Any]) -> None:
    """Put in the place of each part of the head what ``change`` makes of it."""
    for holder, place in _places(node):
        if isinstance(holder, list):
            holder[place] = change(holder[place])
        else:
            setattr(holder, place, change(getattr(holder, place)))


def apart(node: Any) -> list[ast.expr]:
    """What is evaluated in the scope of the type parameters."""
    parameters = getattr(node, "type_params", [])
    bounds = [getattr(each, field, None) for each in parameters for field in ("bound", "default_value")]
    more: list[Place] = []
    if parameters and isinstance(node, ast.ClassDef):
        more = _of_class(node)
    elif parameters and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        more = _annotations(node)
    return [bound for bound in bounds if bound is not None] + [_part(place) for place in more]


def annotated(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Place]:
    """Where the annotations of the head stand, in the order in which Python evaluates them."""
    return [] if getattr(node, "type_params", []) else _annotations(node)


def bases(node: ast.ClassDef) -> list[Place]:
    """Where the bases and keywords of the head stand."""
    return [] if getattr(node, "type_params", []) else _of_class(node)


def annotated_later(tree: ast.AST) -> None:
    """Note of all functions that their annotations are not evaluated."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            setattr(node, "annotated_later", True)


def is_annotated_later(node: ast.AST) -> bool:
    return getattr(node, "annotated_later", False)


def _part(place: Place) -> Any:
    holder, which = place
    return holder[which] if isinstance(holder, list) else getattr(holder, which)


def _places(node: Any) -> list[Place]:
    if isinstance(node, ast.ClassDef):
        return [*_items(node.decorator_list), *bases(node)]
    given = node.args
    defaults = [*_items(given.defaults), *_items(given.kw_defaults)]
    if isinstance(node, ast.Lambda):
        return defaults
    return [*_items(node.decorator_list), *defaults, *annotated(node)]


def _items(parts: list[Any]) -> list[Place]:
    return [(parts, number) for number, part in enumerate(parts) if part is not None]


def _of_class(node: ast.ClassDef) -> list[Place]:
    return [*_items(node.bases), *((keyword, "value") for keyword in node.keywords)]


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Place]:
    if is_annotated_later(node):
        return []
    given = node.args
    ordered = [*given.args, *given.posonlyargs, given.vararg, *given.kwonlyargs, given.kwarg]
    found: list[Place] = [
        (argument, "annotation") for argument in ordered if argument is not None and argument.annotation
    ]
    return [*found, (node, "returns")] if node.returns else found
