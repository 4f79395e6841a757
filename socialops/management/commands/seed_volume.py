"""Fills an organization with bulk data of realistic shape, for benchmarks."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils.timezone import now

from organizations.tenancy import scope
from socialops.management.command import JSONCommand, find_organization
from socialops.volume.all_rows import make_all_rows
from socialops.volume.row_maker import RowMaker, WantedCounts

LARGEST_COUNT = 10_000_000


class Command(JSONCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True)
        for name in ("profiles", "posts", "messages", "days"):
            parser.add_argument(f"--{name}", type=int, required=True)

    def work(self, *, organization: str, **options: Any) -> dict[str, Any]:
        counts = {name: options[name] for name in ("profiles", "posts", "messages", "days")}
        for name, count in counts.items():
            if not 0 <= count <= LARGEST_COUNT:
                raise CommandError(f"--{name}: expected a number from 0 to {LARGEST_COUNT}.")
        within = find_organization(organization)
        with scope(within), transaction.atomic():
            return {"slug": within.slug, **make_all_rows(RowMaker(within, WantedCounts(**counts), now()))}
