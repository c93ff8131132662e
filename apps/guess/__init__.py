"""Guess a number: a loop that runs for as long as the visitor does, with its secret in a local name.

The list of tries grows in place, and yet the back button finds it as it was when that page was shown.
"""

from random import randint

from contweb import App, ask, flow, page

app = App(__name__)


@app.flow("/guess")
def guess():
    secret = randint(1, 100)
    tries = []
    while secret not in tries:
        tries.append(number(tries, clue(secret, tries)))
    return page("guess/found.html", secret=secret, tries=tries)


@flow
def number(tries, clue):
    """Ask until it is a whole number from 1 to 100."""
    typed = error = ""
    while True:
        typed = ask("guess/number.html", tries=tries, clue=clue, typed=typed, error=error)["number"].strip()
        if typed in NUMBERS:
            return int(typed)
        error = "Type a whole number from 1 to 100."


NUMBERS = [str(number) for number in range(1, 101)]


def clue(secret, tries):
    """Where to look next, after the last try."""
    if not tries:
        return ""
    return f"My number is {'higher' if secret > tries[-1] else 'lower'} than {tries[-1]}."
