"""Large things in pieces: the blobs of an SQLite file."""

from __future__ import annotations

from contweb.errors import StoreError
from contweb.stores.sqlite_file import SQLiteFile

KEY = "SELECT id FROM conversations WHERE name = ?"
ADD = "INSERT INTO blobs (conversation, name, number, value) VALUES (?, ?, ?, ?)"
GET = f"SELECT value FROM blobs WHERE conversation = ({KEY}) AND name = ? AND number = ?"
DROP = f"DELETE FROM blobs WHERE conversation = ({KEY}) AND name = ?"


def add_chunk(file: SQLiteFile, conversation: str, blob: str, number: int, data: bytes) -> None:
    """Add a piece to a blob of a conversation, which must be there."""
    with file.write() as connection:
        row = connection.execute(KEY, (conversation,)).fetchone()
        if row is None:
            raise StoreError(f"there is no conversation {conversation} to keep a blob with")
        connection.execute(ADD, (row[0], blob, number, data))


def get_chunk(file: SQLiteFile, conversation: str, blob: str, number: int) -> bytes | None:
    """A piece of a blob, or None."""
    with file.read() as connection:
        row = connection.execute(GET, (conversation, blob, number)).fetchone()
    return row[0] if row else None


def drop_blob(file: SQLiteFile, conversation: str, blob: str) -> None:
    """Remove a blob, if it is there."""
    with file.write() as connection:
        connection.execute(DROP, (conversation, blob))
