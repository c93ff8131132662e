"""What an app serves, seen from outside: its own routes and those of the apps it includes, under one URL
map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, MapAdapter, RequestRedirect, Rule
from werkzeug.utils import send_from_directory
from werkzeug.wrappers import Response

from contweb.web.current import current_turn, request, session
from contweb.web.templates import Templates

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

STATIC = "static"


@dataclass(frozen=True, slots=True)
class Route:
    """A rule, and the function that is reached by it."""

    rule: str
    endpoint: str
    methods: frozenset[str]
    function: Callable[..., Any]
    home: str  # name of the app that it belongs to
    is_flow: bool


class Site:
    """The routes, templates and static folders of an app and the apps it includes.

    Arguments:
        routes: all of them; endpoints are unique.
        templates: name of each app -> its template folder, the site's own first.
        static: static folders, the site's own first.
        debug: whether changed templates are looked for.
    """

    def __init__(
        self, routes: list[Route], templates: Mapping[str, Path], static: list[Path], *, debug: bool
    ) -> None:
        self.routes = {route.endpoint: route for route in routes}
        self._static = [folder for folder in static if folder.is_dir()]
        rules = [Rule(route.rule, endpoint=route.endpoint, methods=route.methods) for route in routes]
        if self._static and STATIC not in self.routes:
            route = Route(
                "/static/<path:filename>", STATIC, frozenset(("GET", "OPTIONS")), self._send, "", False
            )
            self.routes[STATIC] = route
            rules.append(Rule(route.rule, endpoint=STATIC, methods=route.methods))
        self.map = Map(rules)
        self._full_names: dict[str, list[str]] = {}
        for endpoint in self.routes:
            self._full_names.setdefault(endpoint.rpartition(".")[2], []).append(endpoint)
        names = {"url_for": url_for, "request": request, "session": session}
        self.templates = Templates(templates, names, debug=debug)

    def match(self, adapter: MapAdapter) -> tuple[Route, Mapping[str, Any]]:
        """The route of a request, and its arguments.

        Errors:
            NotFound, MethodNotAllowed, RequestRedirect: as werkzeug says.
        """
        endpoint, arguments = adapter.match()
        return self.routes[endpoint], arguments

    def has_flow_at(self, environ: WSGIEnvironment, base: str) -> bool:
        """Whether a flow is started at a path (given without a slash at its end)."""
        adapter = self.map.bind_to_environ(environ)
        return any(self._is_flow(adapter, path) for path in ((base, base + "/") if base else ("/",)))

    def _is_flow(self, adapter: MapAdapter, path: str) -> bool:
        try:
            return self.routes[adapter.match(path, method="GET")[0]].is_flow
        except (RequestRedirect, NotFound):
            return False

    def endpoint(self, name: str, home: str) -> str:
        """The full name of an endpoint. A function's name is enough where one function has it, or one of the
        app that is running.

        Errors:
            LookupError: several have it.
        """
        if f"{home}.{name}" in self.routes:
            return f"{home}.{name}"
        if name in self.routes:
            return name
        found = self._full_names.get(name, [name])
        if len(found) > 1:
            raise LookupError(f"url_for({name!r}): several functions have this name; write one of {found}")
        return found[0]

    def _send(self, filename: str) -> Response:
        environ = current_turn().request.environ
        for folder in self._static:
            try:
                return send_from_directory(folder, filename, environ, max_age=None)
            except NotFound:
                continue
        raise NotFound()


def url_for(
    endpoint: str,
    /,
    *,
    _external: bool = False,
    _anchor: str | None = None,
    _method: str | None = None,
    **values: Any,
) -> str:
    """The URL of a flow's start or of a handler.

    Arguments:
        endpoint: the function's name; ``app.function`` if several apps have a function of that name;
            ``"static"`` with ``filename=`` for a file of the static folder.
        values: for the variables of its rule; what is over goes into the query.
        _external: with scheme and host, as for a mail.
        _anchor: what stands after ``#``.
        _method: for an endpoint with several rules.

    Errors:
        werkzeug.routing.BuildError: there is no such endpoint, or a value is missing; it names the nearest.
        LookupError: several functions have this name.
        RuntimeError: no request is being answered.

    Example:
        ``url_for("order", sku="A-1")`` is ``"/order/A-1"``
    """
    turn = current_turn()
    name = turn.app.site.endpoint(endpoint, turn.home)
    url = turn.adapter.build(name, values, method=_method, force_external=_external)
    return url if _anchor is None else f"{url}#{_anchor}"
