"""A module among a frame's names (``import math`` inside a flow) is stored by its name."""

from __future__ import annotations

import types
from dataclasses import dataclass


@dataclass(frozen=True)
class Imported:
    """Stands for a module in stored bytes."""

    name: str

    @classmethod
    def of(cls, module: types.ModuleType) -> Imported:
        return cls(module.__name__)

    def __reduce__(self) -> tuple[type[Imported], tuple[str]]:
        return Imported, (self.name,)
