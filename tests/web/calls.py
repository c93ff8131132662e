"""Flows with callbacks on their pages."""

from dataclasses import dataclass

from contweb import App, ask, button, flow, html, link, page, request

calls = App(__name__)
ran = []


@flow
def pick(n):
    ran.append(n)
    return n


@calls.flow("/many")
def many():
    n = ask("many.html", numbers=[(n, link(pick, n)) for n in range(5000)])
    return html(f"<p>picked {n}</p>")


@calls.flow("/counters")
def counters():
    """Three counters; each has a button that changes it, and the page is asked again."""
    values = [0, 0, 0]

    def add(which, by):
        values[which] += by
        ran.append((which, by))

    while True:
        ask(
            "counters.html",
            rows=[(values[n], button(add, n, by=1).label(f"up {n}"), link(add, n, -1)) for n in range(3)],
        )


@dataclass
class Cart:
    items: list

    def remove(self, item):
        self.items.remove(item)
        return self


@calls.flow("/cart")
def cart():
    cart = Cart(["a", "b", "c"])
    while cart.items:
        same = ask("cart.html", items=[(item, button(cart.remove, item)) for item in cart.items])
        assert same is cart
    return html("<p>empty</p>")


@flow
def rename(old):
    while True:
        new = ask(html(f'<form method="post">{old}: <input name="new"><button>OK</button></form>'))["new"]
        if new:
            return f"{old} is {new}"


@calls.flow("/asks")
def asks():
    said = ask(html(f'<a href="{link(rename, "Ada")}">Ada</a> <a href="{link(rename, "Bea")}">Bea</a>'))
    return html(f"<p>{said}</p>")


@calls.flow("/menu")
def menu():
    """Links that stand as text, kept across asks."""
    as_html = html(f'<a href="{link(pick, "first")}">first</a> {button(pick, "<2>").label("<two>")}')
    as_text = f'<a href="{link(pick, "third")}">third</a>'
    got = []
    for _ in range(2):
        got.append(ask("text.html", step="text", text=as_text))
    for _ in range(2):
        got.append(ask(as_html))
    return html(f"<p>{got}</p>".replace("<2>", "2"))


@calls.flow("/own-form")
def own_form():
    change = button(read_form, "x")
    return html(
        str(
            ask(html(f'<form method="post" action="{change.url}"><input name="v"><button>Do</button></form>'))
        )
    )


def read_form(prefix):
    return prefix + request.form["v"]


@calls.flow("/into")
def into():
    got = ask("cart.html", into=Cart2, items=[("skip", button(skip))])
    return html(f"<p>{got}</p>")


@dataclass
class Cart2:
    name: str


def skip():
    return "skipped"


@calls.flow("/last")
def last():
    ask(html("<form method=post><button>Go</button></form>"))
    return page("cart.html", items=[("x", button(skip))])


@calls.flow("/last-text")
def last_text():
    """A link is printed, but for a page that is not shown; at the end one stands in the page."""
    for n in range(2):
        menu = f"{link(skip)}"
        if n == 1:
            return html("<p>fine</p>")
        ask(html(f'<form method="post"><input name="n"></form><a href="{menu}">menu</a>'))


@calls.flow("/breaks")
def breaks():
    def broken():
        raise RuntimeError("secret")

    return html(str(ask(html(f"{button(broken)} {button(skip)}"))))


@calls.flow("/rules/<repeat>")
def rules(repeat):
    n = ask(
        html(f'<a href="{link(pick, 1)}">1</a> <a href="{link(pick, 2)}">2</a>'), repeat=repeat, timeout=60
    )
    return html(f"<p>{n}</p>")


@calls.flow("/private", private=True)
def private():
    return html(str(ask(html(f'<a href="{link(pick, 1)}">1</a>'))))
