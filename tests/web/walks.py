"""A flow that visitors walk through at random: loops, a list that grows in place, effects, and doors."""

from contweb import App, ask, flow, forget, html, isolate, once, shared

walks = App(__name__, name="walks")
ran = []  # what ran, in order
made = []  # effects that happened, in order

LAST, ONCE, ONCE_ON_PATH, ROOM, DOOR = 0, 6, 7, 8, 9


def shown(where, seen, more=""):
    form = '<form method="post"><input name="n"><button>Go</button></form>' if where != "end" else ""
    return html(f"<p>{where} {','.join(map(str, seen))} {more}</p>{form}")


def effect(seen):
    made.append(seen)
    return seen


@flow
def number(where, seen, more=""):
    n = int(ask(shown(where, seen, more))["n"])
    ran.append((where, tuple(seen), n))
    return n


@walks.flow("/walk")
def walk():
    seen, more = [], ""
    while True:
        n = number("walk", seen, more)
        seen.append(n)
        more = ""
        shared["steps"] = shared.get("steps", 0) + 1
        if n == LAST:
            return shown("end", seen, f"steps={shared['steps']}")
        if n == ONCE:
            more = f"once={once('one', effect, tuple(seen))}"
        if n == ONCE_ON_PATH:
            more = f"path={once('two', effect, tuple(seen), scope='path')}"
        if n == ROOM:
            with isolate():
                seen += [number("room", seen)]
        if n == DOOR:
            forget()
