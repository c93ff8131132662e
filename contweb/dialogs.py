"""Sub-flows that many sites need, as functions: messages, questions, choices, texts, long lists in pages,
steps with a way back, and a login in the middle of a flow.

    from contweb.dialogs import choose, confirm

    size = choose("Which size?", ["small", "large"])
    if not confirm(f"Order a {size} one?"):
        return

Their pages are the framework's; an app has its own by templates of the same names
(``contweb/dialogs/confirm.html``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, TypeVar

from contweb.runtime.registry import flow
from contweb.web.answers import Answer
from contweb.web.current import session
from contweb.web.flow import ask
from contweb.web.links import Left, Link, link
from contweb.web.mailed import ask_by_mail
from contweb.web.pages import page
from contweb.web.wording import say

__all__ = [
    "Navigation",
    "Way",
    "ask_by_mail",
    "choose",
    "confirm",
    "inform",
    "paginate",
    "request_text",
    "require_login",
    "wizard",
]

Option = TypeVar("Option")
_LONGEST = 10_000


@flow
def inform(message: str, /, *, button: str | None = None) -> None:
    """Show a message until the visitor has read it.

    Example:
        ``inform("Your seat is kept for ten minutes.")``
    """
    ask("contweb/dialogs/inform.html", message=message, button=button)


@flow
def confirm(question: str, /, *, yes: str | None = None, no: str | None = None) -> bool:
    """Ask a question that is answered by yes or no.

    Arguments:
        yes, no: what stands on the buttons.

    Example:
        ``if confirm("Delete the file?", yes="Delete", no="Keep"): ...``
    """
    answer = ask("contweb/dialogs/confirm.html", question=question, yes=yes, no=no)
    return bool(answer.get("answer") == "yes")


@flow
def choose(question: str, options: Mapping[str, Option] | Sequence[Option], /) -> Option:
    """Ask for one of some options, until it is one.

    Arguments:
        options: what is chosen from, shown by their texts; or text -> what is returned for it.

    Example:
        ``day = choose("Which day?", {"Today": today, "Tomorrow": today + days(1)})``
    """
    pairs = list(options.items()) if isinstance(options, Mapping) else [(str(each), each) for each in options]
    if not pairs:
        raise ValueError(f"choose({question!r}): there is nothing to choose from")
    errors: dict[str, str] = {}
    while True:
        answer = ask(
            "contweb/dialogs/choose.html", question=question, texts=[text for text, _ in pairs], errors=errors
        )
        for number, (_, option) in enumerate(pairs):
            if answer.get("choice") == str(number):
                return option
        errors = {"choice": say("Choose one of these.")}


@flow
def request_text(
    question: str,
    /,
    *,
    typed: str = "",
    check: Callable[[str], Any] | None = None,
    hint: str = "",
    lines: int = 1,
    longest: int = _LONGEST,
) -> Any:
    """Ask for a text, until one is typed and the check lets it pass.

    Arguments:
        typed: stands in the field at first.
        check: gets the text without blanks around it; what it returns is the result. It raises ``ValueError``
            with what to tell the visitor.
        hint: what to type.
        lines: height of the field.
        longest: characters that are let pass.

    Example:
        ``age = request_text("How old are you?", check=whole_number)``
    """
    errors: dict[str, str] = {}
    while True:
        names: dict[str, Any] = {"typed": typed, "hint": hint, "lines": lines, "errors": errors}
        typed = ask(page("contweb/dialogs/text.html", **names), question=question)["text"].strip()
        try:
            return _checked(typed, check, longest)
        except ValueError as error:
            errors = {"text": str(error)}


def _checked(typed: str, check: Callable[[str], Any] | None, longest: int) -> Any:
    if not typed:
        raise ValueError(say("Fill this in."))
    if len(typed) > longest:
        raise ValueError(say("At most %(longest)s characters fit here.", longest=longest))
    return typed if check is None else check(typed)


@dataclass(frozen=True)
class _Turned:
    """What a link to another page of a list leads to."""

    number: int


def _turn_to(number: int) -> _Turned:
    return _Turned(number)


@flow
def paginate(template: str, items: Sequence[Any], /, *, size: int = 20, **context: Any) -> Any:
    """Show a long list page by page, until the visitor does something else there than turning a page.

    Arguments:
        template: its name. It has ``items`` (those of this page), ``number`` (from 1), ``pages`` (how many
            there are), and the links ``previous`` and ``next``, which are None where there is none.
        size: how many items stand on one page.
        context: more names for the template.

    Returns:
        What ``ask`` returns: the form that was sent, or what another link of the page led to.

    Example:
        ``chosen = paginate("cities.html", [(city, link(pick, city)) for city in cities])``
    """
    if size < 1:
        raise ValueError(f"paginate(size={size}): at least one item stands on a page")
    pages = max(1, -(-len(items) // size))
    at = 0
    while True:
        answer = ask(
            template,
            items=items[at * size : at * size + size],
            number=at + 1,
            pages=pages,
            previous=link(_turn_to, at - 1) if at else None,
            next=link(_turn_to, at + 1) if at + 1 < pages else None,
            **context,
        )
        if not isinstance(answer, _Turned):
            return answer
        at = answer.number


@dataclass(frozen=True)
class Way:
    """One step of a wizard, as a template shows it.

    Arguments:
        name: of the step.
        state: ``"done"``, ``"now"`` or ``"ahead"``.
        link: leads back to it; None if it was not done yet.
    """

    name: str
    state: str
    link: Link | None


@dataclass(frozen=True)
class Navigation:
    """Where a wizard stands, for its templates.

    Arguments:
        ways: its steps.
        back: leads to the step before; None on the first.
    """

    ways: tuple[Way, ...]
    back: Link | None


def _go_to(wizard: str, place: int) -> None:
    raise Left(wizard, place)


@flow
def wizard(steps: Mapping[str, Callable[[dict[str, Any], Navigation], Any]], /) -> dict[str, Any]:
    """Go through steps, with a list of them and a way back on each page.

    Each step is a flow: it is called with what the steps have given so far, by their names, and with the
    navigation, which it gives to its template (``contweb/dialogs/steps.html`` shows it). A step that one
    comes back to finds what it gave before, to show it as typed.

    Arguments:
        steps: name -> flow, in order.

    Returns:
        What each step returned.

    Example:
        ``done = wizard({"Name": ask_name, "Address": ask_address, "Confirm": look_over})``
    """
    names = list(steps)
    mine = token_urlsafe(8)  # a step may be a wizard itself, and show both navigations
    done: dict[str, Any] = {}
    place = furthest = 0
    while place < len(names):
        step = steps[names[place]]
        try:
            done[names[place]] = step(done, _navigation(mine, names, place, furthest))
            place += 1
        except Left as gone:
            if gone.args[0] != mine:
                raise
            place = gone.args[1]
        furthest = max(place, furthest)
    return done


def _navigation(wizard: str, names: list[str], place: int, furthest: int) -> Navigation:
    ways = []
    for number, name in enumerate(names):
        state = "now" if number == place else "done" if number < furthest else "ahead"
        there = link(_go_to, wizard, number) if number != place and number <= furthest else None
        ways.append(Way(name, state, there))
    return Navigation(tuple(ways), link(_go_to, wizard, place - 1) if place else None)


@flow
def require_login(
    check: Callable[[str, str], Any], /, *, template: str = "contweb/dialogs/login.html", key: str = "user"
) -> Any:
    """The user; first a login, if nobody is logged in. A subroutine: the flow goes on as before.

    Arguments:
        check: gets name and password; returns what stands for the user in the session (something that JSON
            can hold), or None.
        template: with the fields ``name`` and ``password``; it has ``typed`` and ``errors``.
        key: under which the session keeps the user. ``session.pop(key)`` logs out.

    Example:
        ``user = require_login(accounts.check)``
    """
    typed = Answer()
    errors: dict[str, str] = {}
    while True:
        user = session.get(key)
        if user is not None:
            return user
        # Sent once more, it logs in once more: somebody may have logged out meanwhile.
        name, password = _name_and_password(ask(template, repeat="run", typed=typed, errors=errors))
        user = check(name, password)
        if user is not None:
            session[key] = user
            return user
        typed, errors = Answer([("name", name)]), {"name": say("Name or password is wrong.")}


def _name_and_password(answer: Answer) -> tuple[str, str]:
    return answer["name"], answer["password"]
