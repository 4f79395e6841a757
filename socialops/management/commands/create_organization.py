"""Founds an organization with its first owner, whose password stands in $OWNER_PASSWORD."""

from typing import Any

from django.core.management.base import CommandParser

from organizations.actions.organizations import create_organization
from socialops.management.command import COMMAND_LINE, JSONCommand, read_password


class Command(JSONCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--slug", required=True)
        parser.add_argument("--owner-email", required=True)

    def work(self, *, name: str, slug: str, owner_email: str, **options: Any) -> dict[str, Any]:
        made = create_organization(
            COMMAND_LINE, name=name, slug=slug, owner_email=owner_email, owner_password=read_password("OWNER_PASSWORD")
        )
        return {"slug": made.slug}
