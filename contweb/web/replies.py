"""What a reply to a page comes to before anything is run: refused, known already, or to be run now."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from time import perf_counter

from werkzeug.exceptions import Forbidden, NotFound

from contweb.stores.base import Page
from contweb.web.answers import Answer, digest
from contweb.web.claims import tries
from contweb.web.current import Turn
from contweb.web.places import Place, base_of
from contweb.web.records import Rules
from contweb.web.refusals import AnsweredBefore, Busy, PageGone
from contweb.web.watching import note_waited

LATE = "late"  # the key of all replies that come too late


@dataclass(frozen=True, slots=True)
class Reply:
    """How a visitor answers a page.

    Arguments:
        key: equal for two replies that are to have the same outcome.
        answer: the form that was sent.
        link: id of the link that was followed, or the button that was pressed.
    """

    key: str
    answer: Answer
    link: str | None = None


def load(turn: Turn, place: Place) -> Page:
    """The page at a place whose token was found to be ours.

    Errors:
        PageGone: the store has forgotten it.
        NotFound: it stands at another place.
    """
    page = turn.app.backing.store.load(place.token)
    if page is None:
        raise PageGone("expired", place.base or "/")
    if base_of(page.path) != place.base or page.step != place.step:
        raise NotFound()
    turn.page = page
    return page


def _refuse_retired(page: Page) -> None:
    if page.retired:
        raise PageGone("passed", page.path)


def refuse_others(turn: Turn, rules: Rules) -> None:
    """Refuse a browser that a private page was not shown in.

    Errors:
        Forbidden: it is another.
    """
    if rules.browser is not None and rules.browser != turn.visitor.fingerprint():
        raise Forbidden("This page can be used only in the browser that it was opened in.")


def is_late(turn: Turn, page: Page) -> bool:
    """Whether the page's time is over."""
    return page.expires is not None and page.expires <= turn.app.backing.clock.now()


def single_name(rules: Rules) -> str:
    """The name of the record that says that an ask was answered, which can be only once."""
    return f"answered:{rules.single}"


def reply_of(turn: Turn, place: Place, rules: Rules, link: str | None) -> Reply:
    """The reply in a request."""
    given = turn.request.answer
    key = turn.app.backing.tokens.keyed(place.token, place.base, place.step, digest(given))
    if link is not None:
        key = link if turn.request.method == "GET" else f"{link}:{key}"
    if rules.repeat == "run":
        key = f"{key}:{secrets.token_hex(8)}"
    return Reply(key, given, link)


def outcome_or_claim(
    turn: Turn, place: Place, page: Page, rules: Rules, reply: Reply, owner: str
) -> str | Reply:
    """The token that this reply led to already; or the reply, and the conversation is ours.

    Errors:
        Busy: another step of the conversation takes too long.
    """
    backing = turn.app.backing
    waited = 0.0
    for _ in tries(turn.app.wait):
        if backing.claims.take(page.conversation, owner):
            break
        waited = waited or perf_counter()
        known = backing.store.outcome(page.token, reply.key)
        if known is not None:
            return known
    else:
        raise Busy()
    if waited:
        note_waited(turn, perf_counter() - waited)
    try:
        found = _outcome_or_reply(turn, page, rules, reply, place if waited else None)
    except BaseException:
        backing.claims.give_back(page.conversation, owner)
        raise
    if isinstance(found, str):
        backing.claims.give_back(page.conversation, owner)
    return found


def _outcome_or_reply(turn: Turn, page: Page, rules: Rules, reply: Reply, again: Place | None) -> str | Reply:
    """What is known of a reply, now that nobody else runs a step; or the reply to run, which may be late.

    Arguments:
        again: where to look at the page once more, since it may have changed.
    """
    store = turn.app.backing.store
    known = store.outcome(page.token, reply.key)
    if known is not None:
        return known
    page = load(turn, again) if again else page
    _refuse_retired(page)
    late = is_late(turn, page)
    known = store.outcome(page.token, LATE) if late else None
    if known is not None:
        return known
    if rules.single and single_name(rules) in store.records(page.conversation):
        raise AnsweredBefore()
    return replace(reply, key=LATE) if late else reply
