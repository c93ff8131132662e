"""``ask``: the one place at which a flow waits for its visitor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from contweb.runtime.capture import suspend
from contweb.runtime.registry import flow
from contweb.web.answers import Answer
from contweb.web.pages import Html, Template, step_of
from contweb.web.places import checked_step

_LATER = ("into", "private", "repeat")


@dataclass(frozen=True, slots=True)
class Asked:
    """What ``ask`` suspends with: the page to show, and how it may be answered."""

    page: Template | Html
    step: str
    timeout: float | None = None


@flow
def ask(
    page: str | Template | Html,
    /,
    *,
    step: str | None = None,
    timeout: float | timedelta | None = None,
    **context: Any,
) -> Answer:
    """Show a page, and wait for its answer: minutes or days, in this process or another.

    Arguments:
        page: a template's name, a ``page(template, ...)``, or an ``html(markup)``.
        step: the page's name in the URL; by default the stem of the template's name.
        timeout: seconds, or a ``timedelta``, for which the page can be answered; later it is a 410.
        context: names for the template.

    Returns:
        The form that the visitor submitted.

    Errors:
        CannotStoreError: a name that is used after this line, or in the template, cannot be made into bytes.
        BarrierError: ``ask`` was called through a function that is not a flow.
        NotRunningError: no flow is running.

    Example:
        ``name = ask("name.html")["name"]``
    """
    answer: Answer = suspend(asked(page, step, timeout, context))
    return answer


def asked(
    page: str | Template | Html, step: str | None, timeout: float | timedelta | None, context: dict[str, Any]
) -> Asked:
    """The arguments of ``ask``, checked and in order."""
    for name in _LATER:
        if name in context:
            raise TypeError(
                f"ask({name}=...) is not there yet, and {name!r} cannot be used as a name for a template"
            )
    shown = _shown(page, context)
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    return Asked(shown, checked_step(step) if step is not None else step_of(shown), seconds)


def _shown(page: str | Template | Html, context: dict[str, Any]) -> Template | Html:
    match page:
        case str():
            return Template(page, context)
        case Template():
            return Template(page.name, {**page.context, **context})
        case Html():
            if context:
                raise TypeError(f"ask(html(...)) takes no names for a template; {', '.join(context)} given")
            return page
    raise TypeError(
        f"ask({type(page).__name__}): give a template's name, page(template, ...) or html(markup)"
    )
