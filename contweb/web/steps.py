"""Starting a flow, showing a page, answering a page: what a request to a flow does."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response

from contweb.errors import ClaimLostError, Expired, StoreUnavailableError
from contweb.state.continuation import Continuation, Finished, Suspended, launch
from contweb.stores.base import Page, Step
from contweb.stores.owner import new_owner
from contweb.web.answers import Answer
from contweb.web.blobs import StoreSink
from contweb.web.clients import client_of, draw_for
from contweb.web.current import Turn
from contweb.web.links import Called, Left, noting
from contweb.web.places import Place, url_of
from contweb.web.records import Kept, Origin, open_frames, open_shown, rules_for_seeing
from contweb.web.refusals import Busy, PageGone
from contweb.web.replies import (
    LATE,
    Reply,
    checked,
    is_late,
    load,
    refuse_others,
    reply_of,
    single_name,
    taken,
)
from contweb.web.responses import see_other
from contweb.web.run import Landing, Run, new_conversation
from contweb.web.site import Route
from contweb.web.talk import Talk
from contweb.web.watching import StepRun, note_asked, note_repeated, watched

log = logging.getLogger("contweb")


def start(turn: Turn, route: Route, arguments: Mapping[str, Any]) -> Response:
    """Run a flow from its beginning to its first page, and send the visitor there."""
    backing = turn.backing
    backing.store.ready()  # or nothing is run
    talk = Talk(backing, new_conversation(), new_owner(), place="start", is_new=True)
    return _with_files(turn, talk.begin, lambda: _started(turn, route, arguments, talk))


def _started(turn: Turn, route: Route, arguments: Mapping[str, Any], talk: Talk) -> Response:
    run = Run(turn, talk, origin=Origin(route.home, bool(route.private)), path=turn.request.path)
    watch = StepRun(talk.name, turn.request.path, "start", "start")
    with watched(turn, watch), talk:
        with noting(run.noted):
            landing = run.landing(launch(route.function, (), dict(arguments), on_suspend=run.suspended))
        _complete(turn, _step(talk, landing))
        watch.landed(landing.pages)
    return _send(turn, landing)


def show(turn: Turn, place: Place) -> Response:
    """Draw a page again, from what is kept. Nothing is run."""
    return _show(turn, load(turn, place))


def _show(turn: Turn, page: Page, *, onward: bool = False) -> Response:
    backing = turn.backing
    refuse_others(turn, page, rules_for_seeing(backing, page))
    if page.retired:
        return _to_newest(turn, page)
    if is_late(turn, page):
        raise PageGone("expired", page.path)
    turn.talk = Talk(backing, page.conversation)
    if not onward:
        note_asked(turn, "works")
        backing.sweeping.seen(page)
    return draw_for(turn, page, open_shown(backing, page), onward=onward)


def answer(turn: Turn, place: Place, link: str | None = None) -> Response:
    """Resume the flow with an answer, once, and send the visitor to the next page.

    Arguments:
        link: id of the link that was followed, or the button that was pressed, instead of answering the
            page's own form.
    """
    return _with_files(
        turn,
        lambda: checked(turn, place)[0].conversation,
        lambda: _answered(turn, place, _reply(turn, place, link)),
    )


def _with_files(turn: Turn, conversation: Callable[[], str], run: Callable[[], Response]) -> Response:
    """Run a step. Files that come with it are kept with the conversation, and go again if the step fails."""
    try:
        turn.request.keep_files(StoreSink(turn.backing.blobs, conversation))
        return run()
    except StoreUnavailableError:
        raise  # it may have completed the step
    except BaseException:
        _drop_files(turn)
        raise


def _reply(turn: Turn, place: Place, link: str | None) -> Reply:
    try:
        return reply_of(turn, link)
    except HTTPException:
        checked(turn, place)  # what is to be said of the page comes before what is wrong with the form
        raise


def _answered(turn: Turn, place: Place, reply: Reply) -> Response:
    owner = new_owner()
    found = taken(turn, place, reply, owner)
    if isinstance(found, str):
        return _to_known(turn, found)
    page, rules, reply = found
    talk = Talk(turn.backing, page.conversation, owner, f"{page.token}:{reply.key}")
    watch = StepRun(page.conversation, page.path, "link" if reply.link else "answer", page.step)
    with watched(turn, watch), talk:
        landing = _go_on(turn, page, reply, talk)
        if rules.single and not landing.again:
            talk.changes[single_name(rules)] = b""
        token = _complete(turn, _step(talk, landing, page, reply.key))
        watch.landed(landing.pages)
    note_asked(turn, "works")
    return _to_known(turn, token) if token else _send(turn, landing)


def _to_known(turn: Turn, token: str) -> Response:
    """Where an answer that was given before led."""
    note_repeated(turn)
    _drop_files(turn)
    return _to_token(turn, token)


def _drop_files(turn: Turn) -> None:
    """Remove the files that came with a request that changed nothing, unless something was recorded at once
    meanwhile: that may name them."""
    if turn.request.sink is not None and not (turn.talk is not None and turn.talk.recorded):
        turn.request.sink.drop()


def _go_on(turn: Turn, page: Page, reply: Reply, talk: Talk) -> Landing:
    """Resume a page's flow with a reply.

    Errors:
        NotFound: the page has no link of this id.
        PageGone: the reply came too late, and the flow has no way of its own to deal with that.
    """
    kept = open_frames(turn.backing, page)
    talk.go_on_from(kept.branch)
    run = Run(
        turn, talk, origin=kept.origin, path=page.path, answered=page, links=kept.links, opened=kept.opened
    )
    value = _value(kept, reply)
    turn.resumed = Continuation(kept.frame)
    with noting(run.noted):
        if reply.key != LATE:
            return run.landing(_resumed(turn.resumed, value, run))
        return run.landing(_throw_expired(turn.resumed, page, reply, run))


def _resumed(continuation: Continuation, value: Answer | Called, run: Run) -> Suspended | Finished:
    try:
        return continuation.resume(value, on_suspend=run.suspended)
    except Left:
        raise RuntimeError(
            "the link leads to a step of a wizard, and stands on a page outside of it"
        ) from None


def _throw_expired(continuation: Continuation, page: Page, reply: Reply, run: Run) -> Suspended | Finished:
    expired = Expired(reply.answer)
    try:
        return continuation.throw(expired, on_suspend=run.suspended)
    except Expired as error:
        if error is not expired:
            raise
        raise PageGone("expired", page.path) from error


def _value(kept: Kept, reply: Reply) -> Answer | Called:
    if reply.link is None:
        return reply.answer
    for link in kept.links:
        if link.id == reply.link:
            return Called(link.function, link.args, link.kwargs)
    raise NotFound()


def _step(talk: Talk, landing: Landing, answered: Page | None = None, key: str = "") -> Step:
    """What a run changed, to be completed."""
    return Step(
        talk.name,
        talk.owner,
        pages=landing.pages,
        answered=answered.token if answered else None,
        answer=key,
        records=talk.changes,
        retire=tuple(talk.retire),
        retire_all=talk.forgets,
    )


def _complete(turn: Turn, step: Step) -> str | None:
    """Complete a step. If its claim was lost meanwhile: the token that another run of this answer led to.

    Errors:
        Busy: the claim was lost, and nobody has completed this answer.
    """
    store, plans = turn.backing.store, turn.backing.plans
    if plans.pending or step.pages[0].created >= plans.again:
        plans.keep(step.pages[0].created)
    try:
        store.complete(step)
    except ClaimLostError:
        log.warning("conversation %.8s: the claim was lost while a step ran", step.conversation)
        known = store.outcome(step.answered, step.answer) if step.answered else None
        if known is None:
            raise Busy() from None
        return known
    return None


def _send(turn: Turn, landing: Landing) -> Response:
    if client_of(turn.request) != "browser":
        return draw_for(turn, landing.page, turn.backing.codec.decode(landing.shown), onward=True)
    return see_other(landing.elsewhere or url_of(turn.root, landing.page))


def _to_token(turn: Turn, token: str) -> Response:
    page = turn.backing.store.load(token)
    if page is None:
        raise PageGone("expired")
    if client_of(turn.request) != "browser":
        return _show(turn, page, onward=True)
    return see_other(url_of(turn.root, page))


def _to_newest(turn: Turn, page: Page) -> Response:
    newest = turn.backing.store.newest(page.conversation)
    if newest is None:
        raise PageGone("passed", page.path)
    return _to_token(turn, newest)
