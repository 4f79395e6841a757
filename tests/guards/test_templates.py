"""Every template compiles."""

from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = sorted(str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.*"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles(name: str) -> None:
    get_template(name)
