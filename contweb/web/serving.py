"""From a request to its response: which of showing, answering, starting and handling it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from werkzeug.exceptions import HTTPException, MethodNotAllowed, ServiceUnavailable
from werkzeug.sansio.utils import get_host
from werkzeug.wrappers import Response

from contweb.web import failures, steps
from contweb.web.current import Turn
from contweb.web.guards import add_headers, is_prefetch, refuse_cross_site
from contweb.web.links import Noted, id_in_query, is_button, noting
from contweb.web.pages import response_of
from contweb.web.places import Place, looks_like_one, place_of
from contweb.web.refusals import NoSuchPage
from contweb.web.session import write_session
from contweb.web.site import Route

_PAGE_METHODS = ["GET", "HEAD", "POST", "OPTIONS"]


def serve(turn: Turn) -> Response:
    """The response to a request, whatever happens."""
    try:
        response, flow = _dispatch(turn)
    except Exception as error:
        response, flow = failures.respond(turn, error), True
    try:
        response = _after(turn, response)
        _write_cookies(turn, response)
    except Exception as error:
        response, flow = failures.respond(turn, error), True
    add_headers(response, flow=flow)
    return response


def _dispatch(turn: Turn) -> tuple[Response, bool]:
    """The response, and whether it belongs to a flow."""
    refuse_cross_site(turn.request)
    if turn.app.trusted_hosts is not None:
        get_host(turn.request.scheme, turn.environ.get("HTTP_HOST"), None, turn.app.trusted_hosts)
    site = turn.app.site
    try:
        place = _issued_place(turn)
        if place is None:
            route, arguments = site.match(turn.adapter)
    except HTTPException:
        early = _before(turn)
        if early is None:
            raise
        return early, False
    if place is not None:
        if site.around.of_parts:
            flow = site.flow_at(turn.environ, place.base)
            turn.home = flow.home if flow is not None else turn.home
        return _before(turn) or _continue(turn, place), True
    turn.home = route.home or turn.home
    if turn.request.method == "OPTIONS":
        return _options(turn.adapter.allowed_methods()), False
    early = _before(turn)
    if early is not None:
        return early, route.is_flow
    if route.is_flow:
        return _start(turn, route, dict(arguments)), True
    return _handle(turn, route, arguments), False


def _handle(turn: Turn, route: Route, arguments: Mapping[str, object]) -> Response:
    """What an ordinary handler answers."""
    with noting(Noted(())) as noted:
        response = response_of(turn, route.function(**arguments), route.endpoint)
    if noted.printed:
        raise TypeError(
            f"the page of {route.endpoint} has links to call, but no flow goes on there: ask it in a flow"
        )
    return response


def _before(turn: Turn) -> Response | None:
    """The response that a hook gives instead of what was asked for."""
    for function in turn.app.site.around.before(turn.home):
        result = function()
        if result is not None:
            return response_of(turn, result, function.__name__)
    return None


def _after(turn: Turn, response: Response) -> Response:
    for function in turn.app.site.around.after(turn.home):
        result = function(response)
        if result is None:
            continue
        if not isinstance(result, Response):
            kind = type(result).__name__
            raise TypeError(
                f"{function.__name__} returned {kind}; return the response, another one, or nothing"
            )
        response = result
    return response


def _issued_place(turn: Turn) -> Place | None:
    """The place of a continuation URL whose token is ours; None for any other URL.

    Errors:
        NotFound: it has the form of a continuation URL, or is a damaged one under a flow's path, but is none
            of ours. It is never taken for a flow's start.
    """
    path = turn.request.path
    place = place_of(path)
    if place is not None:
        turn.key = turn.backing.tokens.key_of(place.token, place.base, place.step)
        if turn.key is not None:
            return place
        raise NoSuchPage(place.base or "/")
    base = looks_like_one(path)
    if base is not None and turn.app.site.flow_at(turn.environ, base) is not None:
        raise NoSuchPage(base or "/")
    return None


def _continue(turn: Turn, place: Place) -> Response:
    match turn.request.method:
        case "GET" | "HEAD":
            link = id_in_query(turn.request.query_string)
            return steps.show(turn, place) if link is None else _follow(turn, place, link)
        case "POST":
            return steps.answer(turn, place, id_in_query(turn.request.query_string))
        case "OPTIONS":
            return _options(_PAGE_METHODS)
    raise MethodNotAllowed(_PAGE_METHODS)


def _follow(turn: Turn, place: Place, link: str) -> Response:
    """Follow a link, unless nobody has clicked on it."""
    if is_button(link):
        raise MethodNotAllowed(["POST", "OPTIONS"])
    return _only_looked_at(turn) or steps.answer(turn, place, link)


def _start(turn: Turn, route: Route, arguments: dict[str, object]) -> Response:
    """Start a flow, unless nobody has come yet who wants it."""
    return _only_looked_at(turn) or steps.start(turn, route, arguments)


def _only_looked_at(turn: Turn) -> Response | None:
    """The response to a HEAD of what runs a step; None for a request that means it.

    Errors:
        ServiceUnavailable: it is asked for only in case its visitor will want it.
    """
    if turn.request.method == "HEAD":
        return Response(mimetype="text/html")
    if is_prefetch(turn.request):
        raise ServiceUnavailable("Nothing is prepared before a visitor comes.")
    return None


def _options(methods: Iterable[str]) -> Response:
    response = Response()
    response.allow.update(methods)
    return response


def _write_cookies(turn: Turn, response: Response) -> None:
    if "session" in turn.__dict__:
        write_session(turn.backing.sealer, turn.session, turn.request, response)
    if "visitor" in turn.__dict__:
        turn.visitor.write(response)
