"""and, or, not, comparisons: what is evaluated, once, and what is not."""

from contweb import flow, suspend
from tests.programs import effect, program


class Yes:
    """Truth that is noted."""

    def __init__(self, name, value):
        self.name, self.value = name, value

    def __bool__(self):
        effect("bool " + self.name)
        return self.value

    def __repr__(self):
        return self.name


@program
def and_stops_at_false():
    return suspend(1) and suspend(0) and suspend(2)


@program
def and_gives_last():
    return suspend(1) and suspend("x") and suspend([])


@program
def or_stops_at_true():
    return suspend(0) or suspend("") or suspend("x") or suspend("y")


@program
def or_gives_last():
    return suspend(0) or suspend(None) or suspend([])


@program
def and_or_mixed():
    seen = ()
    for a in (0, 1):
        for b in (0, 2):
            for c in (0, 3):
                seen += (suspend(a) and suspend(b) or suspend(c), suspend(a) or suspend(b) and suspend(c))
    return seen


@program
def truth_is_asked_once():
    a = Yes("a", True)
    b = Yes("b", False)
    x = a and suspend("x") and b
    y = b or suspend("") or a
    if a and suspend(1):
        effect("if")
    while b or suspend(0):
        effect("never")
    return repr(x), repr(y), (not b) and suspend("z")


@program
def not_of_suspension():
    return not suspend(1), not suspend(0), not (suspend(1) and suspend(0))


@program
def boolean_in_test_with_else():
    seen = ()
    for a in (0, 1):
        for b in (0, 1):
            if suspend(a) and (suspend(b) or effect("right")):
                seen += (suspend("yes"),)
            else:
                seen += (suspend("no"),)
    return seen


@program
def comparison_chain():
    return (
        suspend(1) < suspend(2) < suspend(3),
        suspend(1) < suspend(0) < suspend(3),
        effect(1) < suspend(2) <= effect(2) < suspend(9),
    )


@program
def comparison_chain_evaluates_middle_once():
    n = 0

    def middle():
        nonlocal n
        n += 1
        return suspend(5)

    return 1 < middle() < 9 > middle() >= 5, n


class Less:
    def __init__(self, result):
        self.result = result

    def __lt__(self, other):
        return self.result


@program
def comparison_chain_gives_an_operand():
    return Less([]) < suspend(1) < suspend(2), Less("yes") < Less([]) < suspend(3)


@program
def comparison_operators():
    x = suspend([1])
    return (
        suspend(1) == 1.0,
        suspend(1) != suspend(1),
        x is suspend(None),
        x is not None is not suspend(1),
        suspend(1) in x,
        suspend(1) not in suspend((1, 2)),
        suspend(2) >= 2 <= suspend(2),
    )


@program
def boolean_as_statement():
    suspend(1) and effect("yes")
    suspend(0) and effect("no")
    suspend(0) or effect("or")
    suspend(1) if effect(0) else suspend(2)
    return "end"


@program
def boolean_with_walrus():
    if (a := suspend(0)) or (b := suspend(5)) and (c := suspend(7)):
        return a, b, c


@program
def boolean_leaves_unbound():
    suspend(0) and (x := 1)
    try:
        return x
    except UnboundLocalError:
        return suspend("unbound?")


@program
def any_and_all_by_loop():
    def every(test, xs):
        for x in xs:
            if not test(x):
                return False
        return True

    return every(lambda x: suspend(x) < 3, [1, 2, 3, 4]), every(lambda x: suspend(x), [1, True])


class Judge:
    """Its truth, and that of what it is compared with, is noted."""

    def __init__(self, name, true):
        self.name, self.true = name, true

    def __bool__(self):
        effect(self.name)
        return self.true

    def __lt__(self, other):
        return Judge(f"{self.name} < {other.name}", self.true)


@flow
def yes(name):
    return Judge(suspend(name), True)


@flow
def no(name):
    return Judge(suspend(name), False)


@program
def each_part_of_a_condition_is_asked_once():
    seen = ""
    if no("a") and yes("b"):
        seen += "1"
    if yes("c") and yes("d") and no("e"):
        seen += "2"
    if no("f") or yes("g") or no("h"):
        seen += "3"
    if not (no("i") and yes("j")) and not (yes("k") or no("l")):
        seen += "4"
    if (no("m") or yes("n")) and (no("o") and yes("p") if yes("q") else no("r")):
        seen += "5"
    if yes("s") < yes("t") < yes("u") and not no("v") < yes("w") < no("x"):
        seen += "6"
    while no("y") and yes("z") or not (yes("1") or no("2")) and seen:
        seen += "7"
    assert yes("A") or no("B"), "not needed"
    match suspend(1):
        case 1 if no("C") and yes("D"):
            seen += "8"
        case 1 if yes("E") or no("F"):
            seen += "9"
    return seen, [i for i in (1, 2) if no("G") or yes("H")], 1 if no("I") and yes("J") else 2


class Less:
    """Compares itself as less, and notes who asks whether that is true."""

    def __init__(self, name, value):
        self.name, self.value = name, value

    def __lt__(self, other):
        return Yes(f"{self.name} < {other.name}", self.value)


@program
def a_condition_inside_a_condition_is_asked_once():
    a, b = Yes("a", True), Yes("b", False)
    n = 0
    while n < 2 and (not (suspend(n) and b or a) or suspend(0) or (b and a) or (a or b)):
        n += 1
    if suspend(1) and (b and a):
        effect("never")
    if suspend(0) or not (a or b):
        effect("never")
    if suspend(1) and ((a or b) if suspend(2) else b) and not (suspend(0) or (b and a)):
        effect("if")
    if (a if suspend(0) else (b and a)) or suspend(3):
        effect("chosen")
    less, more = Less("x", False), Less("y", True)
    if suspend(1) and (less < more < less):
        effect("never")
    assert not (suspend(0) or (b and a)), effect("message")
    return n, [x.name for x in (a, b) if suspend(x.name) and (x or b) and not (b or suspend(0) and x)]
