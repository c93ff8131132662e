"""The head of a definition: what of a function, lambda or class is evaluated around it."""

from __future__ import annotations

import ast
from typing import Any


def head(node: Any) -> list[Any]:
    """The expressions, and the keywords of a class, in the order in which Python evaluates them."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    given = node.args
    defaults = [*given.defaults, *(default for default in given.kw_defaults if default is not None)]
    if isinstance(node, ast.Lambda):
        return defaults
    annotations = [argument.annotation for argument in annotated(node)]
    return [*node.decorator_list, *defaults, *annotations, *([node.returns] if node.returns else [])]


def annotated(node: Any) -> list[ast.arg]:
    """The parameters with annotations, in the order in which Python evaluates these."""
    given = node.args
    ordered = [*given.args, *given.posonlyargs, given.vararg, *given.kwonlyargs, given.kwarg]
    return [argument for argument in ordered if argument is not None and argument.annotation is not None]
