"""Book a ticket: who, what kind, a number for students, a look at it, and one booking however often one
confirms."""

import re
from secrets import token_hex

from contweb import App, ask, flow, once, page

app = App(__name__)


@app.flow("/tickets")
def tickets():
    ticket = typed("buyer", name=".+", email=".+@.+") | typed("kind", kind="adult|child|student")
    ticket |= typed("student", number="[0-9]{6}") if ticket["kind"] == "student" else {}
    ask("tickets/confirm.html", ticket=ticket)
    return page("tickets/booked.html", ticket=once("book", book, ticket))


@flow
def typed(step, form=None, **patterns):
    while not (form and all(re.fullmatch(wanted, form[name].strip()) for name, wanted in patterns.items())):
        form = ask(f"tickets/{step}.html", form=form)
    return {name: form[name].strip() for name in patterns}


def book(ticket):
    return ticket | {"reference": token_hex(3).upper()}
