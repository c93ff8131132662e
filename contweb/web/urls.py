"""``url_for``: the URL of a flow's start, a handler, or a static file."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from contweb.web.current import Turn, current_turn

_MOST_BUILT = 2_000  # URLs that are remembered
_SAFE_IN_ANCHOR = "/?:@!$&'()*+,;=-._~"


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
    url = None if _external else _built(turn, endpoint, _method, values)
    if url is None:
        name = turn.app.site.endpoint(endpoint, turn.home)
        url = turn.adapter.build(name, values, method=_method, force_external=_external)
    return url if _anchor is None else f"{url}#{quote(_anchor, safe=_SAFE_IN_ANCHOR)}"


def _built(turn: Turn, endpoint: str, method: str | None, values: dict[str, Any]) -> str | None:
    """A URL that many pages have, built once; None if its values are not plain texts. The same names and
    texts give the same URL below one root."""
    for value in values.values():
        if type(value) is not str:
            return None
    key = (endpoint, turn.home, turn.root, method or turn.environ["REQUEST_METHOD"], *values.items())
    built = turn.app.site.built
    url = built.get(key)
    if url is None:
        name = turn.app.site.endpoint(endpoint, turn.home)
        url = turn.adapter.build(name, values, method=method)
        if len(built) >= _MOST_BUILT:
            built.clear()
        built[key] = url
    return url
