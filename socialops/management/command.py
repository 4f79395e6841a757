"""What our own commands share: expected failures are one line, and the answer is one line of JSON on stdout."""

import json
import os
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from foundation.errors import AppError, Invalid, NotFound
from organizations.access import member_of, memberships_of
from organizations.actors import System
from organizations.models import Member, Organization, User

COMMAND_LINE = System("command line")


class OneLineParser(CommandParser):
    """Says what is wrong with the arguments without repeating the whole usage, which `--help` shows."""

    def error(self, message: str) -> NoReturn:
        if self.called_from_command_line:
            self.exit(2, f"{self.prog}: {message}\n")
        raise CommandError(f"Error: {message}")


class JSONCommand(BaseCommand):
    """`work()` returns what is printed. Its expected errors end the command with status 1 and their sentence."""

    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = OneLineParser
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = self.work(**options)
        except Invalid as error:
            raise CommandError(format_invalid(error)) from None
        except AppError as error:
            raise CommandError(error.user_message) from None
        except DatabaseError as error:
            reason = " ".join(str(error).split())
            raise CommandError(f"DATABASE_URL: the database cannot be used: {reason}") from None
        self.stdout.write(json.dumps(answer))

    def work(self, *args: Any, **options: Any) -> dict[str, Any]:
        raise NotImplementedError


def format_invalid(error: Invalid) -> str:
    return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.fields.items())


def find_organization(slug: str) -> Organization:
    try:
        return Organization.objects.get(slug=slug)
    except Organization.DoesNotExist:
        raise CommandError(f"There is no organization “{slug}”.") from None


def find_member_by_email(organization: Organization, email: str) -> Member:
    try:
        user = User.objects.get_by_natural_key(email.strip())
        return member_of(memberships_of(user), organization.slug)
    except (User.DoesNotExist, NotFound):
        raise CommandError(f"There is no active member {email} in {organization.slug}.") from None


def read_password(variable: str) -> str:
    password = os.environ.get(variable, "")
    if not password:
        raise CommandError(f"{variable}: expected the password, and it is not set.")
    return password
