"""Tests of the interpreter that come out otherwise as flows by nature, each with its reason."""

ENDLESS = "a recursion that suspends is not ended by the depth of the stack; it is not run"
LIFETIME = "looks when an object dies: a finished statement's intermediate value may live a little longer"
FRAMES = "looks at the frames themselves: a resumed flow stands in another frame"

SUPER = "super() without arguments is compiled with them: a first argument that was deleted is another error"

DIFFERENT: dict[str, dict[str, str]] = {
    "test_exceptions": {
        "ExceptionTests.test_recursion_error_cleanup": ENDLESS,
    },
    "test_raise": {"TestContext.test_3611": LIFETIME, "TestTracebackType.test_attrs": FRAMES},
    "test_scope": {"ScopeTests.testCellLeak": LIFETIME},
    "test_super": {"TestSuper.test_obscure_super_errors": SUPER},
}


def is_endless(module: str, test: str) -> bool:
    return DIFFERENT.get(module, {}).get(test) == ENDLESS
