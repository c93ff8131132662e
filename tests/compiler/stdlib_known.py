"""Tests of the interpreter that come out otherwise as flows by nature, each with its reason."""

ENDLESS = "a recursion that suspends is not ended by the depth of the stack; it is not run"
LIFETIME = "looks when an object dies: a finished statement's intermediate value may live a little longer"
FRAMES = "looks at the frames themselves: a resumed flow stands in another frame"

DIFFERENT: dict[str, dict[str, str]] = {
    "test_exceptions": {
        "ExceptionTests.test_recursion_error_cleanup": ENDLESS,
    },
}


def is_endless(module: str, test: str) -> bool:
    return DIFFERENT.get(module, {}).get(test) == ENDLESS
