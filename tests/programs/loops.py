"""Loops of every kind, left and re-entered at each turn."""

from contweb import flow, suspend
from tests.programs import effect, program


@program
def while_counts():
    n = total = 0
    while n < 4:
        total += suspend(n)
        n += 1
    return n, total


@program
def while_test_suspends():
    n = 0
    while suspend(n) < 3:
        effect(n)
        n += 1
    return n


@program
def while_test_suspends_twice():
    n = 0
    while suspend(n) < 3 and suspend(n + 10) != 12:
        n += 1
    else:
        return "else", n


@program
def while_else():
    n = 0
    while n < 2:
        n += suspend(1)
    else:
        effect("else")
        n += suspend(10)
    return n


@program
def while_else_skipped_by_break():
    n = 0
    while True:
        n += suspend(1)
        if n == 3:
            break
    else:
        effect("never")
    return n


@program
def while_true_return():
    n = 0
    while True:
        n += 1
        if suspend(n) == 3:
            return "found", n


@program
def while_continue():
    n, odd = 0, ()
    while n < 6:
        n += 1
        if n % 2 == 0:
            continue
        odd += (suspend(n),)
    return odd


@program
def while_continue_after_suspend():
    n, seen = 0, ()
    while n < 4:
        n += 1
        if suspend(n) == 2:
            suspend("skip")
            continue
        seen += (n,)
    else:
        seen += ("end",)
    return seen


@program
def for_list():
    seen = ()
    for x in [1, 2, 3]:
        seen += (suspend(x),)
    return seen, x


@program
def for_tuple_else():
    seen = ()
    for x in (1, 2):
        seen += (suspend(x),)
    else:
        seen += (suspend("else?"),)
    return seen


@program
def for_range_break():
    for i in range(2, 20, 3):
        if suspend(i) == 8:
            break
    else:
        effect("never")
    return i


@program
def for_range_continue_else():
    kept = ()
    for i in range(5):
        if i % 2:
            suspend("odd")
            continue
        kept += (suspend(i),)
    else:
        kept += ("else",)
    return kept


@program
def for_set():
    total = 0
    for x in {1, 2, 3}:
        total += suspend(x)
    return total


@program
def for_frozenset():
    total = 0
    for x in frozenset((4, 5)):
        total += suspend(x)
    return total


@program
def for_string():
    word = ""
    for letter in "abc":
        word += suspend(letter + "?") * 2
    return word


@program
def for_bytes():
    return [suspend(b) for b in b"xyz"], [b for b in bytearray(b"ab") if suspend(b)]


@program
def for_dict():
    seen = ()
    for key in {"a": 1, "b": 2}:
        seen += (suspend(key),)
    return seen


@program
def for_dict_views():
    d, seen = {"a": 1, "b": 2, "c": 3}, ()
    for key in d.keys():
        seen += (suspend(key),)
    for value in d.values():
        seen += (suspend(value),)
    for key, value in d.items():
        seen += (suspend(key), value)
    return seen


@program
def for_enumerate():
    seen = ()
    for i, letter in enumerate("abc", start=1):
        seen += ((i, suspend(letter)),)
    return seen


@program
def for_zip():
    seen = ()
    for a, b, c in zip([1, 2, 3], "xyz", range(10, 90, 10)):
        seen += ((a, b, suspend(c)),)
    return seen


@program
def for_zip_strict():
    seen = ()
    try:
        for a, b in zip([1, 2], [3], strict=True):
            seen += (suspend(a), b)
    except ValueError as error:
        return seen, suspend("caught"), str(error)


@program
def for_reversed():
    seen = ()
    for x in reversed([1, 2, 3]):
        seen += (suspend(x),)
    for x in reversed(range(3)):
        seen += (suspend(x),)
    for x in reversed({"a": 1, "b": 2}):
        seen += (suspend(x),)
    return seen


@program
def for_map_and_filter():
    seen = ()
    for x in map(abs, [-1, -2, 3]):
        seen += (suspend(x),)
    for x in filter(None, [0, 1, 2]):
        seen += (suspend(x),)
    return seen


@program
def for_enumerate_of_zip_of_reversed():
    seen = ()
    for i, (a, b) in enumerate(zip(reversed([1, 2, 3]), [4, 5, 6])):
        seen += (i, a, suspend(b))
    return seen


@program
def for_nested():
    seen = ()
    for i in range(3):
        for j in range(i):
            seen += ((i, suspend(j)),)
        seen += (suspend("row"),)
    return seen


@program
def for_nested_break_and_continue():
    seen = ()
    for i in range(4):
        for j in range(4):
            if suspend(j) == i:
                break
            if j == 2:
                suspend("continue")
                continue
            seen += ((i, j),)
        else:
            seen += ("whole",)
        if i == 2:
            continue
        seen += (suspend(i),)
    return seen


@program
def for_in_while_in_for():
    seen = ()
    for i in (1, 2):
        n = 0
        while n < i:
            for j in "ab":
                seen += ((i, n, suspend(j)),)
            n += 1
    return seen


@program
def for_iterable_suspends():
    seen = ()
    for x in suspend((1, 2)):
        seen += (suspend(x),)
    for x in (suspend(3), effect(4), suspend(5)):
        seen += (suspend(x),)
    return seen


@program
def for_targets_unpack():
    seen = ()
    for a, (b, *c) in [(1, (2, 3, 4)), (5, "xyz")]:
        seen += ((suspend(a), b, c),)
    return seen


@program(mutates=True)
def for_target_is_an_item():
    d = {}
    for d[suspend("key?")] in range(3):
        effect(d)
        suspend("body")
    return d


class Box:
    at = None


@program(mutates=True)
def for_target_is_an_attribute():
    box, seen = Box(), []
    for box.at in "ab":
        seen.append(box.at)
        effect(box.at)
    suspend("end")
    return seen


@program
def for_over_nothing():
    for x in ():
        suspend("never")
    else:
        suspend("else")
    try:
        return x
    except UnboundLocalError as error:
        return suspend("unbound?"), str(error)


@program
def for_variable_kept_and_rebound():
    seen = ()
    for i in range(3):
        i = i * 10
        seen += (suspend(i),)
    return seen, i


@program(mutates=True)
def for_list_grows():
    xs, seen = [1, 2], []
    for x in xs:
        seen.append(suspend(x))
        if len(xs) < 5:
            xs.append(x * 10)
    return xs, seen


@program(mutates=True)
def for_list_shrinks():
    xs, seen = [1, 2, 3, 4, 5, 6], []
    for x in xs:
        seen.append(suspend(x))
        xs.remove(x)
    return xs, seen


@program(mutates=True)
def for_list_replaced_in_place():
    xs = [1, 2, 3]
    for i, x in enumerate(xs):
        xs[-1 - i] = suspend(x * 10)
    return xs


@program
def for_list_rebound():
    xs, seen = [1, 2, 3], ()
    for x in xs:
        xs = suspend("other?")
        seen += (x, xs)
    return seen


@program(mutates=True)
def for_dict_grows_at_once():
    d = {1: 1}
    suspend("before")
    try:
        for key in d:
            d[key + 1] = 1
    except RuntimeError as error:
        return suspend("after"), str(error)


@program(mutates=True)
def for_dict_values_changed():
    d = {"a": 1, "b": 2}
    for key in d:
        d[key] += suspend(10)
    return d


@program(mutates=True)
def one_iterator_in_two_loops():
    it, seen = iter([1, 2, 3, 4, 5]), ()
    for x in it:
        seen += (suspend(x),)
        if x == 2:
            break
    for x in it:
        seen += (suspend(x * 10),)
    return seen


@program(mutates=True)
def one_iterator_nested_in_itself():
    it, seen = iter(range(6)), ()
    for a in it:
        for b in it:
            seen += ((a, suspend(b)),)
            break
    return seen


@program(mutates=True)
def one_iterator_advanced_by_next():
    it, seen = iter("abcdef"), ()
    for letter in it:
        seen += (suspend(letter), next(it))
    return seen


@program
def loop_after_loop():
    first, second = (), ()
    for i in range(2):
        first += (suspend(i),)
    for i in range(2):
        second += (suspend(i + 5),)
    return first, second, i


@program
def for_else_with_break_in_else_of_inner():
    for i in range(3):
        for j in range(2):
            suspend((i, j))
        else:
            if suspend(i) == 1:
                break
    else:
        return "never"
    return i, j


@flow
def countdown(n):
    while n:
        suspend(n)
        n -= 1
    return "lift-off"


@program
def loop_calls_a_loop():
    seen = ()
    for n in range(3):
        seen += (countdown(n),)
    return seen


@program
def loop_break_out_of_if_elif_else():
    seen = ()
    for i in range(9):
        if i == 1:
            seen += (suspend("one"),)
        elif suspend(i) == 3:
            continue
        elif i == 5:
            suspend("five")
            break
        else:
            seen += (i, suspend("else"))
        seen += ("after",)
    return seen


@program
def while_false_and_if_true():
    while False:
        suspend("never")
    else:
        suspend("else")
    if True:
        suspend("yes")
    if 0:
        suspend("no")
    return "end"


@program
def pass_and_ellipsis():
    ...
    pass
    for _ in range(2):
        pass
    suspend(...)
    return suspend(None)


@program
def iterator_that_stands_twice_in_another():
    pairs = [(suspend(a), b) for a, b in zip(*[iter(range(6))] * 2)]
    for n, (a, b) in enumerate(zip(*[iter("abcdef")] * 2)):
        pairs = [*pairs, (n, suspend(a + b))]
    return pairs
