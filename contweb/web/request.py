"""The request that is being answered, with its body read strictly."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, cast

import werkzeug.wrappers
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.utils import cached_property

from contweb.web.answers import Answer
from contweb.web.blobs import Sink
from contweb.web.body import Body, Limits
from contweb.web.receiving import receive

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Request(werkzeug.wrappers.Request):
    """A werkzeug request, with ``answer``. ``form`` and ``files`` are read as strictly as an answer is.

    Arguments:
        environ: of WSGI.
        limits: how much may be sent.
    """

    def __init__(self, environ: WSGIEnvironment, limits: Limits) -> None:
        super().__init__(environ)
        self.limits = limits
        self.sink: Sink | None = None  # where uploaded files go: to memory, if nothing is said

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body, limited and checked for completeness."""
        return cast("IO[bytes]", Body(self.environ, self.limits.max_body))

    @cached_property
    def answer(self) -> Answer:
        """The submitted form."""
        return receive(
            self._get_stream_for_parsing(), self.mimetype, self.mimetype_params, self.limits, self.sink
        )

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        files = [
            (name, FileStorage(upload.open(), upload.filename, name, upload.content_type))
            for name, upload in (self.answer.files.items(multi=True) if self.want_form_data_parsed else ())
        ]
        self.__dict__["form"] = ImmutableMultiDict(self.answer if self.want_form_data_parsed else ())
        self.__dict__["files"] = ImmutableMultiDict(files)
