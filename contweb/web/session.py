"""The visitor's session: a small dictionary in a signed cookie."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.wrappers import Request, Response

from contweb.sealing import Sealer
from contweb.web.cookies import attributes, opened, sealed

COOKIE = "contweb_session"
LARGEST = 4_000  # what browsers keep of one cookie, less its attributes
_CONTEXT = b"session cookie"


class Session(dict[str, Any]):
    """What the app remembers of a visitor between requests, in a cookie that is signed, not secret.

    It is a dictionary of values that JSON can hold. It belongs to the browser, not to the page: going back
    does not rewind it. Changing a value inside another (a list in the session) is seen as well.

    Example:
        ``session["user"] = name``
    """

    def __init__(self, text: str = "{}") -> None:
        super().__init__(json.loads(text))
        self.as_read = _text(self)


def read_session(sealer: Sealer, request: Request) -> Session:
    """The session in a request's cookie; an empty one if there is none that is ours."""
    for data in opened(sealer, request, COOKIE, _CONTEXT):
        try:
            return Session(data.decode())
        except ValueError:
            continue
    return Session()


def write_session(sealer: Sealer, session: Session, request: Request, response: Response) -> None:
    """Send the session with a response, if it has changed.

    Errors:
        TypeError: it holds what JSON cannot.
        ValueError: it holds more than a cookie does.
    """
    response.vary.add("Cookie")
    text = _text(session)
    if text == session.as_read:
        return
    if not session:
        response.delete_cookie(COOKIE, **attributes(request))
        return
    cookie = sealed(sealer, text.encode(), _CONTEXT)
    if len(cookie) > LARGEST:
        raise ValueError(
            f"session: {len(cookie)} bytes do not fit in a cookie; keep large things in a database"
        )
    response.set_cookie(COOKIE, cookie, **attributes(request))


def _text(session: Session) -> str:
    try:
        return json.dumps(session, sort_keys=True)
    except (TypeError, ValueError) as error:
        wrong = next((name for name, value in session.items() if not _fits(name, value)), None)
        raise TypeError(
            f"session[{wrong!r}] is nothing that JSON can hold; names are texts, and values are texts, "
            "numbers, True, False, None, or lists and dictionaries of these"
        ) from error


def _fits(name: object, value: object) -> bool:
    try:
        json.dumps(value, sort_keys=True)
    except (TypeError, ValueError):
        return False
    return isinstance(name, str)
