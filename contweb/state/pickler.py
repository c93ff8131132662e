"""Objects to bytes and back, by one pickle (protocol 5) with its C implementation.

Identity is kept: a list that two frames share is one list afterwards. A function may be in its own closure,
an exception in its own context: so cells are written empty and exceptions without context, and what belongs
in them follows in further pickles that share the first one's memory.
"""

from __future__ import annotations

import gc
import io
import pickle
import types
from contextvars import ContextVar, Token
from typing import Any
from zoneinfo import ZoneInfo

from contweb.compiler.source import mangle
from contweb.runtime.callee import Making
from contweb.runtime.frames import Frame, content
from contweb.runtime.generators import Boundary, FlowGenerator
from contweb.runtime.iterators import ITERTOOLS, REVERSED, SETS, Rest, container_of, parts, rest_of
from contweb.runtime.registry import code_of
from contweb.runtime.support import Shared
from contweb.runtime.variables import DECIMAL
from contweb.state import revive, travel
from contweb.state.imported import Imported
from contweb.state.policy import Policy
from contweb.state.travel import NotAllowed
from contweb.state.variables import parts_of_token

FRAMES, VALUE = b"F", b"V"  # what the first byte says of the rest
_MODULE = types.ModuleType
_DICT_ITERATORS: dict[type, str] = {
    type(iter({})): "keys",
    type(iter({}.values())): "values",
    type(iter({}.items())): "items",
}


def to_bytes(value: Any, policy: Policy) -> bytes:
    """Raises whatever pickle raises, and ``NotAllowed`` for what the policy does not allow."""
    while True:
        buffer = io.BytesIO()
        pickler = _Pickler(buffer, policy)
        if type(value) is Frame:
            buffer.write(FRAMES)
            pickler.dump(pickler.entries(value))
        else:
            buffer.write(VALUE)
            pickler.dump(value)
        while pickler.cells or pickler.errors:
            pickler.dump(pickler.rest())
        if all(frame.values is values for frame, values in pickler.loops):
            return buffer.getvalue()  # else another thread has gone on with an iterator that was written


class _Pickler(pickle.Pickler):
    def __init__(self, buffer: io.BytesIO, policy: Policy) -> None:
        super().__init__(buffer, 5)
        self._policy = policy
        self.cells: list[types.CellType] = []
        self.errors: list[BaseException] = []
        self.loops: list[tuple[Frame, Any]] = []  # the frames whose values a resume takes
        self._contents: dict[int, Any] = {}

    def rest(self) -> tuple[list[Any], list[Any]]:
        """What belongs in the cells and exceptions written so far."""
        cells, errors, self.cells, self.errors = self.cells, self.errors, [], []
        contents = [(cell, self.content(cell)) for cell in cells]
        links = [
            (
                error,
                error.__cause__,
                error.__context__,
                error.__suppress_context__,
                getattr(error, "__notes__", None),
            )
            for error in errors
        ]
        return contents, links

    def content(self, cell: types.CellType) -> Any:
        """What a cell held at the capture."""
        held = self._contents.get(id(cell), self)
        if held is not self:
            return held
        return content(cell)

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        name = self._policy.name_of(value)
        if name is not None:
            return revive.resource, (name,)
        reduce = _REDUCERS.get(kind)
        if reduce is not None:
            return reduce(self, value)
        if isinstance(value, type):
            return self._class(value)
        if isinstance(value, BaseException):
            return self._exception(value)
        way = travel.way_of(kind)
        if way is not None:
            return revive.stored, (way.kind.__module__, way.kind.__qualname__, way.dump(value))
        return NotImplemented

    def _class(self, value: type) -> Any:
        if value in (type(None), type(NotImplemented), type(...)):
            return NotImplemented
        if self._policy.allows(value.__module__, value.__qualname__, value):
            return NotImplemented
        if "<locals>" in value.__qualname__:
            raise NotAllowed(
                value, "the class is defined inside a function", "define it at the top of a module"
            )
        raise NotAllowed(
            value,
            f"{value.__module__}.{value.__qualname__} is not of the app, and not a value type that contweb "
            "knows",
            f"keep its key and fetch it again after the ask; or register it: {_register(value)}",
        )

    def _function(self, value: types.FunctionType) -> Any:
        found = code_of(value.__code__)
        is_inside = found is not None and (found.is_inside or "<locals>" in value.__qualname__)
        if not is_inside and self._policy.allows(value.__module__, value.__qualname__, value):
            return NotImplemented
        if found is None:
            raise NotAllowed(
                value,
                f"the function {value.__module__}.{value.__qualname__} is not a flow, and not at the top of "
                "a module of the app",
                "define it inside the flow"
                if "<locals>" in value.__qualname__
                else f"call it after the ask; or register it: {_register(value)}",
            )
        plans = self._policy.plans
        if plans is not None and found not in plans.noted:
            plans.pending.add(found)
        state = (
            value.__defaults__,
            value.__kwdefaults__,
            value.__name__,
            value.__qualname__,
            value.__doc__,
            value.__annotations__ or None,
            value.__dict__ or None,
        )
        made = (found.reference, value.__closure__)
        return revive.function, made, state, None, None, revive.describe

    def _cell(self, value: types.CellType) -> Any:
        self.cells.append(value)
        return revive.cell, ()

    def _method(self, value: types.MethodType) -> Any:
        receiver, function = value.__self__, value.__func__
        name = function.__name__
        for owner in (receiver if isinstance(receiver, type) else type(receiver)).__mro__:
            for own_name in (name, mangle(name, owner.__name__)):
                found = owner.__dict__.get(own_name)
                if (found.__func__ if isinstance(found, classmethod) else found) is function:
                    return revive.method, (receiver, owner, own_name)
        raise NotAllowed(
            value, "the method is not found in its object's class", "call it by name after the ask"
        )

    def _builtin(self, value: Any) -> Any:
        receiver = value.__self__
        if receiver is None or isinstance(receiver, types.ModuleType):
            if self._policy.allows(value.__module__ or "", value.__qualname__, value):
                return NotImplemented
            raise NotAllowed(
                value,
                f"the function {value.__module__}.{value.__qualname__} is not of the app",
                f"call it after the ask; or register it: {_register(value)}",
            )
        if not revive.has_builtin_method(receiver, value.__name__):
            raise NotAllowed(
                value,
                f"it is a method of {type(receiver).__name__}",
                "keep its object, and call the method by name",
            )
        return revive.builtin_method, (receiver, value.__name__)

    def _zone(self, value: ZoneInfo) -> Any:
        if value.key is None:
            raise NotAllowed(
                value, "the time zone was read from a file and has no name", "make it with ZoneInfo(name)"
            )
        return ZoneInfo, (value.key,)

    def _type_method(self, value: types.MethodDescriptorType) -> Any:
        if value.__objclass__ not in revive.CONTAINERS or value.__name__.startswith("_"):
            raise NotAllowed(
                value, "the method is not of one of Python's own containers", "call it after the ask"
            )
        return revive.type_method, (value.__objclass__, value.__name__)

    def _itertool(self, value: Any) -> Any:
        return revive.itertool, parts(value)

    def _making(self, value: Making) -> Any:
        return revive.making, (value.made,)

    def _shared(self, value: Shared) -> Any:
        return revive.shared, (value.iterator,)

    def _generator(self, value: FlowGenerator) -> Any:
        return revive.generator, (), value.state(), None, None, revive.generator_state

    def _variable(self, value: ContextVar[Any]) -> Any:
        if value is DECIMAL:
            return revive.decimal_variable, ()
        return revive.variable, self._policy.place_of(value)

    def _token(self, value: Token[Any]) -> Any:
        return revive.token, parts_of_token(value)

    def _frames(self, value: Frame) -> Any:
        return revive.frames, (self.entries(value),)

    def entries(self, value: Frame) -> tuple[Any, ...]:
        """A frame with those around it, the outermost first; flat, so that depth costs no recursion. Then the
        context variables of the flow, if it has any."""
        entries: list[Any] = []
        plans = self._policy.plans
        if value.contents:
            self._contents.update({id(cell): held for cell, held in value.contents})
        for frame in value.chain():
            if isinstance(frame, Boundary):
                entries.append((frame.generator, frame.closing))
                continue
            site, values = frame.site, frame.values
            if site.copies:
                self.loops.append((frame, values))
            if _MODULE in map(type, values):
                values = tuple([Imported.of(value) if type(value) is _MODULE else value for value in values])
            if plans is not None and site.code not in plans.noted:
                plans.pending.add(site.code)
            entry = (site.code.reference, site.number, values)
            entries.append(entry if frame.via is None else (*entry, frame.via))
        entries.reverse()
        if value.variables is not None and value.variables.own:
            entries.append(value.variables.own)
        return tuple(entries)

    def _exception(self, value: BaseException) -> Any:
        chained = value.__cause__ is not None or value.__context__ is not None or value.__suppress_context__
        if chained or hasattr(value, "__notes__"):
            self.errors.append(value)
        reduced = value.__reduce_ex__(5)
        kind = type(value)
        if isinstance(kind.__init__, types.FunctionType) and kind.__reduce__ is BaseException.__reduce__:
            reduced = (revive.exception, (kind, value.args), *reduced[2:])
        if isinstance(value, NameError) and value.name and isinstance(reduced, tuple):
            attributes = reduced[2] if len(reduced) > 2 else None
            return reduced[0], reduced[1], {**(attributes or {}), "name": value.name}
        return reduced

    def _dict_view(self, value: Any) -> Any:
        container = gc.get_referents(value)[0]
        return revive.dict_view, (container, type(value).__name__.removeprefix("dict_"))

    def _dict_iterator(self, value: Any) -> Any:
        left = value.__length_hint__()
        if not left:  # at its end, or changed in size
            return self._rest_of(value)
        container = container_of(value)
        return revive.dict_iterator, (container, _DICT_ITERATORS[type(value)], len(container) - left)

    def _rest_of(self, value: Any) -> Any:
        return revive.rest, rest_of(value)

    def _rest(self, value: Rest) -> Any:
        return revive.rest, value.state()


_REDUCERS: dict[type, Any] = {
    types.FunctionType: _Pickler._function,
    types.CellType: _Pickler._cell,
    types.MethodType: _Pickler._method,
    types.BuiltinFunctionType: _Pickler._builtin,
    types.MethodDescriptorType: _Pickler._type_method,
    ZoneInfo: _Pickler._zone,
    **dict.fromkeys(ITERTOOLS, _Pickler._itertool),
    Making: _Pickler._making,
    Shared: _Pickler._shared,
    ContextVar: _Pickler._variable,
    Token: _Pickler._token,
    Frame: _Pickler._frames,
    FlowGenerator: _Pickler._generator,
    **dict.fromkeys((type({}.keys()), type({}.values()), type({}.items())), _Pickler._dict_view),
    **dict.fromkeys(_DICT_ITERATORS, _Pickler._dict_iterator),
    **dict.fromkeys((SETS, *REVERSED), _Pickler._rest_of),
    Rest: _Pickler._rest,
}


def _register(value: Any) -> str:
    return f"contweb.register({value.__module__}.{value.__qualname__})"
