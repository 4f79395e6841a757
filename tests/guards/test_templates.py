"""Every template compiles and can be read: no line is long, no tag is broken, and what is typed is not indented."""

import re

import pytest
from django.template.loader import get_template

from tests.source import ROOT

TEMPLATES = sorted(str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.*"))
# Of mails as text every line break is seen by whoever reads them, so a paragraph is one line, however long.
PAGES = [name for name in TEMPLATES if name.endswith(".html")]
LONGEST = 160
BROKEN = re.compile(r"\{%(?!.*?%\})|\{\{(?!.*?\}\})|\{#(?!.*?#\})")
INDENTED = re.compile(r"<textarea\b[^<]*>\s*\n\s*\S")


def lines_of(name: str) -> list[tuple[int, str]]:
    return list(enumerate((ROOT / "templates" / name).read_text().splitlines(), start=1))


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles(name: str) -> None:
    get_template(name)


def test_no_line_is_long() -> None:
    long = [f"{name}:{n}: {len(line)}" for name in PAGES for n, line in lines_of(name) if len(line) > LONGEST]
    assert not long, (
        f"{long}: break the line where a line break is not seen, name a part with {{% with %}} or `as`, "
        "or make it a partial (docs/frontend.md, Layout of a template)."
    )


def test_no_tag_is_broken() -> None:
    """Django takes a tag with a line break in it for text, and shows it."""
    broken = [f"{name}:{n}: {line}" for name in TEMPLATES for n, line in lines_of(name) if BROKEN.search(line)]
    assert not broken, f"{broken}: a tag ends on the line on which it begins."


def test_what_is_typed_is_not_indented() -> None:
    """All that stands in a <textarea> is its value, the indentation too."""
    indented = [name for name in PAGES if INDENTED.search((ROOT / "templates" / name).read_text())]
    assert not indented, f"{indented}: write <textarea …>{{{{ value|as_typed }}}}</textarea> without a line break."
