"""One-way doors: pages that stop working behind the visitor."""

from __future__ import annotations

import secrets
from types import TracebackType

from contweb.web.current import current_talk


def forget() -> None:
    """Let all earlier pages of this conversation stop working when this step is completed.

    Whoever goes back to one of them is led to the newest page, and a different answer of it is refused (410).
    Of a step that fails, nothing is forgotten.

    Errors:
        NotRunningError: no flow is running.

    Example:
        ``forget(); return page("receipt.html")``
    """
    current_talk().forget()


class isolate:
    """A block whose pages stop working when it ends; those before it live on.

    Errors:
        NotRunningError: no flow is running.

    Example:
        ``with isolate(): answers = exam()``
    """

    def __init__(self) -> None:
        self._block = ""

    def __enter__(self) -> None:
        talk = current_talk()
        self._block = secrets.token_hex(8)
        talk.inside = (*talk.inside, self._block)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        current_talk().leave(self._block)
