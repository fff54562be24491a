"""Every exception a caller of the SDK may see, and who is to blame for it.

::

    PackerError                  root of what a user may read: message, hint, reference
    ├─ ComponentError            raised by authors: shown as it is, never with a traceback
    ├─ ConfigProblems            the configuration is wrong; holds every Problem found
    ├─ Cancelled                 somebody asked to stop; not a failure of anything
    └─ RpcError
       ├─ RemoteError            the other side answered with an error text
       ├─ ConnectionLost         the pipe closed, or
       │  └─ PeerSilent          the other side gives no sign of life
       └─ ProtocolError
          ├─ LocalProtocolError  we used the protocol wrongly: a bug of ours
          └─ RemoteProtocolError they did; the message names the frame or the field

Anything else that escapes is a bug, and keeps its traceback.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .problems import Problem


class PackerError(Exception):
    """Something a user can read and act on.

    Args:
        message: What failed, a colon, the value. No full stop on one-liners.
        hint: What to do next, best a command to paste.
        reference: A stable kebab-case name of this kind of error.
    """

    reference = "error"

    def __init__(
        self, message: str, *, hint: str | None = None, reference: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if reference is not None:
            self.reference = reference

    def __str__(self) -> str:
        return self.message


class ComponentError(PackerError):
    """A component cannot do its work; the message is for the user and is shown as it is."""

    reference = "component-failed"


class ConfigProblems(PackerError):
    """A configuration was refused. ``problems`` holds everything that is wrong with it."""

    reference = "configuration-refused"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Cancelled(PackerError):
    """The work was stopped because somebody asked for it."""

    reference = "cancelled"

    def __init__(self, message: str = "cancelled") -> None:
        super().__init__(message)


class RpcError(PackerError):
    """A call to the other process did not give a result."""

    reference = "rpc-failed"


class RemoteError(RpcError):
    """The other side answered with an error. Only its text crosses the process line."""

    reference = "remote-error"


class ConnectionLost(RpcError):
    """The connection ended, or the other side stopped answering, while a result was awaited."""

    reference = "connection-lost"


class PeerSilent(ConnectionLost):
    """The other side is still there, and gives no sign of life: stopped, stuck, or starved."""

    reference = "no-answer"


class ProtocolError(RpcError):
    """Bytes on the wire, or the order of calls, broke the protocol."""

    reference = "protocol-violated"


class LocalProtocolError(ProtocolError):
    """This side broke the protocol: a bug here, not in the peer."""


class RemoteProtocolError(ProtocolError):
    """The peer broke the protocol. The message names the frame or the field."""
