"""Says on the operator's word that a domain is an organization's, so that its sign-on works without a DNS record."""

from typing import Any

from django.core.management.base import CommandParser

from organizations.actions.domains import prove_by_operator, revoke_proof_by_operator
from organizations.tenancy import scope
from socialops.management.command import COMMAND_LINE, JSONCommand, find_organization


class Command(JSONCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True)
        parser.add_argument("--domain", required=True)
        parser.add_argument("--take-back", action="store_true", help="it is proved no longer, however it was")

    def work(self, *, organization: str, domain: str, take_back: bool, **options: Any) -> dict[str, Any]:
        whose = find_organization(organization)
        with scope(whose):
            row = (revoke_proof_by_operator if take_back else prove_by_operator)(COMMAND_LINE, whose, domain)
        return {"organization": whose.slug, "domain": row.name, "proved": row.proved_at is not None}
