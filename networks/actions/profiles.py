"""Connecting a profile to its organization."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now

from foundation.errors import Invalid
from foundation.processes import realtime
from foundation.states import move
from foundation.texts.dates import parse_moment
from foundation.texts.graphemes import truncate_text
from foundation.texts.names import join_lines
from networks import errors
from networks.access import base_url
from networks.actions.outgoing import retry_outgoing
from networks.actions.restoring import resume_doubted_looks
from networks.contract import Access, Identity
from networks.models import Credential, Cursor, Outgoing, Profile
from networks.queries.queue import rows_returning_on_reconnect
from networks.registry import UnknownNetwork, adapter_class, manifest_of
from networks.signals import profile_added
from organizations.access import require_admin
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.notifications.notices import settle_notices
from organizations.tenancy import require_organization_id

IDENTIFY_INTERVAL = timedelta(hours=12)
PLAIN_ID = re.compile(r"[\w-]+", re.ASCII)  # it becomes part of addresses that are called


def connect_profile(actor: Actor, network: str, credentials: Mapping[str, Any]) -> Profile:
    """Stores `credentials` (shapes: CONTRACT.md) after asking the network who they belong to.

    Connecting the same profile again renews its credentials and keeps everything planned.
    Raises Invalid (network, credentials), PermissionDenied. Calls the network, so not inside a transaction.
    """
    require_admin(actor)
    try:
        adapter_class(network)
    except UnknownNetwork as error:
        raise Invalid({"network": [error.user_message]}) from None
    sandbox = credentials.get("sandbox") is True
    secrets, identity = (
        open_practice_account(network, credentials) if sandbox else identify_credentials(network, credentials)
    )
    return store_connected_profile(actor, network, secrets, identity, sandbox=sandbox)


def validate_credentials(network: str, credentials: Mapping[str, Any]) -> dict[str, Any]:
    if credentials.get("expires_at") and parse_moment(credentials["expires_at"]) is None:
        raise Invalid({"credentials": ["expires_at takes an RFC 3339 time or seconds since 1970."]})
    manifest = manifest_of(network)
    for one in manifest.credentials:
        given = {name: credential_text(credentials.get(name)) for name in one.needed}
        if not all(given.values()):
            continue
        if not PLAIN_ID.fullmatch(given.get(manifest.id_field, "0")):
            raise Invalid({"credentials": [f"{manifest.id_field} takes letters, digits, - and _."]})
        return {**credentials, **given}
    wanted = " or ".join("{" + ", ".join(one.needed) + "}" for one in manifest.credentials)
    raise Invalid({"credentials": [f"Give {wanted} as texts."]})


def credential_text(value: object) -> str:
    """What was given, without blanks around it; ids are often written as numbers. Empty for anything else."""
    return str(value).strip() if isinstance(value, str) or type(value) is int else ""


def open_practice_account(network: str, credentials: Mapping[str, Any]) -> tuple[dict[str, Any], Identity]:
    """A practice account is one of our own rows: it need not be asked over HTTP who it is."""
    from networks.sandbox.accounts import open_account

    if not settings.SANDBOX:
        raise Invalid({"credentials": ["The practice networks are switched off here (SANDBOX)."]})
    return open_account(network, handle=str(credentials.get("handle", "")))


def identify_credentials(network: str, credentials: Mapping[str, Any]) -> tuple[dict[str, Any], Identity]:
    secrets = validate_credentials(network, credentials)
    access = Access(
        remote_id=str(secrets.get(manifest_of(network).id_field, "")),
        handle="",
        base_url=base_url(network, sandbox=False),
        credentials=secrets,
        app=settings.NETWORK_APPS[network],
    )
    try:
        return secrets, adapter_class(network)(access).identify()
    except errors.NetworkError as error:
        raise Invalid({"credentials": [error.user_message]}) from None


@transaction.atomic
def store_connected_profile(
    actor: Actor, network: str, secrets: dict[str, Any], identity: Identity, *, sandbox: bool
) -> Profile:
    profile, created = Profile.objects.update_or_create(
        network=network,
        remote_id=identity.remote_id,
        defaults={
            "organization_id": require_organization_id(),
            **profile_fields_of(identity),
            "sandbox": sandbox,
            "identify_at": now() + IDENTIFY_INTERVAL,
        },
    )
    if created:
        profile_added.send(sender=Profile, profile=profile)
    Credential.objects.update_or_create(
        profile=profile,
        defaults={
            "secrets": secrets,
            "expires_at": parse_moment(secrets.get("expires_at")),
            "renewing_until": None,
            "renewed_at": None,
        },
    )
    Cursor.objects.update_or_create(profile=profile, defaults={"next_poll_at": now(), "failures": 0, "error": ""})
    before = None if created else profile.state
    move(profile, "reconnect", state_reason="")
    settle_notices(f"profile-{profile.pk}-disconnected")
    retry_returning_rows(actor, profile)
    resume_doubted_looks(profile.pk, now())
    change = {"network": network, "practice": sandbox, "state": [before, profile.state]}
    audit.record(actor, "profile.connected" if created else "profile.reconnected", profile, change)
    realtime.ping(profile.organization_id, "profiles", profile.pk)
    return profile


def profile_fields_of(identity: Identity) -> dict[str, str]:
    """What people see of a profile, fit to be stored."""
    return {
        "name": truncate_text(join_lines(identity.name), 200),
        "handle": truncate_text(join_lines(identity.handle), 200),
        "url": identity.url if len(identity.url) <= 500 else "",
        "avatar_url": identity.avatar_url if len(identity.avatar_url) <= 1000 else "",
    }


@transaction.atomic
def refresh_profile(actor: Actor, profile: Profile, identity: Identity) -> Profile:
    """Name, handle, address and picture as the network says them now. An identity of somebody else changes nothing.

    Lock: the profile's row, which a new connection may be changing.
    """
    profile = Profile.objects.select_for_update().get(pk=profile.pk)
    shown = profile_fields_of(identity)
    before = {name: getattr(profile, name) for name in shown}
    changed = {name: [before[name], value] for name, value in shown.items() if value != before[name]}
    if identity.remote_id != profile.remote_id or not shown["name"] or not changed:
        return profile
    for name, (_, value) in changed.items():
        setattr(profile, name, value)
    profile.save(update_fields=list(changed))
    if renamed := {name: pair for name, pair in changed.items() if name in ("name", "handle")}:
        audit.record(actor, "profile.renamed", profile, renamed)
    realtime.ping(profile.organization_id, "profiles", profile.pk)
    return profile


def retry_returning_rows(actor: Actor, profile: Profile) -> None:
    """What was refused for the sign-in alone leaves after all, unless it is too late by now without a person."""
    for row in rows_returning_on_reconnect(Outgoing.objects.filter(profile=profile), now()).order_by(
        "planned_at", "pk"
    ):
        retry_outgoing(actor, row, planned_at=row.planned_at)
