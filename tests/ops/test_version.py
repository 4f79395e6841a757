"""One place says which release this is."""

import re
import subprocess
import sys
import tomllib

from socialops.management.version import PROJECT, product_version

ROOT = PROJECT.parent


def test_it_is_the_projects_and_the_change_log_tells_of_it() -> None:
    assert product_version() == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    newest = re.search(r"^## (\d\S+) - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert newest[1] == product_version()


def test_the_command_line_names_it_without_a_setting() -> None:
    for asked in ("version", "--version"):
        told = subprocess.run([sys.executable, ROOT / "manage.py", asked], capture_output=True, text=True, env={})
        assert (told.stdout, told.stderr, told.returncode) == (f"{product_version()}\n", "", 0)
