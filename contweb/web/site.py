"""What is served, seen from outside: an app's own routes and those of the apps it includes, in one map."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from werkzeug.exceptions import BadHost, HTTPException
from werkzeug.routing import Map, MapAdapter, Rule

from contweb.web.hooks import Around
from contweb.web.mounts import Mount
from contweb.web.templates import Templates

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


@dataclass(frozen=True, slots=True)
class Route:
    """A rule, and the function that is reached by it."""

    rule: str
    endpoint: str
    methods: frozenset[str]
    function: Callable[..., Any]
    home: str  # name of the app that it belongs to
    is_flow: bool
    private: bool | None = None  # whether a flow's pages are for one browser; None: as its app says


class _Rule(Rule):
    """A rule of the map, which knows its route: a function may have several."""

    def __init__(self, route: Route) -> None:
        super().__init__(route.rule, endpoint=route.endpoint, methods=route.methods)
        self.route = route


def checked_rule(rule: object, methods: Iterable[str], decorator: str) -> frozenset[str]:
    """The methods of a route, when it and they are right.

    Errors:
        TypeError: the rule was forgotten, or the methods are one text.
        ValueError: the rule is none.
    """
    if not isinstance(rule, str):
        name = getattr(rule, "__name__", "rule")
        raise TypeError(f"the rule is missing: write @app.{decorator}('/{name}')")
    if isinstance(methods, str):
        raise TypeError(f"methods={methods!r}: give a list, as [{methods!r}]")
    try:
        Map([Rule(rule)])
    except (ValueError, LookupError, SyntaxError) as error:
        raise ValueError(f"rule={rule!r}: {error}") from None
    return frozenset(method.upper() for method in methods)


class Site:
    """The routes and templates of an app and the apps it includes.

    Arguments:
        routes: all of them; an endpoint is of one function.
        templates: of all of them.
        around: hooks of all of them.
        mounts: other applications, the longest prefix first.
    """

    def __init__(
        self, routes: Iterable[Route], templates: Templates, around: Around, mounts: Sequence[Mount] = ()
    ) -> None:
        self.templates = templates
        self.around = around
        self.mounts = mounts
        self.built: dict[tuple[Any, ...], str] = {}  # of ``url_for``: what makes a URL -> the URL
        self.map = Map([_Rule(route) for route in routes])
        self._endpoints = dict.fromkeys(rule.endpoint for rule in self.map.iter_rules())
        self._full_names: dict[str, list[str]] = {}
        for endpoint in self._endpoints:
            self._full_names.setdefault(endpoint.rpartition(".")[2], []).append(endpoint)

    def match(self, adapter: MapAdapter) -> tuple[Route, Mapping[str, Any]]:
        """The route of a request, and its arguments.

        Errors:
            NotFound, MethodNotAllowed, RequestRedirect: as werkzeug says.
        """
        rule, arguments = adapter.match(return_rule=True)
        return cast(_Rule, rule).route, arguments

    def flow_at(self, environ: WSGIEnvironment, base: str) -> Route | None:
        """The flow that is started at a path (given without a slash at its end), if one is."""
        try:
            adapter = self.map.bind_to_environ(environ)
        except BadHost:
            return None
        for path in (base, base + "/") if base else ("/",):
            for method in ("GET", "POST"):
                route = self._flow(adapter, path, method)
                if route is not None:
                    return route
        return None

    def flow_of(self, path: str) -> Route | None:
        """The same, outside a request."""
        adapter = self.map.bind("localhost")
        return self._flow(adapter, path, "GET") or self._flow(adapter, path, "POST")

    def has_page(self, environ: WSGIEnvironment, path: str) -> bool:
        """Whether something is shown at a path."""
        try:
            self.map.bind_to_environ(environ).match(path, method="GET")
        except HTTPException:
            return False
        return True

    def _flow(self, adapter: MapAdapter, path: str, method: str) -> Route | None:
        try:
            rule, _ = adapter.match(path, method=method, return_rule=True)
        except HTTPException:
            return None
        route = cast(_Rule, rule).route
        return route if route.is_flow else None

    def endpoint(self, name: str, home: str) -> str:
        """The full name of an endpoint. A function's name is enough where one function has it, or one of the
        app that is running.

        Errors:
            LookupError: several have it.
        """
        if f"{home}.{name}" in self._endpoints:
            return f"{home}.{name}"
        if name in self._endpoints:
            return name
        found = self._full_names.get(name, [name])
        if len(found) > 1:
            raise LookupError(f"url_for({name!r}): several functions have this name; write one of {found}")
        return found[0]
