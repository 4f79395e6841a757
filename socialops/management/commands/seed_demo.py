"""The two demo organizations, on the practice networks. What is there already is left as it is."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import now

from foundation.errors import AppError
from organizations.models import Mail, Organization
from socialops.demo import format_sign_ins
from socialops.demo.demo_founding import FoundedOrganization, create_globex, create_northwind
from socialops.demo.demo_story import fill_globex, fill_northwind

SEED_STEPS: dict[str, tuple[Callable[[], FoundedOrganization], Callable[..., None]]] = {
    "northwind": (create_northwind, fill_northwind),
    "globex": (create_globex, fill_globex),
}


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError("The demo lives on the practice networks, which are switched off here (SANDBOX).")
        for slug, (found, fill) in SEED_STEPS.items():
            try:
                seed_organization(slug, found, fill, now())
            except AppError as error:
                raise CommandError(error.user_message) from None
        self.stdout.write(format_sign_ins())


@transaction.atomic
def seed_organization(
    slug: str, found: Callable[[], FoundedOrganization], fill: Callable[..., None], at: datetime
) -> None:
    """All of an organization or nothing: so a second call finds it finished, and no worker sees it half done."""
    if not Organization.objects.filter(slug=slug).exists():
        fill(found(), now=at)
        # unscoped: nobody reads the mailboxes of people who do not exist; their bells keep what they were told
        Mail.unscoped.filter(organization__slug=slug).delete()
