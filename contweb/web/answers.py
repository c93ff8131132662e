"""What a visitor sent in answer to a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import MultiDict

from contweb.web.uploads import Upload


class Answer(MultiDict[str, str]):
    """A submitted form: a werkzeug ``MultiDict`` of its fields, in order, with the uploaded files in
    ``files``.

    ``answer["n"]`` is the first value of ``n``. Without a field ``n`` it raises an error that is a
    ``KeyError`` and, if nothing catches it, a 400 page for the visitor; the page that was answered stays
    answerable.

    Arguments:
        pairs: the fields in order.
        files: the uploaded files in order, with their fields.

    Example:
        >>> answer = Answer([("n", "1"), ("n", "2")])
        >>> answer["n"], answer.getlist("n"), answer.get("m"), len(answer.files)
        ('1', ['1', '2'], None, 0)
    """

    def __init__(
        self, pairs: Iterable[tuple[str, str]] = (), files: Iterable[tuple[str, Upload]] = ()
    ) -> None:
        self._received = tuple(pairs)
        super().__init__(self._received)
        self.files: MultiDict[str, Upload] = MultiDict(tuple(files)) if files else MultiDict()

    def copy(self) -> Answer:
        """An answer that can be changed apart from this one."""
        return Answer(self.items(multi=True), self.files.items(multi=True))

    def deepcopy(self, memo: Any = None) -> Answer:
        """As ``copy``: names, values and uploads do not change."""
        return self.copy()

    def received(self) -> tuple[tuple[str, str], ...]:
        """All fields in the order in which they came."""
        return self._received

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return _answer, (list(self.items(multi=True)), list(self.files.items(multi=True)))

    def __repr__(self) -> str:
        files = f", files={list(self.files.items(multi=True))!r}" if self.files else ""
        return f"Answer({list(self.items(multi=True))!r}{files})"


def _answer(pairs: list[tuple[str, str]], files: list[tuple[str, Upload]]) -> Answer:
    return Answer(pairs, files)


def as_bytes(answer: Answer) -> bytes:
    """What an answer says: equal for two answers only if all pairs and the files' contents are equal, in
    order."""
    parts: list[bytes] = []
    for name, value in answer.received():
        parts += b"field", name.encode(), value.encode()
    for name, upload in answer.files.items(multi=True):
        described = (name.encode(), upload.filename.encode(), upload.content_type.encode())
        parts += b"file", *described, upload.digest
    return b"".join([b"%d:%b" % (len(part), part) for part in parts])
