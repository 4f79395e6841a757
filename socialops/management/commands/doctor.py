"""Says what is wrong in plain words: services, background processes, the outbox, profiles, settings."""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.timezone import now

from networks.models import Outgoing, Profile, WebhookReceipt
from organizations.models import Mail
from socialops import health

LATE = timedelta(minutes=1)
NEEDED = {  # without these a real profile cannot renew its sign-in or receive pushes
    "x": {"client_id": "X_CLIENT_ID", "client_secret": "X_CLIENT_SECRET"},
    "facebook": {
        "app_id": "META_APP_ID",
        "app_secret": "META_APP_SECRET",
        "verify_token": "META_VERIFY_TOKEN",
    },
}


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = list(findings())
        for line in wrong:
            self.stdout.write(f"✗ {line}")
        if wrong:
            sys.exit(1)
        self.stdout.write("✓ Everything works.")


def findings() -> Iterator[str]:
    """One sentence per thing that is wrong. What needs the database is only asked where there is one."""
    missing = health.problems()
    yield from (f"{name}: {reason}" for name, reason in missing.items())
    if "database" in missing:
        return
    for look in LOOKS:
        yield from look()


def overdue() -> Iterator[str]:
    # unscoped: the operator asks about every organization
    rows = Outgoing.unscoped.filter(state="waiting", due_at__lt=now() - LATE, profile__state="connected")
    count = rows.exclude(profile__held_until__gt=now()).count()
    if count:
        yield f"outbox: {count} due for more than a minute have not begun; is the worker keeping up?"


def stuck() -> Iterator[str]:
    count = Outgoing.unscoped.filter(state="sending", lease_until__lt=now() - LATE).count()
    if count:
        yield f"outbox: {count} began and were never settled; no worker is looking for them."


def unsettled() -> Iterator[str]:
    count = Outgoing.unscoped.filter(state="unknown", needs_person=True).count()
    if count:
        yield f"outbox: {count} need a person to say whether they are on the network."


def undigested() -> Iterator[str]:
    count = WebhookReceipt.objects.filter(digested_at=None, received_at__lt=now() - LATE).count()
    if count:
        yield f"inbound: {count} pushes of the networks lie unread for more than a minute."


def unmailed() -> Iterator[str]:
    # unscoped: the operator asks about every organization
    waiting = Mail.unscoped.filter(state="waiting")
    tried = waiting.filter(tries__gt=0).order_by("-due_at").first()
    if tried:
        yield f"e-mail: the mail server does not take messages (EMAIL_URL): {tried.reason}"
    late = waiting.filter(tries=0, due_at__lt=now() - 10 * LATE).count()
    if late:
        yield f"e-mail: {late} are due for more than ten minutes and have not begun; is the worker keeping up?"


def disconnected() -> Iterator[str]:
    for profile in Profile.unscoped.filter(state="disconnected").select_related("organization"):
        yield f"profile: {profile} of {profile.organization.slug} must be connected again: {profile.state_reason}"


def unset() -> Iterator[str]:
    for network in Profile.unscoped.filter(sandbox=False).values_list("network", flat=True).distinct():
        app = settings.NETWORK_APPS.get(network, {})
        for key, variable in NEEDED.get(network, {}).items():
            if not app.get(key):
                yield f"settings: {variable} is not set, and there are profiles on {network}."


LOOKS: tuple[Callable[[], Iterator[str]], ...] = (overdue, stuck, unsettled, undigested, unmailed, disconnected, unset)
