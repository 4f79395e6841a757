"""Takes a person's second step and recovery codes away, for when all of them are lost."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import CommandParser
from django.db import transaction

from foundation.errors import Invalid
from organizations.models import Member, User
from organizations.receivers import record_everywhere
from socialops.management.command import COMMAND_LINE, JSONCommand


class Command(JSONCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)

    @transaction.atomic
    def work(self, *, email: str, **options: Any) -> dict[str, Any]:
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is None:
            raise Invalid({"email": ["There is no sign-in with this address."]})
        removed, _ = Authenticator.objects.filter(user=user).delete()
        # unscoped: the operator vouches for the person in every organization
        Member.unscoped.filter(user=user).update(second_step_lost_at=None)
        if removed:
            record_everywhere(user, "mfa.reset", actor=COMMAND_LINE)
        return {"removed": removed}
