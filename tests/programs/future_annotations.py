"""Annotations that are not evaluated (PEP 563)."""

from __future__ import annotations

from contweb import suspend
from tests.programs import program


@program
def annotations_that_call():
    def add(x: suspend("never"), *rest: undefined(1)) -> suspend("never"):  # noqa: F821
        y: suspend("never") = suspend(x)
        return x + y + len(rest)

    return add(suspend(1), suspend(2)), add.__annotations__
