"""A single sign-on tried by its owner: what holds and what does not, in words. Nothing is changed and nobody let in."""

from dataclasses import dataclass

import jwt
from django.utils.translation import gettext as _

from foundation.internet.domain_names import domain_of_email, readable_domain
from foundation.texts.number_format import format_number
from organizations.actions.admitting import account_of, find_linked_user, require_authority
from organizations.models import Member, OrganizationSignOn, Role
from organizations.sign_in.oidc import Claims, Provider, SignOnFailed, discover_provider, fetch_document
from organizations.tenancy import scope


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried."""

    good: bool
    text: str


def try_provider(sign_on: OrganizationSignOn) -> list[Finding]:
    """What can be tried without a person; the first thing that does not hold ends it. Calls the provider."""
    try:
        provider = discover_provider(sign_on.issuer)
    except SignOnFailed as error:
        advice = _("Compare the issuer with what the provider shows, to the last slash.")
        return [Finding(False, f"{error.user_message} {advice}")]
    found = Finding(True, _("The provider’s description of itself is there, and names the issuer as it was entered."))
    return [found, try_provider_keys(provider)]


def try_provider_keys(provider: Provider) -> Finding:
    try:
        count = len(jwt.PyJWKSet.from_dict(fetch_document("GET", provider.jwks_uri, "Its list of keys")).keys)
    except SignOnFailed as error:
        return Finding(False, error.user_message)
    except (jwt.PyJWTError, AttributeError, TypeError):
        return Finding(False, _("The provider lists no key that its answers could be checked with."))
    return Finding(True, _("Its keys are there (%s): its answers can be checked.") % format_number(count))


def try_claims(sign_on: OrganizationSignOn, claims: Claims) -> list[Finding]:
    """What the provider said of the person who signed in there, and what a real sign-in would do with it."""
    found = [Finding(True, _("The provider sent you back, took the client secret, and its answer holds."))]
    if not claims.email:
        return [*found, Finding(False, _("It names no e-mail address. Allow the scope or claim “email” there."))]
    if not claims.email_verified:
        text = _("It calls you %s, but does not say that this address is confirmed (email_verified). Switch that on.")
        return [*found, Finding(False, text % claims.email)]
    found.append(Finding(True, _("It calls you %s, a confirmed address.") % claims.email))
    with scope(sign_on.organization_id):
        try:
            require_authority(claims, is_known=find_linked_user(claims) is not None)
        except SignOnFailed as error:
            return [*found, Finding(False, error.user_message)]
        proved = _("The domain %s is this organization’s.") % readable_domain(domain_of_email(claims.email))
        return [*found, Finding(True, proved), Finding(True, describe_outcome(sign_on, claims))]


def describe_outcome(sign_on: OrganizationSignOn, claims: Claims) -> str:
    """In the organization's scope."""
    user = find_linked_user(claims)
    if user is not None:
        return _("A real sign-in opens the account of %s.") % user
    account = account_of(claims.email)
    if account is None:
        role = Role(sign_on.default_role).label
        return _("A real sign-in makes a new account for this address, with the role “%s”.") % role
    if Member.objects.filter(user=account).exists():
        return _("A real sign-in first asks %s, whose address this is, to agree once.") % account
    return _("A real sign-in first asks whoever has this address to agree once, and then makes them a member.")
