"""The request that is being answered, with its body read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, cast

import werkzeug.wrappers
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.http import parse_options_header
from werkzeug.utils import cached_property

from contweb.web.answers import Answer
from contweb.web.blobs import Sink
from contweb.web.body import Body, Limits
from contweb.web.receiving import receive

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


@lru_cache(maxsize=64)
def _content_type(header: str) -> tuple[str, Mapping[str, str]]:
    """A content type taken apart. Nearly all requests have one of two."""
    mimetype, parameters = parse_options_header(header)
    return mimetype.lower(), MappingProxyType(parameters)


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
        mimetype, parameters = _content_type(self.environ.get("CONTENT_TYPE", ""))
        return receive(self._get_stream_for_parsing(), mimetype, parameters, self.limits, self.sink)

    def keep_files(self, sink: Sink) -> None:
        """Have uploaded files kept by a sink; those too that a hook has had read by looking at the form."""
        self.sink = sink
        known: Answer | None = self.__dict__.get("answer")
        if known is not None and known.files:
            known.files = MultiDict([(name, each.kept(sink)) for name, each in known.files.items(multi=True)])

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        files = [
            (name, FileStorage(upload.open(), upload.filename, name, upload.content_type))
            for name, upload in (self.answer.files.items(multi=True) if self.want_form_data_parsed else ())
        ]
        self.__dict__["form"] = ImmutableMultiDict(self.answer if self.want_form_data_parsed else ())
        self.__dict__["files"] = ImmutableMultiDict(files)
