"""Flows for ``test_anchors``: what other systems do, or fail to."""

import decimal
from contextvars import ContextVar
from threading import Lock

from contweb import App, ask, button, flow, forget, html, link
from contweb.dialogs import wizard

anchors = App(__name__, name="anchors")
told = []  # what ran, in order
LANG: ContextVar = ContextVar("lang", default="en")
FORM = '<form method="post"><input name="n"><button>Go</button></form>'


@flow
def number(said="", step="page"):
    return int(ask(html(f"<p>{said}</p>{FORM}"), step=step)["n"])


@anchors.flow("/initialiser")
def initialiser():
    def add(n, first=number("first")):  # noqa: B008
        return first + n

    total = 0
    while True:
        total += add(number(f"total {total}"))


@flow
def up(counts, which):
    return {**counts, which: counts[which] + 1}


@anchors.flow("/counters")
def counters():
    counts = {"a": 0, "b": 0}
    while True:
        buttons = " ".join(str(button(up, counts, which).label(f"more {which}")) for which in counts)
        counts = ask(html(f"<p>a={counts['a']} b={counts['b']}</p>{buttons}"))


@anchors.flow("/forward")
def forward():
    for n in range(2):
        number(f"page {n}")
        forget()
    return "<p>the end</p>"


@anchors.flow("/unstorable")
def unstorable():
    lock = Lock()
    number()
    return html(str(lock))


@anchors.flow("/language")
def language():
    before = f"{LANG.get()} {decimal.getcontext().prec}"
    token = LANG.set(ask(html(f"<p>{before}</p>{FORM}"))["n"])
    try:
        decimal.getcontext().prec = 3
        number(f"{LANG.get()} {decimal.Decimal(2) / 3}")
        number(f"{LANG.get()} {decimal.Decimal(2) / 3}")
    finally:
        LANG.reset(token)
    return html(f"<p>{LANG.get()}</p>")


@anchors.flow("/unstorable/variable")
def unstorable_variable():
    LANG.set(Lock())
    number()
    return html(str(LANG.get()))


def chosen(n):
    told.append(n)
    return n


@anchors.flow("/links")
def links():
    found = " ".join(f'<a href="{link(chosen, n)}">link {n}.</a>' for n in range(5000))
    return html(f"<p>chosen {ask(html(found))}</p>")


class Noted:
    def __enter__(self):
        told.append("enter")

    def __exit__(self, kind, error, trace):
        told.append("exit")
        return kind is KeyError


@anchors.flow("/blocks")
def blocks():
    seen = []
    try:
        seen.append(number("try"))
        raise ValueError(number("still try"))
    except ValueError as error:
        seen.append(number("except") + error.args[0])
    finally:
        seen.append(number("finally"))
        told.append("finally")
    with Noted():
        seen.append(number("with"))
    with Noted():
        {}[number("with an error")]
    return html(f"<p>{seen} {number('after')}</p>")


LOOPS = {
    "list": [1, 2],
    "tuple": (3, 4),
    "range": range(5, 7),
    "set": {7},
    "dict": {8: 9},
}


@anchors.flow("/loops")
def loops():
    seen = []
    for name, values in LOOPS.items():
        for place, value in enumerate(values):
            seen.append((name, place, value, number(f"{name} {value}")))
    for key in LOOPS["dict"].keys():  # noqa: SIM118
        seen.append((key, number("keys")))
    for value in LOOPS["dict"].values():
        seen.append((value, number("values")))
    return html(f"<p>{seen}</p>")


@flow
def deep(left):
    return 0 if left == 0 else number(f"left {left}") + deep(left - 1)


@anchors.flow("/recursion")
def recursion():
    summed = lambda again, left: 0 if left == 0 else number(f"lambda {left}") + again(again, left - 1)  # noqa: E731
    return html(f"<p>{deep(3)} {summed(summed, 2)}</p>")


class Cart:
    @flow
    def __init__(self):
        self.first = number("in __init__")


@anchors.flow("/init")
def init():
    return html(f"<p>{Cart().first}</p>")


@anchors.flow("/mutated")
def mutated():
    a_list, a_dict, a_set = [], {}, set()
    while True:
        n = number(f"{a_list} {a_dict} {sorted(a_set)}")
        a_list.append(n)
        a_dict[n] = len(a_list)
        a_set.add(n)


@flow
def wizard_step(done, navigation):
    way = next(way for way in navigation.ways if way.state == "now")
    back = "".join(f'<a href="{each.link}">to {each.name}</a> ' for each in navigation.ways if each.link)
    return ask(html(f"<p>{way.name} {sorted(done.items())}</p>{back}{FORM}"))["n"]


@anchors.flow("/wizard")
def steps():
    return html(f"<p>{wizard(dict.fromkeys(('one', 'two', 'three'), wizard_step))}</p>")


@anchors.flow("/private", private=True)
def private():
    return html(f"<p>mine {number('a secret')}</p>")


@anchors.flow("/soon")
def soon():
    return html(ask(html(FORM), timeout=60)["n"])
