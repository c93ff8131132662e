"""Edits of texts, constants, and of what is around the flow."""

from tests.state.edited import ADDRESS, CHARGED, NAME, NOTE, ORDER, RESULT, RETURN, Edit

EDITS = [
    # Nothing that runs.
    Edit(
        "a comment added, lines moved",
        [("@flow\ndef order", "# Orders.\n\n\n@flow\ndef order"), (NOTE, "\n    # At last.\n" + NOTE)],
    ),
    Edit("a docstring changed", [("Where to?", "The address to send to.")]),
    Edit("a docstring added", [("def order():\n", 'def order():\n    """An order."""\n')]),
    Edit(
        "quotes and line breaks changed",
        [
            (RETURN, "    return (\n        name,\n        to, total + rate, gift, note,\n    )\n"),
            (NAME, "    name = ask('name.html')['name']\n"),
        ],
    ),
    Edit(
        "annotations added",
        [("def address(kind)", "def address(kind: str) -> str"), ("    total = 0", "    total: int = 0")],
    ),
    Edit("parentheses added", [("count * price(item)", "(count * price(item))")]),
    # Other functions, the module.
    Edit("a helper edited", [("    return PRICES[item]", "    return PRICES[item] * 1")]),
    Edit(
        "a price changed",
        [('"pears": 3', '"pears": 4')],
        results={"gift": RESULT, "note": RESULT, "*": ("Ann", "Elm 12", 20, True, "hi")},
        logs={"gift": CHARGED, "note": CHARGED, "*": [("charge", "Ann", 10)]},
    ),
    Edit(
        "a helper added, and used below",
        [
            (NOTE, NOTE + "    note = tidy(note)\n"),
            ("def price(item)", "def tidy(text):\n    return text.strip()\n\n\ndef price(item)"),
        ],
    ),
    Edit("the helper renamed", [("price(item)", "cost(item)")], pages="++----"),
    Edit("the two flows in the other order", [(ADDRESS + ORDER, ORDER + "\n\n" + ADDRESS.rstrip() + "\n")]),
    Edit(
        "another flow added",
        [
            (
                "@flow\ndef address",
                '@flow\ndef cancel():\n    return ask("cancel.html")\n\n\n@flow\ndef address',
            )
        ],
    ),
    Edit("an import added at the top", [("PRICES = {", "import math\n\nPRICES = {")]),
    # Texts and constants.
    Edit("the text of a question: words added", [('"note.html"', '"order note.html"')]),
    Edit("a template renamed, its field is the same", [('"name.html"', '"who.html"')]),
    Edit("a template moved to a folder", [('"gift.html"', '"order/gift.html"')]),
    Edit("the template in the loop renamed", [('"quantity.html"', '"number.html"')]),
    Edit("the template of the inner flow renamed", [('"address.html"', '"postal address.html"')]),
    Edit("all templates moved", [('.html"', '.jinja"')]),
    Edit("a name for the template added", [('ask("note.html")', 'ask("note.html", total=total)')]),
    Edit("a name for the template removed", [(', item=item)["n"]', ')["n"]')]),
    Edit("what the template is given changed", [("item=item)", "item=item.title())")]),
    Edit(
        "a rate changed, above",
        [("rate = 10", "rate = 20")],
        results={"name": ("Ann", "Elm 12", 28, True, "hi")},
    ),
    Edit("a limit changed", [("total > 5", "total > 7")]),
    Edit(
        "a limit changed, so that some would not be here",
        [("total > 5", "total > 50")],
        results={"gift": RESULT, "note": RESULT, "*": ("Ann", "Elm 12", 18, False, "hi")},
        less=(4,),
    ),
    Edit(
        "a constant changed, below",
        [("total + rate", "total + rate + 1")],
        results={"*": ("Ann", "Elm 12", 19, True, "hi")},
    ),
    Edit(
        "the message of the log changed",
        [('"charge"', '"charged"')],
        logs={"note": CHARGED, "*": [("charged", "Ann", 8)]},
    ),
    Edit("an argument of the inner flow changed", [('address("delivery")', 'address("delivery address")')]),
    Edit(
        "another field is read",
        [('ask("name.html")["name"]', 'ask("name.html")["full"]')],
        pages="+-----",
        harmless=False,
        results={"name": ("Ann Lee", "Elm 12", 18, True, "hi")},
        logs={"name": [("charge", "Ann Lee", 8)]},
    ),
]
