"""A module in which any name may come from elsewhere."""

from string import *  # noqa: F403

from contweb import flow, suspend
from tests.programs import program


class Base:
    @flow
    def greet(self, word):
        return suspend(word), digits  # noqa: F405


class Derived(Base):
    @flow
    def greet(self, word):
        suspend("derived")
        return super().greet(word)


@program
def zero_argument_super():
    return Derived().greet("hello")


@program
def builtins_of_all_kinds():
    found = sorted([suspend(2), suspend(1)])
    return found, len(found), sorted(locals())
