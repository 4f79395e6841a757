"""Adds a person to an organization; the password stands in $MEMBER_PASSWORD."""

from typing import Any

from django.core.management.base import CommandParser

from organizations.actions.organizations import create_member
from organizations.models import Role
from organizations.tenancy import scope
from socialops.management.command import COMMAND_LINE, JSONCommand, find_organization, read_password


class Command(JSONCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)

    def work(self, *, organization: str, email: str, role: str, **options: Any) -> dict[str, Any]:
        into = find_organization(organization)
        with scope(into):
            made = create_member(COMMAND_LINE, into, email=email, role=role, password=read_password("MEMBER_PASSWORD"))
        return {"id": made.pk}
