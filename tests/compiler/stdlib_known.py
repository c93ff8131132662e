"""Tests of the interpreter that come out otherwise as flows by nature, each with its reason."""

ENDLESS = "a recursion that suspends is not ended by the depth of the stack; it is not run"
LONG = "suspends millions of times, or in each of 100,000 frames; it is not run"
LIFETIME = "looks when an object dies: a finished statement's intermediate value may live a little longer"
FRAMES = "looks at the frames themselves: a resumed flow stands in another frame"

GENERATOR = (
    "looks at a generator's frame or kind: a flow generator is an object of its own, which can be copied"
)
COLUMNS = (
    "looks at the columns of an error in iter(): a loop over a call that may suspend tells its line only"
)
SHARED = "empties a cell from outside: reading the variable is a NameError then, but no UnboundLocalError"
TAKEN_AWAY = "takes a builtin away from everybody, contweb included; it is not run"
MANGLED = "a private type parameter (`__T`) of a method tells the name that Python mangles it to"
INTERPRETERS = "runs the rewritten test in another interpreter, which has no contweb"
BUILTINS = "changes the builtins under the feet of everybody, contweb included"
NAMES = "prints the names of a frame as they are, hidden ones included"

DIFFERENT: dict[str, dict[str, str]] = {
    "test_call": {"TestRecursion.test_super_deep": LONG},
    "test_collections": {
        "TestOneTrickPonyABCs.test_Awaitable": GENERATOR,
        "TestOneTrickPonyABCs.test_Coroutine": GENERATOR,
    },
    "test_contextlib": {
        "ContextManagerTestCase.test_nokeepref": LIFETIME,
    },
    "test_copy": {
        "TestCopy.test_deepcopy_weakkeydict": LIFETIME,
        "TestCopy.test_deepcopy_weakvaluedict": LIFETIME,
    },
    "test_deque": {"TestBasic.test_container_iterator": LIFETIME},
    "test_descr": {
        "ClassPropertiesAndMethods.test_cycle_through_dict": LIFETIME,
        "ClassPropertiesAndMethods.test_remove_subclass": LIFETIME,
        "ClassPropertiesAndMethods.test_slots": LIFETIME,
        "ClassPropertiesAndMethods.test_weakrefs": LIFETIME,
    },
    "test_dict": {
        "DictTest.test_container_iterator": LIFETIME,
        "DictTest.test_oob_indexing_dictiter_iternextitem": LIFETIME,
    },
    "test_dynamic": {
        "RebindBuiltinsTests.test_cannot_replace_builtins_dict_while_active": BUILTINS,
        "RebindBuiltinsTests.test_modify_builtins_while_generator_active": BUILTINS,
    },
    "test_enum": {"TestSpecial.test_missing_exceptions_reset": LIFETIME},
    "test_enumerate": {"TestReversed.test_bug1229429": LIFETIME},
    "test_exceptions": {
        "ExceptionTests.testExceptionCleanupState": LIFETIME,
        "ExceptionTests.test_3114": LIFETIME,
        "ExceptionTests.test_generator_close_cleanup_exc_state": LIFETIME,
        "ExceptionTests.test_generator_throw_cleanup_exc_state": LIFETIME,
        "ExceptionTests.test_memory_error_cleanup": LIFETIME,
        "ExceptionTests.test_recursion_error_cleanup": ENDLESS,
        "ExceptionTests.test_recursion_in_except_handler": FRAMES,
    },
    "test_funcattrs": {
        "FunctionPropertiesTest.test_invalid___code___assignment": GENERATOR,
        "FunctionPropertiesTest.test_set_cell": SHARED,
    },
    "test_functools": {
        "TestLRUC.test_lru_cache_weakrefable": LIFETIME,
        "TestLRUPy.test_lru_cache_weakrefable": LIFETIME,
    },
    "test_generators": {
        "GeneratorTest.test_name": GENERATOR,
        "FinalizationTest.test_frame_resurrect": GENERATOR,
        "FinalizationTest.test_refcycle": LIFETIME,
        "GeneratorTest.test_copy": GENERATOR,
        "GeneratorTest.test_gi_frame_f_back": GENERATOR,
        "GeneratorTest.test_pickle": GENERATOR,
        "YieldFromTests.test_generator_gi_yieldfrom": GENERATOR,
    },
    "test_iter": {
        "TestCase.test_exception_locations": COLUMNS,
        "TestCase.test_reduce_mutating_builtins_iter": TAKEN_AWAY,
        "TestCase.test_ref_counting_behavior": LIFETIME,
    },
    "test_itertools": {"TestBasicOps.test_islice": LIFETIME, "TestBasicOps.test_tee": LIFETIME},
    "test_math": {"MathTests.test_sumprod_stress": LONG},
    "test_raise": {"TestContext.test_3611": LIFETIME, "TestTracebackType.test_attrs": FRAMES},
    "test_scope": {"ScopeTests.testCellLeak": LIFETIME},
    "test_set": {
        f"{case}.test_container_iterator": LIFETIME
        for case in ("TestSet", "TestSetSubclass", "TestFrozenSet", "TestFrozenSetSubclass")
    },
    "test_super": {"TestSuper.test_shadowed_dynamic": BUILTINS},
    "test_traceback": {
        "TestTracebackException.test_no_refs_to_exception_and_traceback_objects": LIFETIME,
        "TestStack.test_format_locals": NAMES,
        "TestStack.test_walk_stack": FRAMES,
        "TestTracebackException.test_comparison_params_variations": NAMES,
        "TestTracebackException.test_from_exception": NAMES,
        "TestTracebackException.test_print": NAMES,
    },
    "test_type_params": {"TypeParamsManglingTest.test_mangling": MANGLED},
    "test_types": {
        "CoroutineTests.test_gen": GENERATOR,
        "CoroutineTests.test_genfunc": GENERATOR,
        "SubinterpreterTests.test_static_types_inherited_slots": INTERPRETERS,
    },
    "test_typing": {"ForwardRefTests.test_forward_recursion_actually": ENDLESS},
}


def is_not_run(module: str, test: str) -> bool:
    return DIFFERENT.get(module, {}).get(test) in (ENDLESS, LONG, TAKEN_AWAY)
