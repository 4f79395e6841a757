"""Whoever runs the product can find every variable that it reads."""

import re

from networks.registry import discover_manifests
from socialops.management.commands.networks import format_setting_rows
from tests.source import ROOT

READ = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')


def test_every_variable_is_documented() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text()
    read = set(READ.findall((ROOT / "socialops" / "settings.py").read_text()))
    missing = sorted(name for name in read if f"`{name}`" not in operations)
    assert not missing, f"Add {', '.join(missing)} to the table in docs/operations.md."


def test_every_networks_variables_are_documented_as_its_manifest_says() -> None:
    rows = set((ROOT / "docs" / "operations.md").read_text().splitlines())
    missing = [row for one in discover_manifests(()) for row in format_setting_rows(one) if row not in rows]
    assert not missing, (
        "\n".join(missing)
        + "\nPut these rows into the table of docs/operations.md: `python manage.py networks` prints them."
    )


def test_only_settings_and_what_runs_before_them_read_the_environment() -> None:
    allowed = {"settings.py", "running/embedded.py", "asgi.py", "celery.py", "management/command.py"}
    allowed |= {"management/commands/serve.py", "backup/postgres_programs.py"}  # they hand it on to what they start
    wrong = []
    assert "os.environ" in (ROOT / "foundation" / "env.py").read_text()  # which settings ask
    for path in (ROOT / "socialops").rglob("*.py"):
        if "os.environ" in path.read_text() and str(path.relative_to(ROOT / "socialops")) not in allowed:
            wrong.append(str(path.relative_to(ROOT)))
    assert not wrong, f"{wrong}: read the variable in socialops/settings.py, where it is checked, and import settings."
