"""What a reply to a page comes to before anything is run: refused, known already, or to be run now."""

from __future__ import annotations

import secrets
from time import perf_counter
from typing import NamedTuple

from werkzeug.exceptions import NotFound

from contweb.stores.base import Page, Taken
from contweb.web.answers import Answer, as_bytes
from contweb.web.claims import tries
from contweb.web.current import Turn
from contweb.web.places import Place, base_of
from contweb.web.records import Rules, rules_for_answering
from contweb.web.refusals import AnsweredBefore, Busy, LastPage, OtherBrowser, PageGone
from contweb.web.watching import note_waited

LATE = "late"  # the key of all replies that come too late


class Reply(NamedTuple):
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
    page = turn.backing.store.load(place.token)
    if page is None:
        raise PageGone("expired", place.base or "/")
    _note(turn, place, page)
    return page


def _note(turn: Turn, place: Place, page: Page) -> None:
    if base_of(page.path) != place.base or page.step != place.step:
        raise NotFound()
    turn.page = page


def checked(turn: Turn, place: Place, page: Page | None = None) -> tuple[Page, Rules]:
    """The page at a place, which is to be answered, and the rules for that.

    Arguments:
        page: that is there, if that is known.

    Errors:
        PageGone, NotFound: as ``load``.
        LastPage: it asks nothing.
        OtherBrowser: it is private, and was not shown in this browser.
    """
    if page is None:
        page = load(turn, place)
    else:
        _note(turn, place, page)
    if page.frames is None:
        raise LastPage()
    rules = rules_for_answering(turn.backing, page)
    refuse_others(turn, page, rules)
    turn.answering = True
    return page, rules


def refuse_others(turn: Turn, page: Page, rules: Rules) -> None:
    """Refuse a browser that a private page was not shown in.

    Errors:
        OtherBrowser: it is another.
    """
    if rules.browser is not None:
        known = turn.visitor.fingerprint()
        if known != rules.browser:
            raise OtherBrowser(page.path, keeps_cookies=known is not None)


def is_late(turn: Turn, page: Page) -> bool:
    """Whether the page's time is over."""
    return page.expires is not None and page.expires <= turn.backing.clock.now()


def single_name(rules: Rules) -> str:
    """The name of the record that says that an ask was answered, which can be only once."""
    return f"answered:{rules.single}"


def reply_of(turn: Turn, link: str | None) -> Reply:
    """The reply in a request to a page of ours.

    Errors:
        HTTPException: there is none to be made of it.
    """
    assert turn.key is not None
    given = turn.request.answer
    key = turn.key.digest(as_bytes(given))
    if link is not None:
        key = link if turn.request.method == "GET" else f"{link}:{key}"
    return Reply(key, given, link)


def taken(turn: Turn, place: Place, reply: Reply, owner: str) -> tuple[Page, Rules, Reply] | str:
    """The token that a reply led to already; or its page, and the reply as it is to be run, which may be
    late: then the conversation is ours.

    Errors:
        HTTPException: the page cannot be answered so.
        Busy: another step of the conversation takes too long.
    """
    found = _take(turn, place, reply, owner)
    try:
        page, rules = checked(turn, place, found.page)
        known = found.outcome or _outcome_or_reply(turn, page, rules, reply)
    except BaseException:
        if found.claimed:
            turn.backing.claims.give_back(found.page.conversation, owner)
        raise
    if isinstance(known, Reply):
        return page, rules, known
    if found.claimed:
        turn.backing.claims.give_back(page.conversation, owner)
    return known


def _take(turn: Turn, place: Place, reply: Reply, owner: str) -> Taken:
    waited = 0.0
    for _ in tries(turn.app.wait):
        found = turn.backing.claims.take(place.token, reply.key, owner)
        if found is None:
            raise PageGone("expired", place.base or "/")
        if found.claimed or found.outcome is not None:
            if waited:
                note_waited(turn, perf_counter() - waited)
            return found
        waited = waited or perf_counter()
    note_waited(turn, perf_counter() - waited)
    turn.answering = True  # when it is its turn
    raise Busy("Another step of what you are doing here is still running, perhaps one of another tab.")


def _outcome_or_reply(turn: Turn, page: Page, rules: Rules, reply: Reply) -> str | Reply:
    """What a reply that is not known itself comes to, now that nobody else runs a step."""
    if page.retired:
        raise PageGone("passed", page.path)
    store = turn.backing.store
    late = is_late(turn, page)
    known = store.outcome(page.token, LATE) if late else None
    if known is not None:
        return known
    if rules.single and single_name(rules) in store.records(page.conversation):
        raise AnsweredBefore()
    if late:
        return reply._replace(key=LATE)
    return reply._replace(key=f"{reply.key}:{secrets.token_hex(8)}") if rules.repeat == "run" else reply
