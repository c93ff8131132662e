"""Iterators of the user's own, and those of the standard library."""

from contweb import flow, suspend
from tests.programs import effect, program


class Count:
    """An iterator that notes its turns."""

    def __init__(self, n):
        self.n, self.i = n, 0

    def __iter__(self):
        effect("iter")
        return self

    def __next__(self):
        if self.i >= self.n:
            effect("stop")
            raise StopIteration
        self.i += 1
        effect(("next", self.i))
        return self.i


class Sequence:
    """Only ``__getitem__``."""

    def __getitem__(self, i):
        effect(("getitem", i))
        if i > 2:
            raise IndexError
        return i * 10


class Fails:
    def __iter__(self):
        return self

    def __next__(self):
        raise ValueError("next")


@program(mutates=True)
def custom_iterator():
    seen = []
    for x in Count(3):
        seen.append(suspend(x))
    return seen


@program(mutates=True)
def custom_iterator_in_a_comprehension():
    return [suspend(x) for x in Count(2)], {suspend(x): y for x in Count(2) for y in Count(1)}


@program(mutates=True)
def custom_iterator_left_and_taken_again():
    it = Count(4)
    for x in it:
        if suspend(x) == 2:
            break
    return [suspend(y) for y in it]


@program(mutates=True)
def sequence_protocol():
    seen = []
    for x in Sequence():
        seen.append(suspend(x))
    return seen


@program
def iterator_that_fails():
    try:
        for x in Fails():
            suspend("never")
    except ValueError as error:
        return suspend("caught"), error.args


@program
def not_iterable():
    seen = ()
    try:
        for x in suspend(5):
            suspend("never")
    except TypeError as error:
        seen += (str(error),)
    try:
        [x for x in suspend(None)]
    except TypeError as error:
        seen += (str(error),)
    try:
        a, b = suspend(5)
    except TypeError as error:
        seen += (str(error),)
    return seen


@program(mutates=True, barriers=True)
def callable_with_sentinel():
    values = [3, 2, 1, 0, 9]

    def pop():
        return values.pop(0)

    seen = []
    for x in iter(pop, 0):
        seen.append(suspend(x))
    return seen, values


@program(mutates=True)
def bound_method_with_sentinel():
    values, seen = [1, 2, 0, 5], []
    for x in iter(values.pop, 1):
        seen.append(suspend(x))
    return seen, values


@program
def unpacking_iterators():
    a, *b = iter(suspend([1, 2, 3]))
    c, d = map(str, suspend((4, 5)))
    return a, b, c, d, [*iter(suspend("ab"))]


@program(mutates=True)
def next_with_default():
    it = iter([1, 2])
    return next(it), suspend("?"), next(it, "end"), suspend("?"), next(it, suspend("end"))


@program(mutates=True)
def iterators_kept_in_a_list():
    its = [iter([1, 2, 3]), iter("abc"), iter(range(3)), iter((7, 8, 9)), enumerate("xy"), zip([1, 2], [3, 4])]
    seen = ()
    for _ in range(2):
        seen += tuple([next(it) for it in its])
        suspend("?")
    return seen, [list(it) for it in its]


@program(mutates=True)
def two_loops_share_one_enumerate():
    e = enumerate("abcd")
    seen = ()
    for i, x in e:
        seen += ((suspend(i), x),)
        if i == 1:
            break
    for i, x in e:
        seen += ((i, suspend(x)),)
    return seen


class Deck:
    def __init__(self):
        self.made = 0

    def __iter__(self):
        self.made += 1
        return iter([self.made, 10])


@program(mutates=True)
def custom_iterable_makes_iterators():
    deck = Deck()
    seen = [suspend(x) for x in deck]
    for x in deck:
        seen.append(suspend(x))
    return seen, deck.made


@program
def reversed_and_sorted():
    return [suspend(x) for x in sorted([3, 1, 2])], [suspend(x) for x in reversed("abc")], suspend([*reversed((1, 2))])


@program(mutates=True)
def deque_and_counter():
    from collections import Counter, deque

    queue, seen = deque([1, 2, 3]), []
    while queue:
        seen.append(suspend(queue.popleft()))
        if len(seen) == 1:
            queue.append(9)
    for key, n in Counter("aab").items():
        seen.append(suspend((key, n)))
    return seen


@program(mutates=True, stored=False)
def generator_expression_kept():
    g = (x * 2 for x in [1, 2, 3])
    first = next(g)
    suspend("?")
    return first, [suspend(x) for x in g]


@program(mutates=True, stored=False)
def generator_expression_as_the_iterable():
    seen = []
    for x in (y * y for y in range(3)):
        seen.append(suspend(x))
    return seen


@program(mutates=True)
def set_changed_under_its_loop():
    seen = []
    for before in (True, False):
        items = {1, 2, 3}
        try:
            for x in items:
                if before:
                    items.add(10)
                seen.append(suspend(x))
                items.add(10)
        except RuntimeError as error:
            seen.append(str(error))
    return seen


@program(mutates=True)
def set_changed_in_the_last_turn():
    items = {1}
    try:
        for x in items:
            suspend(x)
            items.add(2)
    except RuntimeError as error:
        return str(error), sorted(items)


@program(mutates=True)
def set_of_the_same_size_under_its_loop():
    items, seen = {1, 2, 3}, []
    for x in items:
        items |= {10}
        items -= {10}
        seen.append(suspend(x))
        items |= {10}
        items -= {10}
    return seen


@program(mutates=True)
def frozenset_under_its_loop():
    items, seen = frozenset((1, 2, 3)), []
    for n, x in enumerate(items):
        seen.append((n, suspend(x)))
        items |= {x + 10}
    return seen, sorted(items)


@program(mutates=True)
def dictionary_changed_under_its_loop():
    seen = []
    for before in (True, False):
        for loop in (iter, reversed, dict.keys, dict.values, dict.items, enumerate):
            items = {1: "a", 2: "b", 3: "c"}
            try:
                for x in loop(items):
                    if before:
                        items[10] = "d"
                    seen.append(suspend(x))
                    items[10] = "d"
            except RuntimeError as error:
                seen.append(str(error))
    return seen


@program(mutates=True)
def dictionary_changed_in_the_last_turn():
    seen = []
    for loop in (iter, reversed, dict.items):
        items = {1: "a"}
        try:
            for x in loop(items):
                suspend(x)
                items[2] = "b"
        except RuntimeError as error:
            seen.append(str(error))
        items = {1: "a"}
        for x in loop(items):
            suspend(x)
            items[1] = "b"
            seen.append(x)
    return seen


@program
def cycle_in_another_iterator():
    from itertools import cycle

    seen = ()
    for n, x in enumerate(cycle([1, 2, 3])):
        seen += ((n, suspend(x)),)
        if n == 7:
            return seen


@program(mutates=True, stored=False)
def iterators_that_cannot_be_copied():
    from itertools import pairwise

    seen = [suspend(x) for x in memoryview(b"ab")]
    for n, pair in enumerate(pairwise("abc")):
        seen.append((n, suspend(pair)))
    return seen
