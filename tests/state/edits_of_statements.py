"""Edits of statements that ask nothing."""

from tests.state.edited import CHARGE, CHARGED, COUNT, NAME, RETURN, TO, Edit

EDITS = [
    # Statements.
    Edit("a log line added above all", [(NAME, '    log("start")\n' + NAME)]),
    Edit(
        "a log line added in the middle",
        [(TO, '    log("middle")\n' + TO)],
        logs={"name": ["middle", *CHARGED], "*": CHARGED},
    ),
    Edit("a log line added below", [(RETURN, '    log("end")\n' + RETURN)], logs={"*": [*CHARGED, "end"]}),
    Edit(
        "a log line added in the loop",
        [(COUNT, COUNT + "        log(item)\n")],
        logs={
            "gift": CHARGED,
            "note": CHARGED,
            "pears": ["pears", *CHARGED],
            "*": ["apples", "pears", *CHARGED],
        },
    ),
    Edit(
        "a variable added above, used below",
        [(TO, "    fee = 1\n" + TO), (RETURN, RETURN.replace("total +", "total + fee +"))],
        results={"*": ("Ann", "Elm 12", 19, True, "hi")},
    ),
    Edit(
        "a computed variable added above, used below",
        [(TO, "    fee = len(name)\n" + TO), (RETURN, RETURN.replace("total +", "total + fee +"))],
        pages="+-----",
        harmless=False,
        results={"*": ("Ann", "Elm 12", 21, True, "hi")},
    ),
    Edit(
        "a variable added below",
        [(RETURN, "    paid = total + rate\n" + RETURN.replace("total + rate", "paid"))],
    ),
    Edit(
        "a local renamed",
        [("name = ask", "who = ask"), ('"charge", name', '"charge", who'), ("return name", "return who")],
    ),
    Edit("two locals renamed", [("total", "amount"), ("to = ", "where = "), ("name, to,", "name, where,")]),
    Edit(
        "the loop's variable renamed",
        [
            ("item in (", "fruit in ("),
            ("item=item", "item=fruit"),
            ("price(item)\n    if", "price(fruit)\n    if"),
        ],
    ),
    Edit(
        "a parameter renamed", [("def address(kind)", "def address(purpose)"), ("kind=kind", "kind=purpose")]
    ),
    Edit(
        "two assignments swapped",
        [("    rate = 10\n    gift = False\n", "    gift = False\n    rate = 10\n")],
    ),
    Edit("an unused assignment removed", [("    rate = 10\n", ""), ("total + rate", "total + 10")]),
    Edit(
        "x += 1 written as x = x + 1",
        [("total += count * price(item)", "total = total + count * price(item)")],
        pages="++----",
    ),
    Edit(
        "a statement split",
        [(COUNT, '        form = ask("quantity.html", item=item)\n        count = int(form["n"])\n')],
    ),
    Edit(
        "the result converted in another way",
        [('["note"]', '["note"].upper()')],
        results={"*": ("Ann", "Elm 12", 18, True, "HI")},
    ),
    Edit("a default given for a missing field", [('["note"]', '.get("note", "")')]),
    Edit(
        "a saved value is of another type now",
        [('["name"]', '["name"].split()')],
        pages="+-----",
        harmless=False,
        results={"*": (["Ann"], "Elm 12", 18, True, "hi")},
        logs={"*": [("charge", ["Ann"], 8)]},
    ),
    Edit(
        "a value is started with another type",
        [("total = 0", "total = 0.0")],
        pages="++----",
        harmless=False,
        results={"*": ("Ann", "Elm 12", 18.0, True, "hi")},
        logs={"*": [("charge", "Ann", 8.0)]},
    ),
    Edit(
        "the result returned in another form",
        [(RETURN, '    return {"name": name, "note": note}\n')],
        results={"*": {"name": "Ann", "note": "hi"}},
    ),
    Edit(
        "charged after the last question",
        [(CHARGE, ""), (RETURN, CHARGE + RETURN)],
        pages="+++++-",
        harmless=False,
    ),
    Edit(
        "charged before the loop",
        [(CHARGE, ""), ("    total = 0\n", "    total = 0\n" + CHARGE)],
        pages="++---+",
        harmless=False,
        logs={"note": CHARGED, "*": [("charge", "Ann", 0)]},
    ),
]
