"""Starting a flow, showing a page, answering a page: what a request to a flow does."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from time import perf_counter
from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from contweb.errors import ChangedCodeError, ClaimLostError, ContinuationError
from contweb.state.continuation import Continuation, launch
from contweb.stores.base import Page, Step
from contweb.stores.owner import new_owner
from contweb.web.answers import Answer, digest
from contweb.web.backing import Backing, seal_context
from contweb.web.claims import tries
from contweb.web.current import Turn
from contweb.web.pages import draw
from contweb.web.places import Place, base_of, url_of
from contweb.web.refusals import Busy, LastPage, PageGone
from contweb.web.run import Landing, Run, new_conversation
from contweb.web.site import Route

log = logging.getLogger("contweb")


def start(turn: Turn, route: Route, arguments: Mapping[str, Any]) -> Response:
    """Run a flow from its beginning to its first page, and send the visitor there."""
    backing = turn.app.backing
    conversation, owner = new_conversation(), new_owner()
    path = turn.request.path
    run = Run(turn, backing, conversation=conversation, path=path, parent=None, home=route.home)
    backing.claims.take(conversation, owner)  # also: a store that is down says so before anything has run
    began = perf_counter()
    with backing.claims.kept(conversation, owner):
        landing = run.landing(launch(route.function, (), dict(arguments), on_suspend=run.suspended))
        _complete(turn, Step(conversation, owner, pages=(landing.page,)))
    _log_step(landing.page, "start", began)
    return _send(turn, landing)


def show(turn: Turn, place: Place) -> Response:
    """Draw a page again, from what is kept. Nothing is run."""
    backing = turn.app.backing
    page = _load(turn, place)
    if page.retired:
        return _to_newest(turn, page)
    _refuse_late(backing, page)
    return draw(turn, _open(backing, page, b"shown", page.shown), page.step)


def answer(turn: Turn, place: Place) -> Response:
    """Resume the flow with an answer, once, and send the visitor to the next page."""
    backing = turn.app.backing
    page = _load(turn, place)
    if page.frames is None:
        raise LastPage()
    turn.answering = True
    given = turn.request.answer
    key, owner = digest(given), new_owner()
    known = _outcome_or_claim(turn, place, page, key, owner)
    if known is not None:
        return _to_token(turn, known)
    began = perf_counter()
    with backing.claims.kept(page.conversation, owner):
        landing = _resume(turn, page, given)
        step = Step(page.conversation, owner, (landing.page,), page.token, key, landing.page.token)
        known = _complete(turn, step)
    _log_step(landing.page, page.step, began)
    return _to_token(turn, known) if known else _send(turn, landing)


def _outcome_or_claim(turn: Turn, place: Place, page: Page, key: str, owner: str) -> str | None:
    """The token that this answer led to already; or None, and the conversation is ours.

    Errors:
        Busy: another step of the conversation takes too long.
    """
    backing = turn.app.backing
    waited = False
    for _ in tries(turn.app.wait):
        if backing.claims.take(page.conversation, owner):
            break
        waited = True
        known = backing.store.outcome(page.token, key)
        if known is not None:
            return known
    else:
        raise Busy()
    try:
        known = backing.store.outcome(page.token, key)
        if known is None:
            _refuse_late(backing, _load(turn, place) if waited else page)
    except BaseException:
        backing.claims.give_back(page.conversation, owner)
        raise
    if known is not None:
        backing.claims.give_back(page.conversation, owner)
    return known


def _resume(turn: Turn, page: Page, given: Answer) -> Landing:
    backing = turn.app.backing
    home, frame = _open(backing, page, b"frames", page.frames or b"")
    run = Run(turn, backing, conversation=page.conversation, path=page.path, parent=page.token, home=home)
    turn.resumed = Continuation(frame)
    return run.landing(turn.resumed.resume(given, on_suspend=run.suspended))


def _complete(turn: Turn, step: Step) -> str | None:
    """Complete a step. If its claim was lost meanwhile: the token that another run of this answer led to.

    Errors:
        Busy: the claim was lost, and nobody has completed this answer.
    """
    store = turn.app.backing.store
    try:
        store.complete(step)
    except ClaimLostError:
        log.warning("conversation %.8s: the claim was lost while a step ran", step.conversation)
        known = store.outcome(step.answered, step.answer) if step.answered else None
        if known is None:
            raise Busy() from None
        return known
    return None


def _load(turn: Turn, place: Place) -> Page:
    """The page at a place whose token was found to be ours."""
    page = turn.app.backing.store.load(place.token)
    if page is None:
        raise PageGone("expired", place.base or "/")
    if base_of(page.path) != place.base or page.step != place.step:
        raise NotFound()
    return page


def _refuse_late(backing: Backing, page: Page) -> None:
    if page.retired:
        raise PageGone("passed")
    if page.expires is not None and page.expires <= backing.clock.now():
        raise PageGone("expired", page.path)


def _open(backing: Backing, page: Page, what: bytes, data: bytes) -> Any:
    """What stands in a page's sealed bytes. Bytes that are not ours are refused like an unknown token."""
    try:
        return backing.codec.load(data, seal_context(what, page))
    except ChangedCodeError as error:
        log.warning("page %.8s: %s", page.token, error)
        raise PageGone("changed", page.path) from error
    except ContinuationError as error:
        log.error("page %.8s was refused: %s", page.token, error)
        raise NotFound() from error


def _send(turn: Turn, landing: Landing) -> Response:
    return _see_other(landing.elsewhere or url_of(turn.root, landing.page))


def _to_token(turn: Turn, token: str) -> Response:
    page = turn.app.backing.store.load(token)
    if page is None:
        raise PageGone("expired")
    return _see_other(url_of(turn.root, page))


def _see_other(url: str) -> Response:
    return Response(status=303, headers={"Location": url}, mimetype="text/html")


def _to_newest(turn: Turn, page: Page) -> Response:
    newest = turn.app.backing.store.newest(page.conversation)
    if newest is None:
        raise PageGone("passed", page.path)
    return _to_token(turn, newest)


def _log_step(page: Page, came_from: str, began: float) -> None:
    took = (perf_counter() - began) * 1000
    log.info("conversation %.8s: %s -> %s in %.1f ms", page.conversation, came_from, page.step, took)
