"""Order coffee: three questions, a look at the answers, and round again if something is to be changed.

What the visitor typed stands in three local names. They travel with the page: back, another tab and a
restarted server find them as they were when that page was shown.
"""

from contweb import App, ask, flow, page

app = App(__name__)


@app.flow("/order")
def order():
    name = address = quantity = ""
    while True:
        name = field("name", text, name)
        address = field("address", text, address)
        quantity = field("quantity", count, quantity)
        if ask("order/confirm.html", name=name, address=address, quantity=quantity)["confirm"] != "no":
            return page("order/done.html", name=name, address=address, quantity=quantity)


@flow
def field(name, check, typed):
    """Ask for one field until what was typed passes the check."""
    error = ""
    while True:
        typed = ask(f"order/{name}.html", typed=typed, error=error)[name].strip()
        try:
            return check(typed)
        except ValueError as problem:
            error = str(problem)


def text(typed):
    if not typed:
        raise ValueError("This is needed to send your coffee.")
    if len(typed) > 300:
        raise ValueError(f"At most 300 characters fit here; these are {len(typed)}.")
    return typed


def count(typed):
    if not (typed.isdecimal() and len(typed) <= 3 and int(typed) > 0):
        raise ValueError("Type a whole number from 1 to 999.")
    return int(typed)
