"""Add two numbers: two pages, one line each, and a sub-flow that asks until the answer is a number."""

import re
from decimal import Decimal

from contweb import App, ask, flow, page

app = App(__name__)


@app.flow("/add")
def add():
    first = number("first")
    second = number("second", first)
    return page("add/sum.html", first=first, second=second, total=first + second)


@flow
def number(which, before=None):
    """Ask for a number, again and again until it is one."""
    typed = error = ""
    while True:
        form = ask("add/number.html", step=which, which=which, before=before, typed=typed, error=error)
        typed = form["number"].strip()
        if re.fullmatch(r"[-+]?\d{1,12}([.,]\d{1,6})?", typed):
            return Decimal(typed.replace(",", "."))
        error = "Type a number, such as 12 or -2.5." if typed else "Type a number first."
