"""match with every kind of pattern, and guards that suspend."""

from contweb import flow, suspend
from tests.programs import effect, program


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


class Names:
    one = 1
    two = "two"


@program
def literals():
    def name(x):
        match suspend(x):
            case 0 | 1:
                return suspend("small")
            case -2.5:
                return "negative"
            case 1 + 2j:
                return "complex"
            case "text" | b"bytes":
                return suspend("string")
            case None:
                return "none"
            case True:
                return "never: True == 1"
            case _:
                return suspend("other")

    return [name(x) for x in (0, 1, -2.5, 1 + 2j, "text", b"bytes", None, True, 99)]


@program
def captures():
    match suspend((1, 2)):
        case (a, b) if suspend(a) > b:
            return "never"
        case (a, b) if suspend(b) == 2:
            return suspend(a), b
        case _:
            return "never"


@program
def failed_captures_stay_bound():
    match suspend((1, 2)):
        case (a, 3):
            pass
        case (b, c) if suspend(False):
            pass
        case [*d]:
            suspend("?")
    return sorted(locals())


@program
def sequences():
    def shape(x):
        match suspend(x):
            case []:
                return "empty"
            case [x]:
                return "one", suspend(x)
            case [1, x]:
                return "one and", x
            case (first, *_, last) if suspend(first) == last:
                return "ring", first
            case [first, *rest]:
                return first, suspend(rest)
            case str() | bytes():
                return "no sequence"
        return "nothing"

    return [shape(x) for x in ([], [5], [1, 2], (3, 4, 3), (7, 8, 9), "ab", 5, range(3))]


@program
def sequences_nested():
    match suspend([1, [2, (3, [4, 5])]]):
        case [a, [b, (c, [*d])]]:
            return suspend((a, b, c, d))


@program
def mappings():
    def shape(x):
        match suspend(x):
            case {"kind": "a", "n": n}:
                return "a", suspend(n)
            case {"kind": str(kind), **rest} if suspend(rest):
                return kind, rest
            case {"kind": kind}:
                return kind
            case {}:
                return "mapping"
        return "nothing"

    return [shape(x) for x in ({"kind": "a", "n": 1}, {"kind": "b", "z": 1}, {"kind": "c"}, {}, {"x": 1}, 5)]


@program
def mapping_keys_by_value():
    match suspend({1: "x", "two": "y"}):
        case {Names.one: x, Names.two: y}:
            return suspend(x), y


@program
def classes():
    def shape(p):
        match p:
            case Point(0, 0):
                return suspend("origin")
            case Point(0, y=y) | Point(x=y, y=0):
                return "axis", suspend(y)
            case Point(x, y) if suspend(x) == y:
                return "diagonal", x
            case Point(x=int(x), y=float() as y):
                return "mixed", x, y
            case Point():
                return "point"
            case int(n) | float(n):
                return "number", suspend(n)
            case str():
                return "string"

    return [
        shape(p)
        for p in (Point(0, 0), Point(0, 5), Point(6, 0), Point(7, 7), Point(1, 2.5), Point(1, 2), 8, 9.5, "s", None)
    ]


@program
def values_and_as():
    def kind(x):
        match suspend(x):
            case Names.one as n:
                return "one", suspend(n)
            case (Names.two | "deux") as t:
                return "two", t
            case [Names.one, *_] as whole if suspend(len(whole)) > 1:
                return whole
            case other:
                return "other", suspend(other)

    return [kind(x) for x in (1, "two", "deux", [1, 2], [1], 7)]


@program
def guards_in_order():
    seen = ()
    for x in range(4):
        match x:
            case n if effect(n) == 0 and suspend(True):
                seen += ("zero",)
            case n if suspend(n) == 1:
                seen += (suspend("one"),)
            case n if suspend(n) > 2:
                seen += (suspend("many"),)
        seen += (x,)
    return seen


@program
def guard_that_binds():
    match suspend(5):
        case n if (m := suspend(n * 2)) > 50:
            return "never"
        case n if (k := suspend(n + 1)) == 6:
            return n, m, k


@program
def subject_is_evaluated_once():
    n = 0

    def subject():
        nonlocal n
        n += 1
        return suspend(n)

    match subject():
        case 0:
            return "never"
        case 5:
            return "never"
        case x:
            return x, n


@program
def subject_is_a_tuple_display():
    a, b = 1, 2
    match suspend(a), suspend(b), *suspend((3, 4)):
        case 1, 2, *rest:
            return suspend(rest)


@program
def subject_changed_in_a_guard():
    x = suspend(1)

    def change():
        nonlocal x
        x = 2
        return suspend(False)

    match x:
        case 1 if change():
            return "never"
        case 2:
            return "never"
        case 1:
            return "first", x


@program
def nested_matches_in_loops():
    seen = ()
    for command in ("go north", "go", "take a b", "stop", "after"):
        match command.split():
            case ["go"]:
                seen += (suspend("where?"),)
                continue
            case ["go", ("north" | "south") as where]:
                match where:
                    case "north":
                        seen += (suspend("N"),)
                    case _:
                        seen += ("S",)
            case ["take", *things]:
                for thing in things:
                    seen += (suspend(thing),)
            case ["stop"]:
                suspend("stopping")
                break
        seen += ("next",)
    return seen


@program
def returns_raises_and_finally():
    def f(x):
        try:
            match suspend(x):
                case 0:
                    return suspend("zero")
                case 1:
                    raise ValueError(suspend("one"))
                case _:
                    suspend("other")
        except ValueError as error:
            return error.args
        finally:
            suspend("finally")
        return "end"

    return f(0), f(1), f(2)


@program
def error_in_a_guard():
    try:
        match suspend(0):
            case n if 1 / suspend(n):
                return "never"
            case _:
                return "never"
    except ZeroDivisionError:
        return suspend("caught"), n


@program
def match_args_errors():
    try:
        match suspend(1):
            case int(a, b):
                return "never"
    except TypeError as error:
        return str(error)


@program
def names_called_match_and_case():
    match = suspend(1)
    case = suspend(2)
    match (match, case):
        case (1, case):
            return match, suspend(case)


@program
def wildcards_and_star_names():
    match suspend([1, 2, 3, {"k": [4, 5]}]):
        case [_, *middle, {"k": [_, five]}]:
            suspend("?")
            return middle, five


@program
def no_case_matches():
    match suspend(5):
        case 1:
            suspend("never")
        case [_]:
            suspend("never")
    return suspend("end")
