"""What a test needs of the machine: without it the test is skipped, or fails where everything must run."""

import importlib
import os
import shutil

import pytest


def need(*programs):
    """Programs."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        _give_up(f"not installed here: {', '.join(missing)}")


def need_module(name):
    """A module of an extra."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        _give_up(f"not installed here: {error.name}")


def _give_up(reason):
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=True)
