"""What keeps something from leaving stands in one table, `networks.readiness`, and nobody asks the columns by themselves."""

import re

import pytest

from tests.source import ROOT, product_modules

ASKS = re.compile(
    r"held_until__|profile__pause|\bpause(=|__)[\"']?(all|posts|in\b|[\"'])|\bp\.(pause|held_until|state)\b"
    r"|networks_(circuit|limit)\b|Limit\.objects\.filter"
)
ALLOWED = {
    "networks/readiness.py": "the table",
    "networks/queries/hindrances.py": "lists the limits themselves",
    "teams/actions/pauses.py": "writes the pause",
}


def test_nobody_asks_by_themselves() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path, _module in product_modules()
        if str(path.relative_to(ROOT)) not in ALLOWED and "models" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if ASKS.search(line)
    ]
    assert not wrong, "Ask `keeps` of networks/readiness.py instead:\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    "line",
    [
        "rows.filter(profile__pause='')",
        "rows.exclude(held_until__gt=now)",
        "WHERE p.pause = ''",
        "JOIN networks_circuit c ON true",
        "Limit.objects.filter(until__gt=now)",
    ],
)
def test_an_offence_is_found(line: str) -> None:
    assert ASKS.search(line)
