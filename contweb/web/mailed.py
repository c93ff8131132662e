"""Asking somebody else: a page that its visitor does not see, and whose URL is sent to a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from contweb.runtime.capture import suspend
from contweb.runtime.registry import flow
from contweb.web.flow import Mail, ask_into, asked_of, manner_of, shown_page
from contweb.web.links import Called
from contweb.web.pages import Html, Template
from contweb.web.records import Repeat


@flow
def ask_by_mail(
    page: str | Template | Html,
    /,
    *,
    send: Callable[[str], object],
    meanwhile: str | Template | Html,
    into: type[Any] | None = None,
    step: str | None = None,
    timeout: float | timedelta | None = None,
    repeat: Repeat = "same",
    **context: Any,
) -> Any:
    """Ask by a page whose URL is sent to somebody, who answers it days later in another browser.

    The visitor who came so far sees another page, which is the last one in this browser; whoever follows the
    URL goes on with the flow.

    Arguments:
        page: what whoever gets the URL sees; as for ``ask``.
        send: is called with the whole URL, before the page is kept: if it raises, that is raised here, and
            the step can be tried again. A mail may thus be sent twice, or lead nowhere if the store fails
            just then. It is not called again when the page before is answered once more in the same way.
        meanwhile: what the visitor sees.
        into, step, timeout, repeat, context: as for ``ask``.

    Errors:
        As ``ask``. The URL has the host that the visitor's request names: say ``App(trusted_hosts=...)``, so
        that nobody can have a mail sent that leads elsewhere.

    Example:
        ``ask_by_mail("confirm.html", send=partial(mail, email), meanwhile="look.html", timeout=days(3))``
    """
    manner = manner_of(step, timeout, False, repeat)
    mail = Mail(send, shown_page(meanwhile, {}))
    if into is not None:
        return ask_into(page, into, manner, context, mail)
    answer = suspend(asked_of(page, context, manner, mail=mail))
    if type(answer) is Called:
        function = answer.function
        return function(*answer.args, **answer.kwargs)
    return answer
