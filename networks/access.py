"""The one place where stored secrets become an adapter that can call, renewed first where they are about to end."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils.timezone import now

from foundation.texts.dates import parse_moment
from networks.contract import Access, Adapter, Renews
from networks.errors import Busy, NetworkError, SignInRefused
from networks.models import Credential, Profile
from networks.outbox.rate_limits import limit_recorder
from networks.registry import adapter_class

RENEW_AHEAD = timedelta(minutes=5)
RENEWAL_LEASE = timedelta(minutes=1)  # longer than the call may take


def base_url(network: str, *, sandbox: bool) -> str:
    """Where this network is called: its own address, or the built-in practice network's."""
    if sandbox:
        return f"{settings.SANDBOX_URL}/sandbox/{network}"
    return str(settings.NETWORK_URLS[network])


def practice_url(slug: str, network: str, handle: str) -> str:
    """The page on which a practice account of this organization can be watched."""
    return f"{settings.PUBLIC_URL}/sandbox/{slug}/{network}/{handle}/"


def practice_permalink(page_url: str, remote_id: str) -> str:
    return f"{page_url}?post={remote_id}#post-{remote_id}"


def public_permalink(profile: Profile, remote_id: str, permalink: str) -> str:
    """Where people can open it: `permalink`, unless it stands on a practice network, which only we can show."""
    if not profile.sandbox:
        return permalink
    page_url = practice_url(profile.organization.slug, profile.network, profile.handle)
    return practice_permalink(page_url, remote_id)


def open_adapter(profile: Profile, *, keep_alive: Callable[[], None] = lambda: None) -> Adapter:
    """An adapter for one piece of work with `profile` (whose credential is read, so select it with the profile).

    A piece that takes long tells `keep_alive` between its calls.
    May call the network to renew a sign-in, so not inside a transaction. Raises what `Renews.renew` raises.
    """
    adapter = build_adapter(profile, keep_alive)
    ends_at = profile.credential.expires_at
    if ends_at is None or ends_at - now() > RENEW_AHEAD or not isinstance(adapter, Renews):
        return adapter
    renew_sign_in(profile.credential, adapter)
    return build_adapter(profile, keep_alive)


def renew_sign_in(credential: Credential, adapter: Renews) -> None:
    """One worker at a time: a refresh token that is used twice ends the whole sign-in."""
    at = now()
    lease = at + RENEWAL_LEASE
    free = Credential.objects.filter(pk=credential.pk, updated_at=credential.updated_at).exclude(renewing_until__gt=at)
    if not free.update(renewing_until=lease):
        raise Busy("The sign-in is being renewed at this moment.")
    # Whoever connects the profile meanwhile takes the lease away: what they gave is newer.
    held = Credential.objects.filter(pk=credential.pk, renewing_until=lease)
    try:
        renewed = adapter.renew()
    except NetworkError:
        held.update(renewing_until=None)
        raise
    # What a network leaves out or empty never overwrites what is held.
    secrets = {**credential.secrets, **{name: value for name, value in renewed.items() if value}}
    ends_at = parse_moment(secrets.get("expires_at"))
    held.update(secrets=secrets, expires_at=ends_at, renewing_until=None, renewed_at=now(), updated_at=now())
    credential.refresh_from_db()


def may_renew_sign_in(profile: Profile, error: NetworkError) -> bool:
    """Whether a sign-in that was refused just now is renewed at the next call, so that nobody has to sign in again.

    One that was renewed just now and is refused yet was taken back.
    """
    credential = profile.credential
    renewable = isinstance(error, SignInRefused) and credential.secrets.get("refresh_token")
    if not renewable or (credential.renewed_at and now() - credential.renewed_at < RENEW_AHEAD):
        return False
    Credential.objects.filter(pk=credential.pk, updated_at=credential.updated_at).update(expires_at=now())
    return True


def build_adapter(profile: Profile, keep_alive: Callable[[], None] = lambda: None) -> Adapter:
    return adapter_class(profile.network)(
        Access(
            remote_id=profile.remote_id,
            handle=profile.handle,
            base_url=base_url(profile.network, sandbox=profile.sandbox),
            credentials=profile.credential.secrets,
            app=settings.NETWORK_APPS.get(profile.network, {}),
            on_limit=limit_recorder(profile),
            keep_alive=keep_alive,
        )
    )
