"""Files that are sent as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.utils import send_from_directory
from werkzeug.wrappers import Response

from contweb.web.current import current_turn

STATIC_ENDPOINT = "static"
STATIC_RULE = "/static/<path:filename>"


def static_files(folders: Sequence[Path]) -> Callable[[str], Response]:
    """A handler that sends a file from the first of some folders that has it, with an ETag."""

    def send(filename: str) -> Response:
        environ = current_turn().request.environ
        for folder in folders:
            try:
                return send_from_directory(folder, filename, environ)
            except NotFound:
                continue
        raise NotFound()

    return send
