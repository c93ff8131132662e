from contweb.runtime.capture import suspend
from contweb.runtime.registry import flow
from contweb.state.continuation import Continuation, Finished, Suspended, start
