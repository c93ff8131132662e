"""What comes of reading a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WHOLE = ""  # the name of what is wrong with no field, but with the form as a whole


@dataclass(frozen=True, slots=True)
class Read:
    """A form that was read.

    Arguments:
        value: the object; of use only without errors.
        errors: field -> what is wrong, for the visitor.
        details: the same as the form itself has it, where that is more: for ``names`` of its kind.
    """

    value: Any
    errors: dict[str, str]
    details: Any = None
