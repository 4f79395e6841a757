"""Text that is encrypted in the database, with keys that can be rotated.

`CREDENTIAL_KEYS` lists Fernet keys, newest first: the first encrypts, all decrypt.
"""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from foundation.errors import AppError


class Undecryptable(AppError):
    """None of the configured keys opens this value."""

    def __init__(self) -> None:
        super().__init__("The stored credentials cannot be opened: a key is missing from CREDENTIAL_KEYS.")


@lru_cache(maxsize=4)
def fernet_of_keys(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def current_fernet() -> MultiFernet:
    return fernet_of_keys(tuple(settings.CREDENTIAL_KEYS))


def parse_keys(value: str) -> list[str]:
    """Comma-separated Fernet keys; raises ValueError when one is not 32 bytes in URL-safe base64."""
    keys = [key.strip() for key in value.split(",") if key.strip()]
    for key in keys:
        Fernet(key)
    return keys


def uses_newest_key(token: str) -> bool:
    """Whether the newest key encrypted it, so that the others are not needed for it."""
    try:
        fernet_of_keys((settings.CREDENTIAL_KEYS[0],)).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def reencrypt_token(token: str) -> str:
    """The same secret under the newest key. Raises Undecryptable."""
    try:
        return current_fernet().rotate(token.encode()).decode()
    except InvalidToken:
        raise Undecryptable from None


class EncryptedJSONField(models.TextField):  # type: ignore[type-arg]  # generic for the type checker alone
    """A JSON value kept as Fernet ciphertext. Cannot be searched; that is the point."""

    description = "JSON, encrypted"
    if TYPE_CHECKING:  # any JSON value goes in and comes out
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        return current_fernet().encrypt(json.dumps(value).encode()).decode()

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        if value is None:
            return None
        try:
            return json.loads(current_fernet().decrypt(value.encode()))
        except InvalidToken:
            raise Undecryptable from None

    def to_python(self, value: Any) -> Any:
        return value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise ValueError(f"An encrypted field cannot be searched by {lookup_name!r}.")
