"""Which release this is. The product runs from its folder and is not installed, so `pyproject.toml` is asked."""

import tomllib
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


@cache
def product_version() -> str:
    """As `0.1.0`. Needs no settings."""
    return str(tomllib.loads(PROJECT.read_text())["project"]["version"])
