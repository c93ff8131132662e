"""f-strings: values, conversions and format specifications that suspend."""

from contweb import suspend
from tests.programs import effect, program


@program
def fstring():
    return f"a{suspend(1)}b{effect(2)}c{suspend('x')}"


@program
def fstring_conversions():
    return f"{suspend('é')!r} {suspend('é')!s} {suspend('é')!a} {effect('x')!r}"


@program
def fstring_spec():
    return f"{suspend(3.14159):.2f}|{effect(7):>{suspend(5)}}|{suspend('x'):{suspend('*')}^{suspend(7)}}|"


@program
def fstring_spec_and_conversion():
    return f"{suspend('a')!r:>{suspend(6)}}{suspend(1)}"


class Thing:
    def __format__(self, spec):
        effect(("format", spec))
        return "<" + spec + ">"


@program
def fstring_value_formatted_when_reached():
    thing = Thing()
    return f"{thing}{suspend(1)}{thing:abc}{suspend(2)}{thing:{suspend('spec')}}"


@program(mutates=True)
def fstring_of_a_list_that_changes():
    xs = [1]

    def grow():
        xs.append(suspend(2))
        return "grown"

    return f"{xs} {grow()} {xs}"


@program
def fstring_self_documenting():
    x = suspend(5)
    return f"{x=} {suspend(x)=} {x + 1 = !r:>5}"


@program
def fstring_nested():
    return f"{f'{suspend(1)}-{effect(2)}'}{f'{suspend(3):0{suspend(4)}}'}"


@program
def fstring_braces_and_concatenation():
    return f"{{{suspend(1)}}}" "plain{}" f"{suspend(2)}" f""


@program
def fstring_expression_inside():
    return f"{suspend(1) if suspend(0) else suspend(2)} {[suspend(i) for i in range(2)]} {(lambda: suspend(9))()}"


@program
def fstring_error_in_spec():
    try:
        return f"{effect(1)}{suspend(2):{suspend('zz')}}{effect(3)}"
    except ValueError as error:
        return suspend("caught"), str(error)


@program
def percent_and_format_method():
    return "%s-%d" % (suspend("a"), suspend(1)), "{}{x}".format(suspend(1), x=suspend(2))


@program
def fstring_multiline():
    return f"""{
        suspend(1)
    } {suspend(2)}
    {effect(3)}"""


class Shown:
    """Notes when it is converted."""

    def __repr__(self):
        effect("repr")
        return "shown"


@program
def conversion_and_format_that_suspends():
    """Which of them comes first depends on the version of Python."""
    return f"{Shown()!r:>{suspend(8)}}", f"{suspend('a')!r:{suspend('<5')}}|{Shown()!s:{suspend('^7')}}{suspend(1)}"
