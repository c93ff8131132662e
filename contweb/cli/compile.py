"""``contweb compile``: a flow after any pass of the compiler."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import types
from pathlib import Path
from typing import Any

import click

from contweb.compiler.pipeline import compile_flow
from contweb.compiler.show import show
from contweb.errors import CompileError
from contweb.runtime.support import SUPPORT

PASSES = ("source", "desugar", "anf", "shield", "live", "reenter")


@click.command("compile")
@click.argument("target", metavar="MODULE:FUNCTION")
@click.option(
    "--after",
    "stage",
    default="live",
    show_default=True,
    type=click.Choice(PASSES),
    help="The pass after which to show it; reenter shows the twin.",
)
def compile_(target: str, stage: str) -> None:
    """Show what the compiler makes of a flow.

    FUNCTION may be a method: Class.method. The functions inside the flow follow it. Names with an @ are
    contweb's own; '@contweb' stands for the run time.
    """
    try:
        shown = _shown(_function(target), stage)
    except CompileError as error:
        raise click.ClickException(str(error)) from None
    click.echo("\n\n".join(shown) or f"{target} has no points: {stage} has nothing to do.")


def _shown(function: types.FunctionType, stage: str) -> list[str]:
    """The flow and the functions inside it; of ``live`` the flow is enough: these are complete in it."""
    shown: list[str] = []

    def watch(name: str, tree: ast.AST) -> None:
        if name == stage:
            shown.append(show(tree))

    for compiled in compile_flow(function, SUPPORT, watch=watch):
        compiled.twin()
        if stage == "reenter":
            shown[-1] = shown[-1].removeprefix("@None\n").replace("@flow", compiled.code.co_name, 1)
    return shown[-1:] if stage == "live" else shown


def _function(target: str) -> types.FunctionType:
    """The function that ``module:name`` stands for."""
    module_name, _, name = target.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise click.BadParameter(f"there is no module {module_name!r}.") from None
    for part in name.split("."):
        found = inspect.getattr_static(found, part, None)
        found = getattr(found, "__func__", found)
    if not isinstance(found, types.FunctionType):
        raise click.BadParameter(f"{module_name} has no function {name!r}.")
    return found
