"""The one place where stored secrets become an adapter that can call."""

from django.conf import settings

from networks.contract import Access, Adapter
from networks.models import Profile
from networks.registry import adapter_class


def base_url(network: str, *, sandbox: bool) -> str:
    """Where this network is called: its own address, or the built-in practice network's."""
    if sandbox:
        return f"{settings.SANDBOX_URL}/sandbox/{network}"
    return str(settings.NETWORK_URLS[network])


def open_adapter(profile: Profile) -> Adapter:
    """An adapter for one piece of work with `profile` (whose credential is read, so select it with the profile)."""
    return adapter_class(profile.network)(
        Access(
            remote_id=profile.remote_id,
            handle=profile.handle,
            base_url=base_url(profile.network, sandbox=profile.sandbox),
            credentials=profile.credential.secrets,
            app=settings.NETWORK_APPS.get(profile.network, {}),
        )
    )
