"""Edits of steps: added, removed, swapped, asked twice."""

from tests.state.edited import ALL, CHARGE, CHARGED, COUNT, NAME, NONE, NOTE, RESULT, RETURN, TO, Edit

EDITS = [
    # Steps.
    Edit("a step added at the end", [(RETURN, '    ask("sure.html")\n' + RETURN)], more={6: {}}),
    Edit(
        "a step added in the middle",
        [("    total = 0\n", '    ask("terms.html")\n    total = 0\n')],
        more={2: {}},
    ),
    Edit("a step added at the beginning", [(NAME, '    ask("welcome.html")\n' + NAME)]),
    Edit(
        "a step added, whose answer is used below",
        [
            ("    total = 0\n", '    phone = ask("phone.html")["phone"]\n    total = 0\n'),
            (RETURN, RETURN.replace("note\n", "note, phone\n")),
        ],
        pages="++----",
        harmless=False,
        more={2: {"phone": "55"}},
        results={"*": (*RESULT, "55")},
    ),
    Edit(
        "a step added in the loop",
        [(COUNT, COUNT + '        ask("ripe.html")\n')],
        pages=ALL,
        more={3: {}, 4: {}},
        results={},
    ),
    Edit(
        "a step removed, others go on",
        [(NOTE, ""), (", note\n", "\n")],
        pages="+++++-",
        harmless=False,
        results={"*": RESULT[:4]},
        less=(5,),
    ),
    Edit(
        "the first step removed",
        [(NAME, ""), ("name, total", "total"), ("return name, to", "return to")],
        pages="-+++++",
        harmless=False,
        results={"*": RESULT[1:]},
        logs={"*": [("charge", 8)], "note": CHARGED},
    ),
    Edit(
        "a step replaced by another",
        [('note = ask("note.html")["note"]', 'note = ask("date.html")["date"]')],
        pages="+++++-",
        harmless=False,
        results={"*": ("Ann", "Elm 12", 18, True, "1.1.")},
    ),
    Edit(
        "the last step asked twice",
        [(NOTE, NOTE + NOTE)],
        pages="+++++-",
        harmless=False,
        more={6: {"note": "ho"}},
        results={"*": ("Ann", "Elm 12", 18, True, "ho")},
    ),
    Edit(
        "a step asked again, of a kind",
        [(NOTE, NOTE + '    name = ask("name.html")["name"]\n')],
        more={6: {"name": "Bob"}},
        results={"*": ("Bob", "Elm 12", 18, True, "hi")},
    ),
    Edit("two steps swapped", [(NAME, ""), (TO, TO + NAME)], pages="--++++", harmless=False),
    Edit("the last two steps swapped", [(NOTE, ""), (CHARGE, NOTE + CHARGE)], pages="+++++-", harmless=False),
    Edit(
        "the texts of two steps swapped",
        [
            ('"name.html")["name"]', '"note.html")["x"]'),
            ('"note.html")["note"]', '"name.html")["name"]'),
            ('"note.html")["x"]', '"note.html")["note"]'),
        ],
        pages=NONE,
        harmless=False,
    ),
]
