"""``ask``: the one place at which a flow waits for its visitor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar, overload

from contweb.runtime.capture import suspend
from contweb.runtime.registry import flow
from contweb.web.answers import Answer
from contweb.web.forms import form_names, read_form
from contweb.web.links import Called
from contweb.web.pages import Html, Template, step_of
from contweb.web.places import checked_step
from contweb.web.records import Repeat

Form = TypeVar("Form")
_REPEATS = ("same", "run", "never")


class Manner(NamedTuple):
    """How a page may be answered.

    Arguments:
        step: the page's name in the URL, or None for one made of its template's.
        timeout: seconds for which it may be answered, or None.
        private: whether only in this browser; None: as the flow says.
        repeat: what a second answer does.
    """

    step: str | None
    timeout: float | None
    private: bool | None
    repeat: Repeat


@dataclass(frozen=True, slots=True)
class Mail:
    """How the URL of a page reaches a person who is not its visitor.

    Arguments:
        send: is called with the URL.
        meanwhile: what the visitor sees.
    """

    send: Callable[[str], object]
    meanwhile: Template | Html


@dataclass(frozen=True, slots=True)
class Asked:
    """What ``ask`` suspends with: the page to show, and how it may be answered.

    Arguments:
        again: whether it is the page that was answered, shown again with what was wrong in the answer.
        mail: to whom the page is sent, instead of being shown to the visitor.
    """

    page: Template | Html
    step: str
    manner: Manner
    again: bool = False
    mail: Mail | None = None


@overload
def ask(
    page: str | Template | Html,
    /,
    *,
    into: type[Form],
    step: str | None = None,
    timeout: float | timedelta | None = None,
    private: bool | None = None,
    repeat: Repeat = "same",
    **context: Any,
) -> Form: ...


@overload
def ask(
    page: str | Template | Html,
    /,
    *,
    into: None = None,
    step: str | None = None,
    timeout: float | timedelta | None = None,
    private: bool | None = None,
    repeat: Repeat = "same",
    **context: Any,
) -> Answer: ...


@flow
def ask(
    page: str | Template | Html,
    /,
    *,
    into: type[Any] | None = None,
    step: str | None = None,
    timeout: float | timedelta | None = None,
    private: bool | None = None,
    repeat: Repeat = "same",
    **context: Any,
) -> Any:
    """Show a page, and wait for its answer: minutes or days, in this process or another.

    Arguments:
        page: a template's name, a ``page(template, ...)``, or an ``html(markup)``.
        into: a dataclass, a pydantic model or a WTForms form, to be made of the answer. Until that can be
            done, the page is shown again; its template has ``errors`` (a text for each field in which
            something is wrong) and ``typed`` (what was typed), both empty at first.
        step: the page's name in the URL; by default the stem of the template's name.
        timeout: seconds, or a ``timedelta``, for which the page can be answered. A later answer raises
            ``Expired`` here; a flow that does not handle it shows a 410.
        private: whether the page is for the browser alone that it was first shown in; in another it is a 403.
            By default as the flow says, or the app.
        repeat: what another answer does, after going back. ``"same"``: the same answer leads to the same next
            page and runs nothing, a different one runs from here anew. ``"run"``: each answer runs from here.
            ``"never"``: a different answer is a 409.
        context: names for the template.

    Returns:
        The form that the visitor submitted, or what was made of it; or the result of the function whose
        ``link`` was followed or whose ``button`` was pressed.

    Errors:
        Expired: the answer came after ``timeout``.
        CannotStoreError: a name that is used after this line, or in the template, cannot be made into bytes.
        BarrierError: ``ask`` was called through a function that is not a flow.
        NotRunningError: no flow is running.

    Example:
        ``name = ask("name.html")["name"]``
    """
    manner = manner_of(step, timeout, private, repeat)
    if into is not None:
        return ask_into(page, into, manner, context)
    answer = suspend(asked_of(page, context, manner))
    if type(answer) is Called:
        function = answer.function
        return function(*answer.args, **answer.kwargs)
    return answer


@flow
def ask_into(
    page: str | Template | Html,
    into: Any,
    manner: Manner,
    context: dict[str, Any],
    mail: Mail | None = None,
) -> Any:
    """Ask until the form can be made of the answer."""
    _refuse_markup(page)
    errors: dict[str, str] = {}
    typed = Answer()
    details: Any = None
    again = False
    while True:
        names = {"errors": errors, "typed": typed, **form_names(into, typed, details)}
        answer = suspend(asked_of(page, _with_form(page, context, names, again), manner, again, mail))
        if type(answer) is Called:
            function = answer.function
            return function(*answer.args, **answer.kwargs)
        read = read_form(into, answer)
        if not read.errors:
            return read.value
        errors, typed, details, again, mail = read.errors, answer, read.details, True, None


def _with_form(
    page: str | Template | Html,
    context: dict[str, Any],
    names: dict[str, Any],
    again: bool,
) -> dict[str, Any]:
    """The names for the template. Until something was typed, those that the flow gave come first."""
    if again:
        return {**context, **names}
    given = dict(page.context) if isinstance(page, Template) else {}
    return {**names, **given, **context}


def _refuse_markup(page: str | Template | Html) -> None:
    if isinstance(page, Html):
        raise TypeError(
            "ask(html(...), into=...) has no place for `errors` and `typed`: "
            "give a template's name, or ask without into="
        )


def manner_of(
    step: str | None, timeout: float | timedelta | None, private: bool | None, repeat: Repeat
) -> Manner:
    """How a page may be answered, from what ``ask`` was given.

    Errors:
        ValueError: something in it is none of what there is.
        TypeError: the timeout is no time.
    """
    if repeat not in _REPEATS:
        raise ValueError(f'repeat={repeat!r}: it is "same", "run" or "never"')
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    if seconds is not None and not (isinstance(seconds, int | float) and seconds == seconds):
        raise TypeError(f"timeout={timeout!r}: give seconds or a timedelta")
    return Manner(checked_step(step) if step is not None else None, seconds, private, repeat)


def asked_of(
    page: str | Template | Html,
    context: dict[str, Any],
    manner: Manner,
    again: bool = False,
    mail: Mail | None = None,
) -> Asked:
    """What is asked, from what ``ask`` was given."""
    shown = shown_page(page, context)
    return Asked(shown, manner.step or step_of(shown), manner, again, mail)


def shown_page(page: str | Template | Html, context: dict[str, Any]) -> Template | Html:
    """The page that ``ask`` was given, with the names for it.

    Errors:
        TypeError: it is none.
    """
    match page:
        case str():
            if "<" in page:
                raise TypeError(f"ask({page!r:.40}): a text names a template; give markup as ask(html(...))")
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
