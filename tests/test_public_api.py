"""What is public is written down: explicit names, each with a docstring."""

import ast
import inspect
from pathlib import Path

import pytest

import contweb

PACKAGE = Path(contweb.__file__).parent

# The names that DESIGN promises and that exist so far.
PROMISED = {
    "App",
    "Continuation",
    "Finished",
    "Suspended",
    "abort",
    "ask",
    "flow",
    "html",
    "page",
    "redirect",
    "request",
    "start",
    "suspend",
    "url_for",
}


def test_what_is_promised_is_there():
    assert set(contweb.__all__) >= PROMISED


def test_the_names_are_explicit():
    assert len(set(contweb.__all__)) == len(contweb.__all__)
    for name in contweb.__all__:
        assert hasattr(contweb, name), name
    extra = {
        name
        for name, value in vars(contweb).items()
        if not name.startswith("_")
        and not inspect.ismodule(value)
        and name not in (*contweb.__all__, "annotations")
    }
    assert not extra, f"public by accident: {sorted(extra)}"


@pytest.mark.parametrize("name", contweb.__all__)
def test_each_name_explains_itself(name):
    value = getattr(contweb, name)
    if inspect.isclass(value):
        assert (vars(value).get("__doc__") or "").strip(), f"{name} has no docstring of its own"
        for method, function in inspect.getmembers(value, inspect.isfunction):
            if not method.startswith("_") and function.__module__.startswith("contweb"):
                assert (function.__doc__ or "").strip(), f"{name}.{method} has no docstring"
    else:
        assert (value.__doc__ or "").strip(), f"{name} has no docstring"


@pytest.mark.parametrize(
    "file", sorted(PACKAGE.glob("**/*.py")), ids=lambda file: str(file.relative_to(PACKAGE))
)
def test_each_module_explains_itself(file):
    assert ast.get_docstring(ast.parse(file.read_text())), f"{file.name} has no docstring"
