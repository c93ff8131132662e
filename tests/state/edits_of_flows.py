"""Edits of the flow that is called, and of names and parameters of flows."""

from tests.state.edited import ADDRESS, CHARGED, NONE, NOTE, ORDER, RETURN, Edit

EDITS = [
    Edit("the check of the inner flow changed", [('form["zip"].isdigit()', 'form["zip"].isalnum()')]),
    Edit(
        "a second check in the inner flow",
        [
            (
                '            return form["street"]',
                '            log("checked")\n            return form["street"]',
            )
        ],
        logs={"name": ["checked", *CHARGED], "address": ["checked", *CHARGED], "*": CHARGED},
    ),
    Edit(
        "the inner flow's loop removed",
        [
            (
                ADDRESS,
                "@flow\ndef address(kind):\n"
                '    form = ask("address.html", kind=kind)\n'
                '    return form["street"] + " " + form["zip"]\n\n\n',
            )
        ],
        pages="+-++++",
        harmless=False,
    ),
    Edit(
        "the inner flow gets a parameter with a default",
        [("def address(kind)", "def address(kind, country='AT')")],
    ),
    Edit(
        "the inner flow gets a parameter that it uses",
        [("def address(kind)", "def address(kind, end='')"), ('form["zip"]\n\n', 'form["zip"] + end\n\n')],
    ),
    Edit(
        "the inner flow gets a parameter without a default",
        [
            ("def address(kind)", "def address(kind, end)"),
            ('form["zip"]\n\n', 'form["zip"] + end\n\n'),
            ('address("delivery")', 'address("delivery", "")'),
        ],
        pages="+-----",
        harmless=False,
    ),
    Edit(
        "the inner flow renamed",
        [("def address(", "def where("), ('address("delivery")', 'where("delivery")')],
        pages="+-----",
        harmless=False,
    ),
    Edit(
        "the inner flow renamed, with @flow(name=...)",
        [
            ("@flow\ndef address(", '@flow(name="shop.address")\ndef where('),
            ('address("delivery")', 'where("delivery")'),
        ],
    ),
    Edit(
        "the outer flow renamed, with @flow(name=...)",
        [("@flow\ndef order(", '@flow(name="shop.order")\ndef purchase(')],
    ),
    Edit(
        "the outer flow renamed, with aliases",
        [("@flow\ndef order(", '@flow(aliases=["shop.order"])\ndef purchase(')],
    ),
    Edit("the outer flow removed", [(ORDER, "")], pages=NONE, harmless=False),
    Edit(
        "another flow is called",
        [
            ('address("delivery")', 'pick_up("delivery")'),
            ("@flow\ndef address", "@flow\ndef pick_up(kind):\n    return 'shop'\n\n\n@flow\ndef address"),
        ],
        pages="+-----",
        harmless=False,
        results={"name": ("Ann", "shop", 18, True, "hi")},
        less=(1,),
    ),
    Edit("a closure added below", [(NOTE, NOTE + "    note = (lambda: name and note)()\n")]),
    Edit(
        "a sorted with a key added below",
        [(RETURN, "    order = sorted([2, 1], key=lambda n: n * total)\n" + RETURN)],
    ),
]
