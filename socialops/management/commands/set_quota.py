"""Grants an organization another amount than all have. Prints what holds now."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from foundation.texts.ids import parse_number
from organizations.actions.quotas import set_quotas
from organizations.configuration.quotas import QUOTAS, quota_limit
from publishing.media.storage_quota import GB
from socialops.management.command import COMMAND_LINE, JSONCommand, find_organization


class Command(JSONCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True, help="its slug")
        parser.add_argument(
            "--storage-gb", help="files of posts; `default` gives back what all have, as everywhere here"
        )
        parser.add_argument("--calls-per-day", help="REST calls of all its tokens together")
        parser.add_argument("--streams", help="open pages that update by themselves")

    def work(
        self, *, organization: str, storage_gb: str, calls_per_day: str, streams: str, **options: Any
    ) -> dict[str, Any]:
        given = {"storage": (storage_gb, GB), "calls": (calls_per_day, 1), "streams": (streams, 1)}
        limits = {name: parse_amount(text, unit) for name, (text, unit) in given.items() if text is not None}
        changed = set_quotas(COMMAND_LINE, find_organization(organization), limits)
        return {name: quota_limit(changed, name) for name in QUOTAS}


def parse_amount(text: str, unit: int) -> int | None:
    if text == "default":
        return None
    if (amount := parse_number(text, digits=12)) is None:
        raise CommandError(f"“{text}”: expected a whole number, or the word default.")
    return amount * unit
