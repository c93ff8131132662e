"""Uploaded files."""

from __future__ import annotations

import io
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file. It may be kept in a local name across later steps.

    Example:
        ``answer.files["photo"].filename``
    """

    filename: str
    content_type: str
    data: bytes

    @property
    def size(self) -> int:
        """How many bytes the file has."""
        return len(self.data)

    def open(self) -> io.BytesIO:
        """The content as a binary file, from its start."""
        return io.BytesIO(self.data)

    def read(self) -> bytes:
        """The whole content."""
        return self.data

    def __repr__(self) -> str:
        return f"<Upload {self.filename!r}, {self.size} bytes>"
