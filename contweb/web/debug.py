"""The page that a developer sees instead of a 500: the flow's own stack, with its source lines and names."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from contweb.state.continuation import Continuation

if TYPE_CHECKING:
    from contweb.web.current import Turn

_NOT_USERS = (str(Path(__file__).parent.parent), str(Path(traceback.__file__).parent), "<frozen ")
_LINES_AROUND = 3
_LONGEST = 300
_MOST_AT_AN_END = 20  # stops of a stack, as of one that is endless
_NOTHING = object()


Names = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Stop:
    """Where one function of a stack stands.

    Arguments:
        left_out: how many stops before it are not shown.
    """

    function: str
    filename: str
    line: int
    source: list[tuple[int, str]]
    names: Names
    left_out: int = 0


def debug_page(turn: Turn, error: BaseException) -> Response:
    """The page that shows an error with its stack. Only for debug mode: it shows the program's names and
    values."""
    environment = turn.app.site.templates.environment(turn.home)
    saved = _saved(turn.resumed)
    causes = [
        (type(each).__name__, str(each), list(stops(each, saved, environment.globals)))
        for each in _chain(error)
    ]
    text = environment.get_template("contweb/debug.html").render(causes=causes, request=turn.request)
    return Response(text, 500, mimetype="text/html")


def _saved(resumed: Continuation | None) -> dict[tuple[str, str], Names]:
    """The names of the frames that were gone on from: those further out are not running again yet, and have
    none but these."""
    frames = resumed.frames if resumed is not None else ()
    return {(frame.file, frame.function): _names(frame.names) for frame in frames}


def stops(
    error: BaseException, saved: Mapping[tuple[str, str], Names], common: Mapping[str, object]
) -> Iterator[Stop]:
    """The user's own frames of an error, outermost first; all of them if none is the user's.

    Arguments:
        saved: (file, function) -> names, for a frame that has no names of its own.
        common: names that every template has, which are not shown.
    """
    frames = list(traceback.walk_tb(error.__traceback__))
    users = [(frame, line) for frame, line in frames if is_users(frame.f_code.co_filename)]
    shown = users or frames
    left_out = max(0, len(shown) - 2 * _MOST_AT_AN_END)
    if left_out:
        shown = shown[:_MOST_AT_AN_END] + shown[-_MOST_AT_AN_END:]
    for number, (frame, line) in enumerate(shown):
        code = frame.f_code
        own = {
            name: value for name, value in frame.f_locals.items() if value is not common.get(name, _NOTHING)
        }
        names = _names(own) or saved.get((code.co_filename, code.co_qualname), [])
        before = left_out if number == _MOST_AT_AN_END else 0
        yield Stop(code.co_qualname, code.co_filename, line, _around(frame, line), names, before)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and those that it came from, the nearest first."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)


def is_users(filename: str) -> bool:
    """Whether a file is the user's: not contweb's, a library's, or Python's own."""
    return "site-packages" not in filename and not filename.startswith(_NOT_USERS)


def _around(frame: FrameType, line: int) -> list[tuple[int, str]]:
    filename = frame.f_code.co_filename
    numbers = range(max(1, line - _LINES_AROUND), line + _LINES_AROUND + 1)
    lines = [(number, linecache.getline(filename, number, frame.f_globals)) for number in numbers]
    return [(number, text.rstrip("\n")) for number, text in lines if text]


def _names(names: Mapping[str, object]) -> Names:
    return [(name, _repr(value)) for name, value in names.items() if name.isidentifier()]


def _repr(value: object) -> str:
    try:
        text = repr(value)
    except Exception as error:
        return f"<{type(value).__name__}: its repr raised {type(error).__name__}>"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
