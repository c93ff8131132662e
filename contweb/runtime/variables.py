"""Context variables: what a flow sets is its own, and goes with its continuations.

A flow runs in a ``contextvars.Context`` of its own, a copy of its caller's: so nothing that it sets stays
behind when it leaves. What it has set is noted at a capture, and set in a copy of the context of whoever
resumes it. The first resume in memory takes the very context that was left, in which alone a ``Token`` is of
use.

The context of ``decimal`` is such a variable, though no module has a name for it. It is changed in place: so
a flow gets a copy of its caller's, and what it holds is noted and restored, as with a cell.
"""

from __future__ import annotations

import decimal
import fnmatch
import gc
import operator
from contextvars import Context, ContextVar, copy_context
from typing import Any

Values = dict[ContextVar[Any], Any]
_ABSENT: Any = object()


def _of_decimal() -> ContextVar[decimal.Context]:
    decimal.getcontext()
    return next(variable for variable, value in copy_context().items() if type(value) is decimal.Context)


DECIMAL = Context().run(_of_decimal)
_SETTINGS = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps")
_settings = operator.attrgetter(*_SETTINGS)


class Variables:
    """The context variables of a flow, while it runs and when it has left.

    Arguments:
        own: those that the flow has set, with their values.
        caller: the context of whoever runs it.
        left: the context to go on in, until it is taken.
    """

    __slots__ = ("_caller", "_decimal", "_left", "context", "own")

    context: Context  # in which the flow runs

    def __init__(self, own: Values, caller: Context | None = None, left: list[Context] | None = None) -> None:
        self.own = own
        self._caller = caller
        self._left = left
        self._decimal = own[DECIMAL].copy() if DECIMAL in own else None  # what it holds

    def enter(self) -> Variables:
        """Those of a run that goes on from here."""
        caller, own = copy_context(), self.own
        running = Variables(own, caller)
        taken = self._taken(caller) if self._left else None
        running.context = context = caller.copy() if taken is None else taken
        if own:
            context.run(_set, own)
        if self._decimal is not None:
            _restore(own[DECIMAL], self._decimal)
        elif DECIMAL in caller:
            context.run(DECIMAL.set, caller[DECIMAL].copy())
        return running

    def leave(self) -> Variables:
        """Those of a continuation that is captured here. Called in the context."""
        now, caller = copy_context(), self._caller
        assert caller is not None
        if not self.own and _same(now, caller):
            self._left = [self.context]
            return self
        own, whole = self._changed(now, caller)
        return Variables(own, caller, [self.context] if whole else None)

    def _changed(self, now: Context, caller: Context) -> tuple[Values, bool]:
        """The variables that the flow has set, and whether these are all."""
        own: Values = {}
        whole = True
        for variable, value in now.items():
            if self.own.get(variable, _ABSENT) is value:
                own[variable] = value
            elif caller.get(variable, _ABSENT) is value:
                continue
            elif variable is DECIMAL:
                if DECIMAL in self.own or _settings(value) != _settings(
                    caller.get(DECIMAL, decimal.DefaultContext)
                ):
                    own[DECIMAL] = value
            elif _is_transient(variable):
                whole = False
            else:
                own[variable] = value
        return own, whole

    def _taken(self, caller: Context) -> Context | None:
        """The context that was left, for the first who goes on, with the caller's variables in it. None if it
        has one that the caller has not: it could not be removed."""
        assert self._left is not None
        try:
            context = self._left.pop()
        except IndexError:  # another thread was faster
            return None
        if self._caller is not None and _same(caller, self._caller):
            return context
        own = self.own
        for variable in context:
            if variable not in caller and variable not in own and variable is not DECIMAL:
                return None
        for variable, value in caller.items():
            if variable not in own and context.get(variable, _ABSENT) is not value:
                context.run(variable.set, value)
        return context


NOTHING = Variables({})


def transient(*variables: ContextVar[Any] | str) -> None:
    """Name context variables that are not kept with a continuation, whatever a flow sets them to.

    For those of libraries that set them anew in each request, and to what cannot be stored. A text is a
    variable's name, or a pattern for names.

    Example:
        ``transient(current_span, "structlog_*")``
    """
    for each in variables:
        if isinstance(each, ContextVar):
            _TRANSIENT.add(each)
        else:
            _PATTERNS.add(each)


_TRANSIENT: set[ContextVar[Any]] = set()
_PATTERNS: set[str] = set()


def _is_transient(variable: ContextVar[Any]) -> bool:
    return variable in _TRANSIENT or any(fnmatch.fnmatchcase(variable.name, pattern) for pattern in _PATTERNS)


def _same(one: Context, other: Context) -> bool:
    """Whether two copies are of one state. A context refers to an immutable mapping: to another one as soon
    as a variable is set."""
    one_holds, other_holds = gc.get_referents(one, other)
    return one_holds is other_holds


def _set(values: Values) -> None:
    for variable, value in values.items():
        variable.set(value)


def _restore(context: decimal.Context, kept: decimal.Context) -> None:
    for name in _SETTINGS:
        setattr(context, name, getattr(kept, name))
