"""Keys are named in an archive and never stand in it: by a print from which nobody gets back to the key."""

import hashlib

from django.conf import settings

PRINT_ROUNDS = 100_000


def print_key(key: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", key.encode(), b"socialops: the name of a key", PRINT_ROUNDS)[:4].hex()


def list_key_prints() -> dict[str, list[str]]:
    """The keys of this installation, newest first."""
    return {
        "credential": [print_key(key) for key in settings.CREDENTIAL_KEYS],
        "secret": [print_key(settings.SECRET_KEY)],
    }


def list_missing_keys(of_archive: list[str]) -> list[str]:
    """With which stored tokens were sealed and that nobody has here."""
    here = list_key_prints()["credential"]
    return [name for name in of_archive if name not in here]
