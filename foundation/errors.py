"""Errors that may reach a person. Small, typed, each with a sentence that can be shown as it is."""

from collections.abc import Mapping, Sequence


class AppError(Exception):
    """Base of every expected failure. `user_message` is a whole sentence, free of secrets and of our jargon."""

    status = 400

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message


class NotFound(AppError):
    """Foreign, invisible or absent: the three must look the same."""

    status = 404

    def __init__(self, user_message: str = "There is nothing here, or you cannot see it.") -> None:
        super().__init__(user_message)


class PermissionDenied(AppError):
    """Seen, but not allowed."""

    status = 403

    def __init__(self, user_message: str = "You can see this, but you are not allowed to do that.") -> None:
        super().__init__(user_message)


class Invalid(AppError):
    """Bad input. `fields` maps each field's name to what is wanted; nothing was stored."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        super().__init__(" ".join(text for texts in fields.values() for text in texts))
        self.fields = {name: list(texts) for name, texts in fields.items()}


class Conflict(AppError):
    """Somebody else was there first. `newer` names what came in between, where there is such a thing."""

    status = 409

    def __init__(self, user_message: str, *, newer: Sequence[object] = ()) -> None:
        super().__init__(user_message)
        self.newer = list(newer)
