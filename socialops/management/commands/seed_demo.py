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
from socialops.demo import sign_in_table
from socialops.demo.founding import Founded, found_globex, found_northwind
from socialops.demo.story import tell_globex, tell_northwind

STEPS: dict[str, tuple[Callable[[], Founded], Callable[..., None]]] = {
    "northwind": (found_northwind, tell_northwind),
    "globex": (found_globex, tell_globex),
}


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError("The demo lives on the practice networks, which are switched off here (SANDBOX).")
        for slug, (found, tell) in STEPS.items():
            try:
                seed(slug, found, tell, now())
            except AppError as error:
                raise CommandError(error.user_message) from None
        self.stdout.write(sign_in_table())


@transaction.atomic
def seed(slug: str, found: Callable[[], Founded], tell: Callable[..., None], at: datetime) -> None:
    """All of an organization or nothing: so a second call finds it finished, and no worker sees it half done."""
    if not Organization.objects.filter(slug=slug).exists():
        tell(found(), now=at)
        # unscoped: nobody reads the mailboxes of people who do not exist; their bells keep what they were told
        Mail.unscoped.filter(organization__slug=slug).delete()
