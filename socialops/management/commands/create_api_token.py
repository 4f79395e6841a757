"""Makes a token that can do all that the member can. It is shown this once."""

from typing import Any

from django.core.management.base import CommandParser

from organizations.actions.tokens import create_api_token
from organizations.tenancy import scope
from socialops.management.command import COMMAND_LINE, JSONCommand, find_member_by_email, find_organization


class Command(JSONCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)

    def work(self, *, organization: str, email: str, name: str, **options: Any) -> dict[str, Any]:
        within = find_organization(organization)
        member = find_member_by_email(within, email)
        with scope(within):
            _, secret = create_api_token(COMMAND_LINE, member, name=name)
        return {"token": secret}
