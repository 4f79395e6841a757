"""Opening accounts on the practice networks, and knowing them by their token."""

import re
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from foundation.errors import Invalid
from networks.access import practice_url
from networks.contract import Identity
from networks.sandbox.dialects.dialect import dialect_of, require_dialect
from networks.sandbox.faults import SIGNED_OUT
from networks.sandbox.models import Account, Fault
from networks.sandbox.snowflake_ids import new_id_number

_HANDLE = re.compile(r"[A-Za-z0-9_.]{1,50}")
_TOKENS = Signer(salt="sandbox.access")


def open_account(network: str, *, handle: str) -> tuple[dict[str, Any], Identity]:
    """An account for a profile of the organization in scope: its credentials, and who they belong to.

    The same handle is the same account. Raises Invalid (network, credentials).
    """
    if dialect_of(network) is None:
        raise Invalid({"network": ["This network cannot be practised here."]})
    handle = handle.strip().removeprefix("@")
    if not _HANDLE.fullmatch(handle) or handle in {".", ".."}:
        message = "Choose a handle of 1 to 50 letters, digits, dots and underscores."
        raise Invalid({"credentials": [message]})
    account = find_or_create_account(network, handle, name=name_from_handle(handle), is_audience=False)
    if account.is_audience:
        Account.objects.filter(pk=account.pk).update(is_audience=False)
    Fault.objects.filter(account=account, kind=SIGNED_OUT).delete()  # connecting again is a new sign-in
    return account_credentials(account), identity_of(account)


def find_or_create_account(
    network: str, handle: str, *, name: str, is_audience: bool, since: datetime | None = None
) -> Account:
    """The account of this handle, in existence since then where it has to be made."""
    existing = Account.objects.filter(network=network, handle__iexact=handle)
    at = since or now()
    try:
        with transaction.atomic():
            return existing.first() or Account.objects.create(
                network=network,
                remote_id=str(new_id_number(at)),
                handle=handle,
                name=name,
                is_audience=is_audience,
                created_at=at,
            )
    except IntegrityError:  # somebody opened it at the same moment
        return existing.get()


def name_from_handle(handle: str) -> str:
    """A name to begin with: "northwind.outdoors" is Northwind Outdoors."""
    return " ".join(word.capitalize() for word in re.split(r"[._]+", handle) if word) or handle


def account_credentials(account: Account) -> dict[str, Any]:
    """The credentials as a real connection would have left them. The token is signed, so none need be kept here."""
    return require_dialect(account.network).credentials(account, _TOKENS.sign(str(account.pk)))


def account_of_token(network: str, token: str) -> Account | None:
    try:
        pk = _TOKENS.unsign(token)
    except BadSignature:
        return None
    # unscoped: the token is what decides which organization comes into scope
    found = Account.unscoped.select_related("organization").filter(pk=pk, network=network, is_audience=False)
    return found.first()


def identity_of(account: Account) -> Identity:
    url = practice_url(account.organization.slug, account.network, account.handle)
    return Identity(remote_id=account.remote_id, name=account.name, handle=account.handle, url=url)
