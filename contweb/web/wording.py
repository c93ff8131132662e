"""What the framework itself says to visitors, in their language.

All of it goes through ``say``: the English text is the key. An app gives catalogues, or a function of its own
(gettext's, for instance); what is not in them is said in English.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from werkzeug.datastructures import LanguageAccept

from contweb.web.current import turn

Translations = Mapping[str, Mapping[str, str]] | Callable[[str], str]
ENGLISH = "en"


def say(message: str, /, **values: object) -> str:
    """A text of the framework, as the visitor of this request reads it.

    Arguments:
        message: in English, with ``%(name)s`` where values go.
        values: what goes there.

    Example:
        >>> say("The form came without its field %(name)s.", name="zip")
        'The form came without its field zip.'
    """
    now = turn.get(None)
    translations = now.app.translations if now is not None else None
    if now is not None and translations is not None:
        message = _translated(translations, message, now.request.accept_languages)
    return message % values if values else message


def language() -> str:
    """The language of what ``say`` says now, for ``<html lang>``. A function's is what it makes of ``en``."""
    now = turn.get(None)
    translations: Translations | None = now.app.translations if now is not None else None
    if now is None or translations is None:
        return ENGLISH
    if callable(translations):
        return translations(ENGLISH)
    return _best(translations, now.request.accept_languages)


def _translated(translations: Translations, message: str, wanted: LanguageAccept) -> str:
    if callable(translations):
        return translations(message)
    return translations.get(_best(translations, wanted), {}).get(message, message)


def _best(translations: Mapping[str, Mapping[str, str]], wanted: LanguageAccept) -> str:
    return (
        wanted.best_match([ENGLISH, *(name for name in translations if name != ENGLISH)], ENGLISH) or ENGLISH
    )
