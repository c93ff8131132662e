"""Finding the app that a command is for, by ``module:name``."""

from __future__ import annotations

import importlib
import sys
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

import click

from contweb.web.app import App


class NoApp(click.BadParameter):
    """There is no such module, or no such app in it."""


def locate(target: str) -> App:
    """The app that ``module:name`` stands for; ``:app`` may be left out.

    The current folder is searched first.

    Errors:
        NoApp: there is no such module, or no such app in it; says what there is instead.
        Exception: whatever the module raises when it is imported.
    """
    module_name, _, name = target.partition(":")
    module = _module(module_name.removesuffix(".py").replace("/", ".") or "wsgi")
    return _app(module, name or "app")


def _module(name: str) -> ModuleType:
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name + ".").startswith(error.name + "."):
            raise  # the module is there; it is one of its own imports that is not
        here = [file.stem for file in Path.cwd().glob("*.py")]
        raise NoApp(f"there is no module {name!r}.{_suggestion(name, here)}") from None


def _app(module: ModuleType, name: str) -> App:
    found = getattr(module, name, None)
    if isinstance(found, App):
        return found
    apps = [other for other, value in vars(module).items() if isinstance(value, App)]
    if found is None:
        what = f"the module {module.__name__!r} has no {name!r}."
    else:
        what = f"{module.__name__}:{name} is no App, but of type {type(found).__name__}."
    if len(apps) == 1:
        raise NoApp(f"{what} Did you mean {module.__name__}:{apps[0]}?")
    raise NoApp(f"{what}{_suggestion(name, apps) or ' There is no App in it.'}")


def _suggestion(wrong: str, there: list[str]) -> str:
    close = get_close_matches(wrong, there, n=1)
    if close:
        return f" Did you mean {close[0]!r}?"
    return f" There are: {', '.join(sorted(there))}." if there else ""
