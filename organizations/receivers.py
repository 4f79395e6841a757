"""Writes down who signed in, who tried to, and what was changed about it, in all of the person's organizations."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as django_auth
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from foundation.processes import realtime
from foundation.processes.ratelimit import seconds_to_wait
from organizations.access import memberships_of
from organizations.actors import Actor, System
from organizations.auditing import audit
from organizations.models import OrganizationSignOn, User
from organizations.sign_in.admission import is_borrowed_session, note_own_proof
from organizations.sign_in.known_devices import remember_device
from organizations.sign_in.session_bounds import begin_session
from organizations.sign_in.sessions import mark_use_noted
from organizations.tenancy import scope

FAILURE_RATE = (5, 300)  # written down per account: so many in so many seconds; the rest adds nothing but rows


PROVIDER_KEY = "signed_on_by"  # in the session: {"organization": id, "issuer", "set_up_by"}


def record_everywhere(
    user: User, verb: str, *, actor: Actor | None = None, only_for: tuple[int, dict[str, Any]] = (0, {}), **change: Any
) -> None:
    """`actor` is the person unless told otherwise; `only_for` is an organization's id and what only it is told."""
    for member in memberships_of(user):
        more = only_for[1] if member.organization_id == only_for[0] else {}
        with scope(member.organization_id):
            audit.record(actor or member, verb, member, {**change, **more})


def store_session_provider(session: SessionBase, sign_on: OrganizationSignOn) -> None:
    """Through whom this session comes in, and who had named that provider: for the entry in the log."""
    details = {"issuer": sign_on.issuer, "set_up_by": sign_on.set_up_by or None}
    session[PROVIDER_KEY] = {"organization": sign_on.organization_id, **details}


def session_provider(session: SessionBase) -> tuple[int, dict[str, Any]]:
    details = dict(session.get(PROVIDER_KEY) or {})
    return details.pop("organization", 0), details


def recheck_streams(user: User) -> None:
    """Sessions may have ended: open event streams ask again at once who they belong to."""
    for member in memberships_of(user):
        realtime.ping(member.organization_id, "sessions")


def record_failed_sign_in(email: str, step: str) -> None:
    """For accounts that exist; the person at the door learns nothing of it."""
    user = User.objects.filter(email__iexact=email.strip()).first() if "\0" not in email else None
    if user is not None and not seconds_to_wait(f"failures:{user.pk}", *FAILURE_RATE):
        record_everywhere(user, "sign_in.failed", actor=System("sign-in"), step=step)


@receiver(django_auth.user_logged_in)
def session_began(request: HttpRequest, **_: Any) -> None:
    begin_session(request.session)
    mark_use_noted(request.session.session_key or "")


@receiver(account.user_logged_in)
def user_signed_in(request: HttpRequest, user: User, response: HttpResponse | None = None, **_: Any) -> None:
    borrowed = is_borrowed_session(request.session, user)
    record_sign_in(request, user, "sign-on" if borrowed else "own sign-in")
    if response is not None and not borrowed:
        remember_device(request, response, user)


@receiver(account.authentication_step_completed)
def own_proof_given(request: HttpRequest, user: User, method: str, **how: Any) -> None:
    """By the password or a passkey: a session through an organization's provider is the person's own from then on.

    The code of an app is a second step and never signs in alone, so it does not lift the session; nor does a key that
    is asked for after the provider, as the second step of that sign-in.
    """
    by_key = how.get("type") == Authenticator.Type.WEBAUTHN and (how.get("reauthenticated") or how.get("passwordless"))
    if (method == "password" or by_key) and note_own_proof(request.session, user) and how.get("reauthenticated"):
        record_sign_in(request, user, "own sign-in")


def record_sign_in(request: HttpRequest, user: User, through: str) -> None:
    device = request.headers.get("User-Agent", "")[:120]
    record_everywhere(
        user, "sign_in.succeeded", only_for=session_provider(request.session), through=through, device=device
    )


@receiver(mfa.authentication_failed)
def second_step_failed(user: User, **_: Any) -> None:
    record_failed_sign_in(user.email, "second step")


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
