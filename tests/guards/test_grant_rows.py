"""Guardian's tables are read and written in one place, `teams.rights.grant_rows`."""

import re

from tests.source import ROOT, product_modules

TABLES = re.compile(r"ObjectPermission\b|guardian\.(models|shortcuts)|\b(user|group)objectpermission")
ALLOWED = {"networks/models/__init__.py", "networks/models/grants.py", "teams/rights/grant_rows.py"}


def test_nobody_else_asks_the_tables_of_grants() -> None:
    wrong = [
        f"{name}:{number}: {line.strip()}"
        for path, _module in product_modules()
        if (name := str(path.relative_to(ROOT))) not in ALLOWED
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if TABLES.search(line)
    ]
    assert not wrong, "Ask own_grants, team_grants or verbs_by of teams/rights/grant_rows.py:\n" + "\n".join(wrong)
