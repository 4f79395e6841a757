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
from foundation.texts.dates import moment
from foundation.texts.graphemes import cut_to
from foundation.texts.names import one_line
from networks import errors
from networks.access import base_url
from networks.actions.outgoing import retry_outgoing
from networks.actions.restoring import look_again
from networks.contract import Access, Identity
from networks.models import Credential, Cursor, Outgoing, Profile
from networks.queries.queue import returning
from networks.registry import UnknownNetwork, adapter_class, manifest_of
from networks.signals import profile_added
from organizations.access import require_admin
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.notifications.notices import settle_notices
from organizations.tenancy import require_organization_id

IDENTIFIED_EVERY = timedelta(hours=12)
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
    secrets, identity = open_practice(network, credentials) if sandbox else asked(network, credentials)
    return store(actor, network, secrets, identity, sandbox=sandbox)


def checked(network: str, credentials: Mapping[str, Any]) -> dict[str, Any]:
    if credentials.get("expires_at") and moment(credentials["expires_at"]) is None:
        raise Invalid({"credentials": ["expires_at takes an RFC 3339 time or seconds since 1970."]})
    known = manifest_of(network)
    for one in known.credentials:
        given = {name: as_text(credentials.get(name)) for name in one.needed}
        if not all(given.values()):
            continue
        if not PLAIN_ID.fullmatch(given.get(known.id_field, "0")):
            raise Invalid({"credentials": [f"{known.id_field} takes letters, digits, - and _."]})
        return {**credentials, **given}
    wanted = " or ".join("{" + ", ".join(one.needed) + "}" for one in known.credentials)
    raise Invalid({"credentials": [f"Give {wanted} as texts."]})


def as_text(value: object) -> str:
    """What was given, without blanks around it; ids are often written as numbers. Empty for anything else."""
    return str(value).strip() if isinstance(value, str) or type(value) is int else ""


def open_practice(network: str, credentials: Mapping[str, Any]) -> tuple[dict[str, Any], Identity]:
    """A practice account is one of our own rows: it need not be asked over HTTP who it is."""
    from networks.sandbox.accounts import open_account

    if not settings.SANDBOX:
        raise Invalid({"credentials": ["The practice networks are switched off here (SANDBOX)."]})
    return open_account(network, handle=str(credentials.get("handle", "")))


def asked(network: str, credentials: Mapping[str, Any]) -> tuple[dict[str, Any], Identity]:
    secrets = checked(network, credentials)
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
def store(actor: Actor, network: str, secrets: dict[str, Any], identity: Identity, *, sandbox: bool) -> Profile:
    profile, created = Profile.objects.update_or_create(
        network=network,
        remote_id=identity.remote_id,
        defaults={
            "organization_id": require_organization_id(),
            **shown_of(identity),
            "sandbox": sandbox,
            "identify_at": now() + IDENTIFIED_EVERY,
        },
    )
    if created:
        profile_added.send(sender=Profile, profile=profile)
    Credential.objects.update_or_create(
        profile=profile,
        defaults={
            "secrets": secrets,
            "expires_at": moment(secrets.get("expires_at")),
            "renewing_until": None,
            "renewed_at": None,
        },
    )
    Cursor.objects.update_or_create(profile=profile, defaults={"next_poll_at": now(), "failures": 0, "error": ""})
    before = None if created else profile.state
    move(profile, "reconnect", state_reason="")
    settle_notices(f"profile-{profile.pk}-disconnected")
    put_back(actor, profile)
    look_again(profile.pk, now())
    change = {"network": network, "practice": sandbox, "state": [before, profile.state]}
    audit.record(actor, "profile.connected" if created else "profile.reconnected", profile, change)
    realtime.ping(profile.organization_id, "profiles", profile.pk)
    return profile


def shown_of(identity: Identity) -> dict[str, str]:
    """What people see of a profile, fit to be stored."""
    return {
        "name": cut_to(one_line(identity.name), 200),
        "handle": cut_to(one_line(identity.handle), 200),
        "url": identity.url if len(identity.url) <= 500 else "",
        "avatar_url": identity.avatar_url if len(identity.avatar_url) <= 1000 else "",
    }


@transaction.atomic
def refresh_profile(actor: Actor, profile: Profile, identity: Identity) -> Profile:
    """Name, handle, address and picture as the network says them now. An identity of somebody else changes nothing.

    Lock: the profile's row, which a new connection may be changing.
    """
    profile = Profile.objects.select_for_update().get(pk=profile.pk)
    shown = shown_of(identity)
    before = {name: getattr(profile, name) for name in shown}
    changed = {name: [before[name], value] for name, value in shown.items() if value != before[name]}
    if identity.remote_id != profile.remote_id or not shown["name"] or not changed:
        return profile
    for name, (_, value) in changed.items():
        setattr(profile, name, value)
    profile.save(update_fields=list(changed))
    if told := {name: pair for name, pair in changed.items() if name in ("name", "handle")}:
        audit.record(actor, "profile.renamed", profile, told)
    realtime.ping(profile.organization_id, "profiles", profile.pk)
    return profile


def put_back(actor: Actor, profile: Profile) -> None:
    """What was refused for the sign-in alone leaves after all, unless it is too late by now without a person."""
    for row in returning(Outgoing.objects.filter(profile=profile), now()).order_by("planned_at", "pk"):
        retry_outgoing(actor, row, planned_at=row.planned_at)
