"""Stores a profile's credentials, given as JSON, after asking the network who they belong to."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from networks.actions.profiles import connect_profile
from organizations.tenancy import scope
from socialops.management.command import COMMAND_LINE, JSONCommand, find_organization


class Command(JSONCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True)
        parser.add_argument("--network", required=True)
        parser.add_argument("--credentials", required=True, help="a file, or - for standard input")

    def work(self, *, organization: str, network: str, credentials: str, **options: Any) -> dict[str, Any]:
        within = find_organization(organization)
        with scope(within):
            made = connect_profile(COMMAND_LINE, network, read_credentials(credentials))
        return {"id": made.pk, "network": made.network, "remote_id": made.remote_id, "name": made.name}


def read_credentials(source: str) -> dict[str, Any]:
    """The JSON object in `source`. What it holds is never repeated in an error."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text()
        found = json.loads(text)
    except OSError as error:
        raise CommandError(f"--credentials: {source} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise CommandError("--credentials: expected JSON, and this is none.") from None
    if not isinstance(found, dict):
        raise CommandError("--credentials: expected a JSON object.")
    return found
