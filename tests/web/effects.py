"""Flows with effects that must not be repeated, with doors, and with what all pages share."""

import os
from pathlib import Path

from contweb import App, OnceUnfinished, ask, forget, html, isolate, once, page, shared

effects = App(__name__)
FORM = html('<form method="post"><input name="n"><button>Go</button></form>')
done = []
fails = []
JOURNAL = Path(os.environ.get("JOURNAL", "/dev/null"))


def charge(n, key=None):
    if fails:
        raise fails.pop()
    done.append((n, key))
    return [f"receipt {n}"]


@effects.flow("/pay/<scope>")
def pay(scope):
    n = ask(FORM)["n"]
    receipt = once("charge", charge, n, scope=scope)
    if n == "fails":
        raise RuntimeError("after the charge")
    receipt.append("seen")
    again = ask(FORM)["n"]
    receipt = once("charge", charge, again, scope=scope)
    return html(f"<p>{receipt[0]}, {len(receipt)}</p>")


@effects.flow("/flaky/<errors>")
def flaky(errors):
    n = ask(FORM)["n"]
    try:
        return html(once("charge", charge, n, errors=errors)[0])
    except LookupError as error:
        n = ask(FORM)["n"]
        return html(f"{error.args[0]}: {once('charge', charge, n, errors=errors)[0]}")


@effects.flow("/key")
def key():
    n = ask(FORM)["n"]
    once("charge", charge, n, key="key")
    once("other", charge, n, key="key", scope="path")
    return html("<p>paid</p>")


def journal(text, key=None):
    with JOURNAL.open("a") as file:
        file.write(f"{text} {key}\n")
    if os.environ.get("DIE"):
        os._exit(9)
    return text


@effects.flow("/dies/<how>")
def dies(how):
    n = ask(FORM)["n"]
    if how == "key":
        return html(once("write", journal, n, key="key"))
    if how == "path":
        return html(once("write", journal, n, scope="path"))
    try:
        return html(once("write", journal, n))
    except OnceUnfinished as begun:
        found = n in JOURNAL.read_text()
        return html(f"<p>{begun.name} was begun, found: {found}</p>")


@effects.flow("/unstorable")
def unstorable():
    ask(FORM)
    once("lambda", lambda: iter(x for x in ()))


@effects.flow("/asks-inside")
def asks_inside():
    ask(FORM)
    once("ask", lambda: ask(FORM))


@effects.flow("/visits")
def visits():
    while True:
        n = ask("shared.html")["n"]
        shared["seen"] = [*shared.get("seen", ()), n]
        if n == "fails":
            raise RuntimeError
        if n == "clear":
            shared.clear()


@effects.flow("/door")
def door():
    first = ask(FORM)["n"]
    second = ask(FORM)["n"]
    forget()
    if second == "fails":
        raise RuntimeError
    third = ask(FORM, step="third")["n"]
    return page("number.html", question=f"{first} {second} {third}")


@effects.flow("/exam")
def exam():
    name = ask(FORM, step="name")["n"]
    with isolate():
        one = ask(FORM, step="one")["n"]
        with isolate():
            two = ask(FORM, step="two")["n"]
        three = ask(FORM, step="three")["n"]
        if three == "fails":
            raise RuntimeError
    ask(FORM, step="after")
    return html(f"<p>{name} {one} {two} {three}</p>")


@effects.flow("/gives-up")
def gives_up():
    ask(FORM, step="before")
    try:
        with isolate():
            if ask(FORM, step="inside")["n"] == "up":
                raise LookupError
    except LookupError:
        ask(FORM, step="after")
    return html("<p>end</p>")


@effects.route("/handler")
def handler():
    return str(shared)
