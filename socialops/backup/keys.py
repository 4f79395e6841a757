"""Keys are named in an archive and never stand in it: by a print from which nobody gets back to the key."""

import hashlib

from django.conf import settings

ROUNDS = 100_000


def print_of(key: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", key.encode(), b"socialops: the name of a key", ROUNDS)[:4].hex()


def named() -> dict[str, list[str]]:
    """The keys of this installation, newest first."""
    return {
        "credential": [print_of(key) for key in settings.CREDENTIAL_KEYS],
        "secret": [print_of(settings.SECRET_KEY)],
    }


def missing(of_archive: list[str]) -> list[str]:
    """With which stored tokens were sealed and that nobody has here."""
    here = named()["credential"]
    return [name for name in of_archive if name not in here]
