"""Small programs, grouped by construct. Each is a flow without arguments, which is run plain and compiled and compared.

A program calls ``suspend(question)`` anywhere. The answer is the question itself, without its question mark if it is
a string that ends in one. ``effect(x)`` notes ``x`` at the moment it happens, and gives it back.

What a program may say of itself, as in ``@program(mutates=True)``:

    mutates=True    it changes an object that a continuation holds, so that resuming the same continuation again
                    in memory finds the object changed (from bytes it does not)
    stored=False    it keeps something that cannot be made into bytes: a generator expression, a class made inside
    barriers=True   C code, or a function that is not a flow, calls a flow in it
    once=True       it changes what no continuation holds (globals), so that no point of it can be resumed again

There is no test code here: see ``tests/compiler/harness.py``. Files named ``python312...`` need that version.
"""

from contweb import flow
from contweb.errors import CompileError

noted: list[str] = []


def effect(value=None):
    """Note a value where it happens."""
    noted.append(repr(value))
    return value


def program(function=None, /, **marks):
    """Make a program a flow. One that is refused fails when it is run, and the others of its file live."""
    if function is None:
        return program
    try:
        return flow(function)
    except CompileError as error:
        refusal = error

    def refused():
        raise refusal

    return refused
