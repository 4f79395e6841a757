"""Writes down who signed in, who tried to, and what was changed about it, in all of the person's organizations."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as django_auth
from django.dispatch import receiver
from django.http import HttpRequest

from organizations import audit
from organizations.access import memberships_of
from organizations.actors import Actor, System
from organizations.entry import signed_on
from organizations.models import User
from organizations.sessions import note_seen
from organizations.tenancy import scope
from socialops.lib import realtime
from socialops.lib.ratelimit import seconds_to_wait

FAILURES = (5, 300)  # written down per account: so many in so many seconds; the rest adds nothing but rows


def record_everywhere(user: User, verb: str, *, actor: Actor | None = None, **change: Any) -> None:
    """`actor` is the person unless told otherwise."""
    for member in memberships_of(user):
        with scope(member.organization_id):
            audit.record(actor or member, verb, member, change)


def recheck_streams(user: User) -> None:
    """Sessions may have ended: open event streams ask again at once who they belong to."""
    for member in memberships_of(user):
        realtime.ping(member.organization_id, "sessions")


def sign_in_failed(email: str, step: str) -> None:
    """For accounts that exist; the person at the door learns nothing of it."""
    user = User.objects.filter(email__iexact=email.strip()).first() if "\0" not in email else None
    if user is not None and not seconds_to_wait(f"failures:{user.pk}", *FAILURES):
        record_everywhere(user, "sign_in.failed", actor=System("sign-in"), step=step)


@receiver(django_auth.user_logged_in)
def session_began(request: HttpRequest, **_: Any) -> None:
    note_seen(request.session.session_key or "", written=True)


@receiver(account.user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    through = "sign-on" if signed_on(request.session, user) else "own sign-in"
    record_everywhere(user, "sign_in.succeeded", through=through, device=request.headers.get("User-Agent", "")[:120])


@receiver(mfa.authentication_failed)
def second_step_failed(user: User, **_: Any) -> None:
    sign_in_failed(user.email, "second step")


@receiver(mfa.authenticator_added)
def mfa_added(user: User, authenticator: Authenticator, **_: Any) -> None:
    record_everywhere(user, "mfa.added", kind=authenticator.type)


@receiver(mfa.authenticator_removed)
def mfa_removed(user: User, authenticator: Authenticator, **_: Any) -> None:
    record_everywhere(user, "mfa.removed", kind=authenticator.type)


@receiver(mfa.authenticator_reset)
def recovery_codes_made(user: User, **_: Any) -> None:
    record_everywhere(user, "mfa.recovery_codes_made")


@receiver(account.password_set)
@receiver(account.password_changed)
@receiver(account.password_reset)
def password_changed(user: User, **_: Any) -> None:
    record_everywhere(user, "password.changed")
    recheck_streams(user)


@receiver(account.email_changed)
def email_changed(user: User, to_email_address: Any, **_: Any) -> None:
    record_everywhere(user, "email.changed", email=to_email_address.email)
