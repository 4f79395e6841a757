"""How a call to a network can end badly. The class alone decides what the outbox does next.

Each carries a `user_message` that may be shown to a person and a `detail` for the ledger (never a token).
"""

from datetime import datetime

from foundation.errors import AppError


class NetworkError(AppError):
    """Base of everything an adapter may raise. `answered`: whether the network did; None where it was not asked."""

    answered: bool | None = True

    def __init__(self, user_message: str, *, detail: str = "", code: str = "") -> None:
        super().__init__(user_message)
        self.detail = detail or user_message
        self.code = code


class NotSent(NetworkError):
    """The request certainly never reached the network (refused, no route, name not found). Safe to repeat."""

    answered = False


class RateLimited(NetworkError):
    """Cleanly refused for now. `retry_at` is the reset the network named, or a default of the network's table.

    `whole_app`: from everybody who uses the operator's app, not from this profile alone.
    """

    def __init__(
        self, user_message: str, *, retry_at: datetime, whole_app: bool = False, detail: str = "", code: str = ""
    ) -> None:
        super().__init__(user_message, detail=detail, code=code)
        self.retry_at = retry_at
        self.whole_app = whole_app


class Unavailable(NetworkError):
    """A read failed on the network's side, or a write was refused as a whole before it began. Back off, then repeat."""

    answered: bool | None = False


class NotReady(NetworkError):
    """The network still works on what it was given; ask again at `ready_at`."""

    def __init__(self, user_message: str, *, ready_at: datetime) -> None:
        super().__init__(user_message)
        self.ready_at = ready_at


class Busy(Unavailable):
    """Another worker is at it at this moment, so the network was not asked."""

    answered = None


class Ambiguous(NetworkError):
    """A write began and its end is not known. Never repeat before `find` was asked."""

    answered = False


class Refused(NetworkError):
    """The network looked at it and said no. Repeating it unchanged cannot help."""


class Duplicate(Refused):
    """Refused as identical to something already there. After an ambiguous attempt this means: probably there."""


class Gone(Refused):
    """What the call refers to is not on the network (any more)."""


class NotVisible(Refused):
    """What the draft answers is gone, or so new that the network does not show it everywhere yet."""


class Disconnected(NetworkError):
    """The credentials are no longer accepted; a person must reconnect the profile."""


class SignInRefused(Disconnected):
    """Only the token was not accepted. Where a sign-in can be renewed, that may be all that is wrong."""


class AppMisconfigured(NetworkError):
    """The operator's app (keys, permissions) is at fault, not the post; it may be so for this profile alone."""


class AppShutOut(AppMisconfigured):
    """The network takes nothing from the operator's app (no credits left, blocked), so from nobody who uses it."""
