"""Flash messages: said once, on the next page that the visitor sees."""

from __future__ import annotations

from collections.abc import Collection

from markupsafe import Markup

from contweb.web.current import current_turn
from contweb.web.guards import is_prefetch

_KEY = "_flashes"


def flash(message: str, category: str = "message") -> None:
    """Say something on the next page that shows flash messages.

    It is kept in the session, and so belongs to the browser, whatever flow or handler it sees next.

    Arguments:
        message: a text, which a template escapes; a ``Markup`` is printed as it is.
        category: a word for the template, such as ``"error"``.

    Example:
        ``flash("Your address was changed.")``
    """
    session = current_turn().session
    kept = [category, message, True] if isinstance(message, Markup) else [category, message]
    session[_KEY] = [*session.get(_KEY, []), kept]


def get_flashed_messages(
    with_categories: bool = False, category_filter: Collection[str] = ()
) -> list[str] | list[tuple[str, str]]:
    """What is to be said, for a template. Then it is said; asking again for the same page gives it again.

    Arguments:
        with_categories: give ``(category, message)``.
        category_filter: give only those of these categories. The others are not kept either.

    Example:
        ``{% for message in get_flashed_messages() %}<p role="status">{{ message }}</p>{% endfor %}``
    """
    turn = current_turn()
    if turn.flashed is None:
        # A page that nobody sees has not said it.
        unseen = turn.request.method == "HEAD" or is_prefetch(turn.request)
        said = turn.session.get(_KEY, []) if unseen else turn.session.pop(_KEY, [])
        turn.flashed = [
            (category, Markup(message) if is_markup else message) for category, message, *is_markup in said
        ]
    wanted = [pair for pair in turn.flashed if not category_filter or pair[0] in category_filter]
    return wanted if with_categories else [message for _, message in wanted]
