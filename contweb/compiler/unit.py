"""A function on its way through the passes, and the functions inside it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from contweb.compiler.places import Origin
from contweb.compiler.points import Point
from contweb.compiler.scopes import Scope


@dataclass
class Unit:
    """One function of a flow: the flow has number 0, the functions inside it follow as they are written."""

    number: int
    node: ast.FunctionDef  # lowered in place; the plain version
    scope: Scope
    points: list[Point] = field(default_factory=list)
    place: int = -1  # of its definition in the source; see ``places``
    origins: dict[str, Origin] = field(default_factory=dict)
