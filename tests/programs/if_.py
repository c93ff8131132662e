"""Conditions: every branch, the test and what follows."""

from contweb import suspend
from tests.programs import effect, program


@program
def if_test_suspends():
    if suspend(True):
        effect("yes")
    else:
        effect("no")
    if suspend(0):
        effect("yes")
    else:
        suspend("no")
    return "end"


@program
def elif_chain():
    seen = ()
    for x in range(5):
        if suspend(x) == 0:
            seen += ("zero",)
        elif suspend(x) == 1:
            seen += (suspend("one?"),)
        elif x == 2:
            seen += (suspend("two?"),)
        else:
            seen += (suspend("many?"),)
        seen += (x,)
    return seen


@program
def nested_ifs():
    seen = ()
    for a in (True, False):
        for b in (True, False):
            if suspend(a):
                if suspend(b):
                    seen += (suspend("both"),)
                else:
                    seen += (suspend("a only"),)
            elif b:
                seen += (suspend("b only"),)
            seen += ("next",)
    return seen


@program
def if_without_else():
    n = 0
    if suspend(1):
        n += 1
    if suspend(0):
        n += suspend(100)
    if n:
        n += suspend(10)
    return n


@program
def if_test_changes_what_it_tests():
    n = 0
    if (n := suspend(5)) > 3:
        n = 0
        suspend("inside")
        n -= 1
    return n


@program
def conditional_expression():
    a = suspend(1) if suspend(True) else suspend(2)
    b = suspend(1) if suspend(False) else suspend(2)
    return a, b


@program
def conditional_nested():
    def name(n):
        return suspend("zero?") if n == 0 else suspend("one?") if suspend(n) == 1 else suspend("many?")

    return name(0), name(1), name(2)


@program
def conditional_inside_call():
    return max(effect(1), suspend(5) if effect(True) else effect(9), suspend(3))
