"""Brings every stored secret under the newest key, so that the older ones may leave `CREDENTIAL_KEYS`.

Runs beside everything else: each secret is swapped for itself, and one that somebody renews meanwhile is under the
newest key by that.
"""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Cast

from foundation.crypto import reencrypt_token, uses_newest_key
from networks.models import Credential
from organizations.models import OrganizationSignOn

ENCRYPTED_FIELDS = ("secret", "seed", "migrated_codes")  # of an authenticator's data: what `MfaAdapter` encrypts


def rotate_all_secrets() -> dict[str, int]:
    """How many of each were under an older key. Raises Undecryptable; then what was done stays done."""
    # unscoped: the operator's keys hold for every organization
    return {
        "credentials": rotate_column(Credential.unscoped.all(), "secrets"),
        "sign_ons": rotate_column(OrganizationSignOn.unscoped.all(), "client_secret"),
        "second_steps": rotate_second_steps(),
    }


def rotate_column(rows: QuerySet[Any], column: str) -> int:
    """Of an EncryptedJSONField, without opening it. What a network or a person changes meanwhile stays."""
    stored = rows.annotate(token=Cast(column, TextField()))
    return sum(
        stored.filter(pk=pk, token=token).update(**{column: Value(reencrypt_token(token), TextField())})
        for pk, token in stored.values_list("pk", "token").order_by("pk")
        if not uses_newest_key(token)
    )


def rotate_second_steps() -> int:
    return sum(
        Authenticator.objects.filter(pk=one.pk, data=one.data).update(data=rotate_data(one.data))
        for one in Authenticator.objects.order_by("pk")
        if not all(map(uses_newest_key, encrypted_tokens(one.data)))
    )


def encrypted_tokens(data: dict[str, Any]) -> Iterator[str]:
    for name in ENCRYPTED_FIELDS:
        value = data.get(name, [])
        yield from [value] if isinstance(value, str) else value


def rotate_data(data: dict[str, Any]) -> dict[str, Any]:
    return {name: rotate_value(value) if name in ENCRYPTED_FIELDS else value for name, value in data.items()}


def rotate_value(value: str | list[str]) -> str | list[str]:
    return reencrypt_token(value) if isinstance(value, str) else [reencrypt_token(one) for one in value]
