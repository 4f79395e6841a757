"""Letting in whom an organization's provider vouches for.

What lets somebody in is the link between the provider's name for them and their account. A new account is made, and its
address confirmed, for addresses at a proved domain alone; an account that exists is linked when it has agreed itself.
"""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from foundation.internet.domain_names import canonical_email, domain_of_email, readable_domain
from organizations.actions.joining import join_organization
from organizations.actions.ways_in import remove_ways
from organizations.actors import System
from organizations.auditing import audit
from organizations.models import Member, OrganizationSignOn, SignOnDomain, SignOnIdentity, User
from organizations.queries.ways_in import WayKind, ways_in
from organizations.sign_in.oidc import Claims, SignOnFailed
from organizations.tenancy import scope

SIGN_ON_ACTOR = System("sign-on")


class AccountNotLinked(SignOnFailed):
    """There is an account with this address, and it has not agreed yet to be opened by this provider."""


@transaction.atomic
def admit_by_sign_on(sign_on: OrganizationSignOn, claims: Claims, *, current: User | None = None) -> Member:
    """The member whom the provider vouches for, made a member if they are not yet, whatever REGISTRATION says.

    `current` is who is signed in already. Raises SignOnFailed, Unlinked. One at a time in an organization.
    """
    with scope(sign_on.organization_id):
        sign_on = lock_sign_on(sign_on, claims)
        user = find_linked_user(claims)
        domain = require_authority(claims, is_known=user is not None)
        if user is None:
            user = create_linked_user(sign_on, claims)
        elif account_of(claims.email) not in (None, user):
            raise SignOnFailed(
                "The identity provider calls you by the address of somebody else. Ask an owner for help."
            )
        elif domain.proved_at and canonical_email(user.email) == claims.email:
            confirm_email(user, claims.email)
        member = ensure_member(sign_on, user)
        if current == user:
            change = {"issuer": claims.issuer, "set_up_by": sign_on.set_up_by or None}
            audit.record(member, "sign_on.continued", member, change)
        return member


@transaction.atomic
def link_identity(sign_on: OrganizationSignOn, claims: Claims, user: User, *, agreed: str) -> Member:
    """The account agrees: from now on this identity opens it, here alone.

    `agreed` says how: "signed in" by its own means in this browser, or "by mail" to the address. Raises SignOnFailed.
    """
    with scope(sign_on.organization_id):
        sign_on = lock_sign_on(sign_on, claims)
        require_authority(claims, is_known=False)
        if account_of(claims.email) != user or find_linked_user(claims) not in (None, user):
            raise SignOnFailed("This address or this identity belongs to somebody else by now. Start once more.")
        if agreed == "by mail" and not is_confirmed_email(user, claims.email):
            # Nobody had confirmed the address: somebody else may have made the account. Only the mailbox opens it now.
            remove_ways(user, [way for way in ways_in(user) if way.kind != WayKind.INVITATION], by_mail=True)
        create_identity(sign_on, claims, user, agreed)
        return ensure_member(sign_on, user)


def lock_sign_on(sign_on: OrganizationSignOn, claims: Claims) -> OrganizationSignOn:
    row = OrganizationSignOn.objects.select_for_update(of=("self",)).select_related("organization").get(pk=sign_on.pk)
    if row.issuer != claims.issuer:
        raise SignOnFailed("The organization changed its sign-on in the meantime. Start once more.")
    return row


def require_authority(claims: Claims, *, is_known: bool) -> SignOnDomain:
    """The provider speaks for addresses at domains that its organization has proved, and for no others."""
    if not claims.email_verified:
        raise SignOnFailed("The identity provider has not confirmed your e-mail address.")
    name = domain_of_email(claims.email)
    domain = SignOnDomain.objects.filter(name=name).first()
    if domain is None:
        raise SignOnFailed("Your e-mail address is not one of those that may sign in to this organization.")
    if domain.proved_at or (is_known and is_grandfathered_domain(domain)):
        return domain
    raise SignOnFailed(
        f"This organization has not proved that {readable_domain(name)} is its own, so its sign-on does not work for"
        " your address yet. Sign in with a password of your own, or ask an owner of the organization."
    )


def is_grandfathered_domain(domain: SignOnDomain) -> bool:
    """Entered before domains were proved, and not yet too long ago; nobody else has proved it since."""
    if domain.known_until is None or domain.known_until <= now():
        return False
    # unscoped: another organization's proof is the question
    proofs = SignOnDomain.unscoped.filter(name=domain.name).exclude(proved_at=None)
    return not proofs.exists()


def find_linked_user(claims: Claims) -> User | None:
    rows = SignOnIdentity.objects.filter(issuer=claims.issuer, subject=claims.subject)
    identity = rows.select_related("user").first()
    return identity.user if identity else None


def account_of(email: str) -> User | None:
    """Whose address it is: who has confirmed it, else whose sign-in has it. Domains may be written in two ways."""
    local, _at, domain = email.rpartition("@")
    forms = Q(email__iexact=email) | Q(email__iexact=f"{local}@{readable_domain(domain)}")
    confirmed = EmailAddress.objects.filter(forms, verified=True).select_related("user").first()
    return confirmed.user if confirmed else User.objects.filter(forms).first()


def is_confirmed_email(user: User, email: str) -> bool:
    return bool(EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists())


def create_linked_user(sign_on: OrganizationSignOn, claims: Claims) -> User:
    """A new account for a new person. Raises Unlinked where there is one with this address."""
    if account := account_of(claims.email):
        refuse_other_identity(account, claims)
        raise AccountNotLinked("There is a sign-in with your address already: it has to agree first.")
    user = User.objects.create_user(claims.email, name=claims.name)
    create_identity(sign_on, claims, user, "new")
    return user


def refuse_other_identity(user: User, claims: Claims) -> None:
    """One account, one person at the provider."""
    if SignOnIdentity.objects.filter(issuer=claims.issuer, user=user).exclude(subject=claims.subject).exists():
        raise SignOnFailed("Your address belongs to another person at the identity provider. Ask an owner for help.")


def create_identity(sign_on: OrganizationSignOn, claims: Claims, user: User, agreed: str) -> None:
    """The link, and the address confirmed: by the provider of its proved domain, and by the account or as a new one."""
    refuse_other_identity(user, claims)
    SignOnIdentity.objects.get_or_create(user=user, issuer=claims.issuer, subject=claims.subject)
    confirm_email(user, claims.email)
    change = {
        "subject": claims.subject,
        "issuer": claims.issuer,
        "agreed": agreed,
        "set_up_by": sign_on.set_up_by or None,
    }
    audit.record(SIGN_ON_ACTOR, "sign_on.linked", user, change)


def confirm_email(user: User, email: str) -> None:
    row = EmailAddress.objects.filter(user=user, email__iexact=email).first()
    if row is None:
        primary = user.email.lower() == email and not EmailAddress.objects.filter(user=user, primary=True).exists()
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=primary)
    elif not row.verified:
        row.verified = True
        row.save(update_fields=["verified"])


def ensure_member(sign_on: OrganizationSignOn, user: User) -> Member:
    """A new member has the default role; who was made to leave stays outside until a person asks them back."""
    if not user.is_active:
        raise SignOnFailed("This sign-in is switched off.")
    member = Member.ever.select_related("user", "organization").filter(user=user).first()
    if member is None:
        return join_organization(SIGN_ON_ACTOR, sign_on.organization, user, role=sign_on.default_role)
    if member.left_at is not None:
        raise SignOnFailed("You are not a member of this organization any more. Ask an admin to invite you again.")
    return member
