"""Where a module's files are."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path


def folder_of(import_name: str) -> Path:
    """The folder of a module that may be on its way of being imported."""
    module = sys.modules.get(import_name)
    file = getattr(module, "__file__", None)
    if file is None and import_name != "__main__":
        try:
            spec = find_spec(import_name)
        except (ImportError, ValueError):
            spec = None
        file = spec.origin if spec is not None else None
    return Path(file).resolve().parent if file else Path.cwd()
