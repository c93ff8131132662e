"""Another process: makes continuations, and resumes those that it is given.

python -m tests.state.fresh <records >looks    what each of the continuations returns, looked at
python -m tests.state.fresh make >records      a continuation with each value, and how it looks there
"""

import pickle
import sys

from contweb import Continuation, start
from tests.state import values


def looks(records: dict[str, bytes]) -> dict[str, str]:
    """What each of the continuations returns, looked at."""
    found = {}
    for name, record in records.items():
        value = Continuation.loads(record, trusted=True).resume().value
        found[name] = repr(values.VALUES[name][1](value))
    return found


def made() -> dict[str, tuple[bytes, str]]:
    """A continuation with each value, and how it looks here."""
    return {
        name: (start(values.carry, make()).continuation.dumps(trusted=True), repr(look(make())))
        for name, (make, look) in values.VALUES.items()
    }


if __name__ == "__main__":
    done = made() if sys.argv[1:] == ["make"] else looks(pickle.load(sys.stdin.buffer))
    sys.stdout.buffer.write(pickle.dumps(done))
