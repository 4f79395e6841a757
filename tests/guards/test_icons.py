"""Every icon that a page names is there, and none breaks out of its place."""

import re
from pathlib import Path

import pytest

from foundation.files.icons import icon_archive, render_icon

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NAMED = re.compile(r'{% icon "([^"{]+)"')


def test_every_icon_that_is_named_is_there() -> None:
    named = {name for path in TEMPLATES.rglob("*.html") for name in NAMED.findall(path.read_text())}
    assert len(named) > 40
    assert sorted(name for name in named if f"{name}.svg" not in icon_archive().namelist()) == []


def test_what_it_says_is_quoted() -> None:
    svg = render_icon("house", 16, {"role": "img", "aria-label": '"><script>'})
    assert svg.startswith("<svg ")
    assert 'width="16" height="16"' in svg
    assert 'aria-label="&quot;&gt;&lt;script&gt;"' in svg


def test_no_other_is_drawn_for_one_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        render_icon("no-such-icon", 16, {})


def test_the_list_of_all_is_read_once() -> None:
    """Read for each icon, as the package's own tag does, it delays the first page of every process by seconds."""
    assert icon_archive() is icon_archive()
