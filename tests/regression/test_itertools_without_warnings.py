"""Python 3.12 and 3.13 warn whoever pickles an iterator of itertools: the user did not."""

import itertools
import warnings

from contweb import Continuation, flow, start, suspend


@flow
def numbers():
    counted = itertools.count(3)
    next(counted)
    suspend()
    return next(counted)


def test_no_warning_reaches_the_user():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = start(numbers).continuation.dumps(trusted=True)
        assert Continuation.loads(data, trusted=True).resume().value == 4
