"""An organization's own sign-on: setting it up, and letting in whom its provider vouches for."""

import re
from collections.abc import Sequence
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from organizations import audit
from organizations.access import require_admin
from organizations.actions.joining import join_organization
from organizations.actors import Actor, System
from organizations.models import Member, Organization, OrganizationSignOn, Role, SignOnIdentity, User
from organizations.oidc import Claims, SignOnFailed
from organizations.tenancy import scope
from socialops.lib.addresses import is_public_url
from socialops.lib.errors import Invalid

DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
MOST_DOMAINS = 20
ROLES = (Role.MEMBER, Role.VIEWER)  # an admin is made by a person
EVERYBODYS = {  # addresses that anybody can have say nothing about who belongs to an organization
    "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com",
    "mail.ru", "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "qq.com", "web.de", "yahoo.com",
    "yandex.ru", "ymail.com", "zoho.com",
}  # fmt: skip


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
) -> OrganizationSignOn:
    """Sets it up or changes it; an empty `client_secret` keeps the one there is. Raises Invalid, PermissionDenied."""
    require_admin(actor)
    wanted = {
        "issuer": issuer.strip(),
        "client_id": client_id.strip(),
        "domains": sorted({domain.strip().lower().removeprefix("@") for domain in domains if domain.strip()}),
        "default_role": default_role,
        "required": required,
    }
    sign_on = OrganizationSignOn.objects.select_for_update().filter(organization=organization).first()
    before = None if sign_on is None else {name: getattr(sign_on, name) for name in wanted}
    refuse_wrong(actor, wanted, secret=client_secret or (sign_on is not None and "kept"))
    sign_on = sign_on or OrganizationSignOn(organization=organization)
    for name, value in wanted.items():
        setattr(sign_on, name, value)
    if client_secret:
        sign_on.client_secret = client_secret
    sign_on.save()
    change: dict[str, Any] = {
        name: [before and before[name], value] for name, value in wanted.items() if not before or before[name] != value
    }
    if client_secret:
        change["client_secret"] = "replaced"  # noqa: S105 - says that it was, never what it is
    if change:
        audit.record(actor, "sign_on.changed" if before else "sign_on.set_up", sign_on, change)
    return sign_on


@transaction.atomic
def remove_sign_on(actor: Actor, organization: Organization) -> None:
    """Everybody signs in with a password again; the provider's people stay members."""
    require_admin(actor)
    sign_on = OrganizationSignOn.objects.filter(organization=organization).first()
    if sign_on is None:
        return
    SignOnIdentity.objects.all().delete()
    audit.record(actor, "sign_on.removed", sign_on)
    sign_on.delete()


def refuse_wrong(actor: Actor, wanted: dict[str, Any], *, secret: object) -> None:
    wrong: dict[str, list[str]] = {}
    if not is_public_url(wanted["issuer"]) or "?" in wanted["issuer"] or len(wanted["issuer"]) > 300:
        wrong["issuer"] = ["Give the issuer's whole address, beginning with https://."]
    if not 1 <= len(wanted["client_id"]) <= 200 or not wanted["client_id"].isprintable():
        wrong["client_id"] = ["Give the client ID that the provider shows, at most 200 characters."]
    if not secret:
        wrong["client_secret"] = ["Give the client secret that the provider shows."]
    if wanted["default_role"] not in ROLES:
        wrong["default_role"] = ["Choose member or viewer; admins are made by a person."]
    if unfit := unfit_domains(actor, wanted["domains"]):
        wrong["domains"] = [unfit]
    if wrong:
        raise Invalid(wrong)


def unfit_domains(actor: Actor, domains: Sequence[str]) -> str:
    """What is wrong with them. Where anybody may found an organization, a domain must be shown to be one's own."""
    if not 1 <= len(domains) <= MOST_DOMAINS:
        return f"Give 1 to {MOST_DOMAINS} domains, such as acme.example."
    odd = [domain for domain in domains if not DOMAIN.fullmatch(domain) or domain in EVERYBODYS]
    if odd:
        return f"{odd[0][:80]} cannot be used: give the domain of your own e-mail addresses, such as acme.example."
    if settings.REGISTRATION == "open" and isinstance(actor, Member):
        own = EmailAddress.objects.filter(user=actor.user_id, verified=True).values_list("email", flat=True)
        foreign = sorted(set(domains) - {email.rpartition("@")[2].lower() for email in own})
        if foreign:
            return f"Confirm an e-mail address of your own at {foreign[0]} first: it shows that the domain is yours."
    return ""


@transaction.atomic
def admit(sign_on: OrganizationSignOn, claims: Claims, *, current: User | None = None) -> Member:
    """The member whom the provider vouches for, made a member if they are not yet, whatever REGISTRATION says.

    `current` is who is signed in already. Raises SignOnFailed. One at a time per organization: the row is locked.
    """
    with scope(sign_on.organization_id):
        sign_on = OrganizationSignOn.objects.select_for_update().select_related("organization").get(pk=sign_on.pk)
        if not claims.email_verified:
            raise SignOnFailed("The identity provider has not confirmed your e-mail address.")
        if not sign_on.covers(claims.email):
            raise SignOnFailed("Your e-mail address is not one of those that may sign in to this organization.")
        user = known(claims) or linked(sign_on, claims, current)
        if not user.is_active:
            raise SignOnFailed("This sign-in is switched off.")
        return member_for(sign_on, user)


def known(claims: Claims) -> User | None:
    rows = SignOnIdentity.objects.filter(issuer=claims.issuer, subject=claims.subject)
    identity = rows.select_related("user").first()
    return identity.user if identity else None


def linked(sign_on: OrganizationSignOn, claims: Claims, current: User | None) -> User:
    """The person with this address from now on has this identity. A new person is made where there is none."""
    user = User.objects.filter(email__iexact=claims.email).first()
    if user is None:
        user = User.objects.create_user(claims.email, None, name=claims.name)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    elif user != current and not belongs_here_alone(user, sign_on):
        raise SignOnFailed(
            "There is a sign-in with your address already, and it is not this organization's alone."
            " Sign in with it first, then continue with your organization once more."
        )
    taken = SignOnIdentity.objects.filter(issuer=claims.issuer, user=user).exists()
    if taken:
        raise SignOnFailed("Your address belongs to another person at the identity provider. Ask an owner for help.")
    identity = SignOnIdentity.objects.create(user=user, issuer=claims.issuer, subject=claims.subject)
    audit.record(System("sign-on"), "sign_on.linked", user, {"subject": identity.subject, "issuer": claims.issuer})
    return user


def belongs_here_alone(user: User, sign_on: OrganizationSignOn) -> bool:
    """Whether the organization may speak for the account: it is the only one that the account opens."""
    # unscoped: other organizations' claims on the person are the question
    theirs = Member.unscoped.filter(user=user, left_at=None).values_list("organization_id", flat=True)
    return list(theirs) == [sign_on.organization_id]


def member_for(sign_on: OrganizationSignOn, user: User) -> Member:
    """A new member has the default role; who was made to leave stays outside until a person asks them back."""
    member = Member.ever.select_related("user", "organization").filter(user=user).first()
    if member is None:
        return join_organization(System("sign-on"), sign_on.organization, user, role=sign_on.default_role)
    if member.left_at is not None:
        raise SignOnFailed("You are not a member of this organization any more. Ask an admin to invite you again.")
    return member
