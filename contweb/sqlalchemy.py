"""Objects of SQLAlchemy's ORM in flows: a page holds a row's key, and what goes on has the row as it is then.

Session = scoped_session(sessionmaker(engine))
store_by_key(Base, Session)

@app.flow("/orders/<int:number>")
def edit(number):
    order = Session.get(Order, number)
    answer = ask("order.html", order=order)     # the page holds ("Order", number)
    order.note = answer["note"]                 # the row, loaded again
    Session.commit()
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy
from sqlalchemy.orm import Session

from contweb.errors import NotThereError
from contweb.state.travel import NotAllowed, storable

_COMMIT = "commit the session before the ask"


def store_by_key(base: type, session: Callable[[], Session]) -> None:
    """Have the objects of mapped classes stored by their primary keys, and loaded again where they are
    needed.

    Only what is in the database can be found again: an object that was never flushed, or has changes that
    were not, cannot be stored. One whose row is gone is a ``NotThereError``, on the web a page that says so
    (410).

    Arguments:
        base: the class that all of them derive from, or one of them.
        session: called for the session to load with: a ``scoped_session``, for instance.

    Example:
        ``store_by_key(Base, Session)``
    """

    def load(key: tuple[type, tuple[Any, ...], Any]) -> Any:
        kind, identity, token = key
        found = session().get(kind, identity, identity_token=token)
        if found is None:
            raise NotThereError(f"{kind.__name__} {identity} is not in the database any more")
        return found

    storable(base, _key, load, subclasses=True)


def _key(row: Any) -> tuple[type, tuple[Any, ...], Any]:
    state = sqlalchemy.inspect(row)
    if state.key is None:
        raise NotAllowed(row, "it is not in the database yet, and so has no key", _COMMIT)
    if state.deleted or state.was_deleted:
        raise NotAllowed(row, "it was deleted from the database", "do not use it after the ask")
    if state.modified:
        raise NotAllowed(row, "it has changes that are not in the database yet", _COMMIT)
    _, identity, token = state.key
    return state.mapper.class_, identity, token
