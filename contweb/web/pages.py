"""What a visitor is shown: pages, and how they are kept and drawn.

A page is kept as a *section*: a plain tuple ``(home, kind, ...)``, so that showing it needs nothing of the
flow's frames. ``home`` is the name of the app whose templates come first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import werkzeug.exceptions
import werkzeug.utils
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response

from contweb.web.current import Turn
from contweb.web.links import Link, links_in
from contweb.web.places import step_name
from contweb.web.responses import html_response
from contweb.web.templates import POLICY

Section = tuple[Any, ...]
_DONE = "contweb/done.html"


@dataclass(frozen=True, slots=True)
class Template:
    """A page made of a template and the names it is drawn with. ``page(...)`` makes one."""

    name: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Html:
    """A page given as finished markup. ``html(...)`` makes one."""

    markup: str
    links: tuple[Link, ...] = field(default=(), repr=False, compare=False)  # that stand in it


def page(template: str, /, **context: Any) -> Template:
    """A page made of a template: what a flow or a handler returns, or passes to ``ask``.

    Arguments:
        template: name of a template in the app's template folder.
        context: names for the template.

    Example:
        ``return page("done.html", name=name)``
    """
    return Template(template, context)


def html(markup: str, /) -> Html:
    """A page given as finished HTML. Nothing is escaped: do not put in what a visitor typed as it is.

    Example:
        ``ask(html("<form method='post'><input name='n'></form>"))``
    """
    text = str(markup)
    return Html(text, links_in(text))


def redirect(location: str, code: int = 303) -> Response:
    """A response that sends the browser to another URL, by GET (303) unless another code is given.

    Example:
        ``return redirect(url_for("home"))``
    """
    return werkzeug.utils.redirect(location, code)


def abort(status: int | Response, *args: Any, **kwargs: Any) -> NoReturn:
    """Stop here, and show the visitor this status. In a flow, the page that was answered stays answerable.

    Arguments:
        status: an HTTP status from 400 on, or a whole response.
        args, kwargs: for the werkzeug exception of that status; the first is a description for the visitor.

    Example:
        ``abort(403, "This order belongs to somebody else.")``
    """
    werkzeug.exceptions.abort(status, *args, **kwargs)


def step_of(value: object) -> str:
    """The step's name in the URL, for a page that is asked or returned."""
    return step_name(value.name) if isinstance(value, Template) else "page"


def section_of(value: object, home: str, who: str) -> Section:
    """What a flow returned or asked, as it is kept.

    Arguments:
        who: returned it.

    Errors:
        TypeError: it is nothing that can be shown.
    """
    match value:
        case Template(name, context):
            return (home, "template", name, dict(context))
        case Html(markup=markup) | str(markup):
            return (home, "html", str(markup))
        case Response():
            value.direct_passthrough = False  # a file is kept whole
            data = value.get_data()
            value.close()
            return (home, "response", value.status, list(value.headers), data)
        case None:
            return (home, "template", _DONE, {})
    raise TypeError(
        f"{who} returned {type(value).__name__}, which cannot be shown; return page(name, ...), "
        "html(markup), HTML as a text, redirect(url), a Response, or nothing"
    )


def draw(turn: Turn, section: Section, step: str = "") -> Response:
    """The response that a section stands for."""
    home, kind, *rest = section
    turn.home = home
    if kind == "response":
        status, headers, body = rest
        return Response(body, status, headers)
    if kind == "html":
        return html_response(rest[0])
    name, context = rest
    templates = turn.app.site.templates
    template = templates.get(home, name)
    response = html_response(template.render({"step": step, **context}))
    if templates.is_own(home, template):
        response.headers["Content-Security-Policy"] = POLICY
    return response


def response_of(turn: Turn, result: object, who: str) -> Response:
    """The response that a handler's result stands for.

    Arguments:
        who: made the result.

    Errors:
        TypeError: it is nothing that can be shown.
    """
    if isinstance(result, Response):
        return result
    if not isinstance(result, str | Html | Template):
        raise TypeError(
            f"{who} returned {type(result).__name__}; "
            "return page(...), html(...), a text of HTML, redirect(...) or a Response"
        )
    return draw(turn, section_of(result, turn.home, who))


def location_of(section: Section) -> str | None:
    """Where a kept response redirects to, quoted, if it does."""
    if section[1] != "response" or not section[2].startswith("3"):
        return None
    return next((iri_to_uri(value) for name, value in section[3] if name.lower() == "location"), None)
