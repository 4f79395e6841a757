"""An organization's own sign-on: setting it up, changing it, removing it. Whom it lets in: `actions.admitting`."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from foundation.errors import Invalid
from foundation.internet.guarded_http import is_public_url
from foundation.overtaking import Seen, refuse_overtaken
from organizations.access import require_owner
from organizations.actions.domains import checked_domain_names, claim_domains
from organizations.actors import Actor, actor_label
from organizations.auditing import audit
from organizations.models import Organization, OrganizationSignOn, Role, SignOnDomain, SignOnIdentity
from organizations.models.sign_on import NO_SIGN_ON

SIGN_ON_ROLES = (Role.MEMBER, Role.VIEWER)  # an admin is made by a person


@transaction.atomic
def set_sign_on(
    actor: Actor,
    organization: Organization,
    *,
    issuer: str,
    client_id: str,
    client_secret: str,
    domains: Sequence[str],
    default_role: str,
    required: bool,
    seen: Seen = None,
) -> OrganizationSignOn:
    """Sets it up or changes it; an empty `client_secret` keeps the one there is. Domains govern nothing before they are
    proved. Another provider knows nobody: its people agree anew. Raises Invalid, PermissionDenied (owners only) and
    Overtaken.
    """
    require_owner(actor)
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)  # two owners, one after the other
    new_values = {
        "issuer": issuer.strip(),
        "client_id": client_id.strip(),
        "default_role": default_role,
        "required": required,
    }
    sign_on = OrganizationSignOn.objects.select_for_update().filter(organization=organization).first()
    refuse_overtaken(sign_on.mark if sign_on else NO_SIGN_ON, seen)
    before = None if sign_on is None else {name: getattr(sign_on, name) for name in new_values}
    names = validate_sign_on(new_values, domains, secret=client_secret or sign_on)
    sign_on = sign_on or OrganizationSignOn(organization=organization)
    change: dict[str, Any] = {
        name: [before and before[name], value]
        for name, value in new_values.items()
        if not before or before[name] != value
    }
    for name, value in new_values.items():
        setattr(sign_on, name, value)
    if client_secret:
        sign_on.client_secret = client_secret
        change["client_secret"] = "replaced"  # noqa: S105 - says that it was, never what it is
    if change.keys() & {"issuer", "client_id", "client_secret"}:
        sign_on.set_up_by = describe_actor(actor)
    sign_on.save()
    if change.keys() & {"issuer", "client_id"} and (links := SignOnIdentity.objects.all().delete()[0]):
        change["links"] = [links, 0]
    if domain_change := claim_domains(actor, organization, names):
        change["domains"] = domain_change
    if change:
        audit.record(actor, "sign_on.changed" if before else "sign_on.set_up", sign_on, change)
    return sign_on


@transaction.atomic
def remove_sign_on(actor: Actor, organization: Organization, *, seen: Seen = None) -> None:
    """Everybody signs in with a password again; the provider's people stay members. Its domains are free again.

    Raises PermissionDenied, Overtaken.
    """
    require_owner(actor)
    sign_on = OrganizationSignOn.objects.select_for_update().filter(organization=organization).first()
    if sign_on is None:
        return
    refuse_overtaken(sign_on.mark, seen)
    SignOnIdentity.objects.all().delete()
    SignOnDomain.objects.all().delete()
    audit.record(actor, "sign_on.removed", sign_on)
    sign_on.delete()


def describe_actor(actor: Actor) -> str:
    """Who it was, also when there are two of that name."""
    who = actor_label(actor)
    return f"{who.name} ({who.kind} {who.id})" if who.id else f"{who.name} ({who.kind})"


def validate_sign_on(new_values: dict[str, Any], domains: Sequence[str], *, secret: object) -> list[str]:
    """The domains as they are compared. Raises Invalid with all that is wrong."""
    wrong: dict[str, list[str]] = {}
    names: list[str] = []
    if not is_public_url(new_values["issuer"]) or "?" in new_values["issuer"] or len(new_values["issuer"]) > 300:
        wrong["issuer"] = ["Give the issuer's whole address, beginning with https://."]
    if not 1 <= len(new_values["client_id"]) <= 200 or not new_values["client_id"].isprintable():
        wrong["client_id"] = ["Give the client ID that the provider shows, at most 200 characters."]
    if not secret:
        wrong["client_secret"] = ["Give the client secret that the provider shows."]
    if new_values["default_role"] not in SIGN_ON_ROLES:
        wrong["default_role"] = ["Choose member or viewer; admins are made by a person."]
    try:
        names = checked_domain_names(domains)
    except Invalid as invalid:
        wrong |= invalid.fields
    if wrong:
        raise Invalid(wrong)
    return names
