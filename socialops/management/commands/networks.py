"""Lists the networks that there are, as tables in Markdown: what connects a profile, and which variables they have."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from networks.manifest import Manifest, NetworkSetting
from networks.registry import manifests

NETWORK_TABLE_HEAD = "| network | is called | credentials | permissions |\n|---|---|---|---|"
SETTING_TABLE_HEAD = "| variable | default | means |\n|---|---|---|"


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--compose", action="store_true", help="the variables as docker-compose.yml hands them on")

    def handle(self, *args: Any, compose: bool, **options: Any) -> None:
        if compose:
            lines = [line for one in manifests() for line in format_compose_lines(one)]
        else:
            rows = [row for one in manifests() for row in format_setting_rows(one)]
            lines = [NETWORK_TABLE_HEAD, *map(format_network_row, manifests()), "", SETTING_TABLE_HEAD, *rows]
        self.stdout.write("\n".join(lines))


def format_network_row(one: Manifest) -> str:
    shapes = [", ".join([*each.needed, *(f"{name}?" for name in each.optional)]) for each in one.credentials]
    credentials = " or ".join(f"`{{{shape}}}`" for shape in shapes)
    scopes = "; ".join(f"`{scope.name}`: {scope.purpose}" for scope in one.scopes)
    return f"| `{one.network}` | {one.label} | {credentials} | {scopes} |"


def format_setting_rows(one: Manifest) -> Iterator[str]:
    for each in one.variables:
        default = f" `{each.default}`" if each.default else ""
        yield f"| `{each.variable}` |{default} | {each.means} |"


def format_compose_lines(one: Manifest) -> Iterator[str]:
    """Those without a value of their own."""
    yield from (format_compose_line(each) for each in one.variables if not each.default)


def format_compose_line(each: NetworkSetting) -> str:
    return f"{each.variable}: ${{{each.variable}:-}}"
