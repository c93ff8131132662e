"""Edits of what a step stands in."""

from tests.state.edited import (
    BEFORE,
    CHARGED,
    COUNT,
    GIFT,
    LOOP,
    NAME,
    NONE,
    NOTE,
    RESULT,
    Edit,
    indented,
)

EDITS = [
    # What stands around.
    Edit(
        "the loop's list made longer",
        [('("apples", "pears")', '("apples", "pears", "apples")')],
        pages="++--++",
        harmless=False,
        more={4: {"n": "1"}},
        results={"gift": RESULT, "note": RESULT, "*": ("Ann", "Elm 12", 20, True, "hi")},
        logs={"gift": CHARGED, "note": CHARGED, "*": [("charge", "Ann", 10)]},
    ),
    Edit(
        "the loop's list gets a name",
        [(LOOP, '    fruits = ("apples", "pears")\n    for item in fruits:\n')],
        pages="++--++",
    ),
    Edit(
        "the loop counts",
        [(LOOP, '    for place, item in enumerate(("apples", "pears")):\n')],
        pages="++--++",
        harmless=False,
    ),
    Edit(
        "the loop becomes a while",
        [(LOOP, '    items = ["apples", "pears"]\n    while items:\n        item = items.pop(0)\n')],
        pages="++----",
        harmless=False,
    ),
    Edit(
        "the question of the loop becomes a flow",
        [
            (COUNT, "        count = quantity(item)\n"),
            (
                "@flow\ndef order",
                "@flow\ndef quantity(item):\n"
                '    return int(ask("quantity.html", item=item)["n"])\n\n\n@flow\ndef order',
            ),
        ],
        pages="++--++",
        harmless=False,
    ),
    Edit(
        "a condition added to an if",
        [("if total > 5:", "if total > 5 and not gift:")],
        pages="++++-+",
        harmless=False,
    ),
    Edit(
        "the if turned around",
        [("    if total > 5:\n" + GIFT, "    if total <= 5:\n        log('small')\n    else:\n" + GIFT)],
        pages="++++--",
        harmless=False,
    ),
    Edit("an else added", [(GIFT, GIFT + "    else:\n        log('small')\n")]),
    Edit("the if removed", [("    if total > 5:\n" + GIFT, GIFT[4:])], pages="++++--", harmless=False),
    Edit(
        "the last question wrapped in an if",
        [(NOTE, "    note = ''\n    if gift:\n" + indented(NOTE))],
        pages="+++++-",
        harmless=False,
    ),
    Edit(
        "the last question wrapped in a for",
        [(NOTE, "    for _ in range(1):\n" + indented(NOTE))],
        pages="+++++-",
        harmless=False,
    ),
    Edit(
        "the last question wrapped in a while",
        [(NOTE, "    note = ''\n    while not note:\n" + indented(NOTE))],
        pages="+++++-",
        harmless=False,
    ),
    Edit(
        "the last question wrapped in a try",
        [(NOTE, "    try:\n" + indented(NOTE) + "    except KeyError:\n        note = ''\n")],
        pages="+++++-",
        harmless=False,
    ),
    Edit(
        "the last question wrapped in a with",
        [
            ("PRICES = {", "from contextlib import nullcontext\n\nPRICES = {"),
            (NOTE, "    with nullcontext():\n" + indented(NOTE)),
        ],
        pages="+++++-",
        harmless=False,
    ),
    Edit(
        "everything wrapped in a try",
        [
            (
                NAME + BEFORE[BEFORE.index("    rate = 10") :],
                "    try:\n"
                + indented(NAME + BEFORE[BEFORE.index("    rate = 10") :])
                + "    finally:\n        log('end')\n",
            )
        ],
        pages=NONE,
        harmless=False,
    ),
]
