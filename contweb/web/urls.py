"""``url_for``: the URL of a flow's start, a handler, or a static file."""

from __future__ import annotations

from typing import Any

from contweb.web.current import current_turn


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
