"""An empty list knows "nothing there" from "nothing that you may see" from "filtered away"."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
EMPTY = re.compile(r"""_empty\.html["'][^%]*""")

FILTERED = "what was asked for left nothing, and the way back stands beside it"
SAME_FOR_ALL = "everybody here sees the same"
OWN = "it is the reader's own, or for admins alone, who see everything"

# template: how many plain empty states it has, and why rights have no part in them
PLAIN = {
    "analytics/_posts.html": (1, FILTERED),
    "analytics/_report.html": (1, FILTERED),
    "activity.html": (1, "more is further back"),
    "inbox/_nothing_open.html": (1, SAME_FOR_ALL),
    "inbox/_rows.html": (3, f"{FILTERED}; or {OWN}"),
    "notifications/_list.html": (1, OWN),
    "organizations/all_tokens.html": (1, OWN),
    "organizations/audit.html": (2, OWN),
    "organizations/invitations.html": (1, OWN),
    "organizations/people.html": (3, SAME_FOR_ALL),
    "organizations/tokens.html": (1, OWN),
    "publishing/_day.html": (1, FILTERED),
    "publishing/_posts.html": (1, FILTERED),
    "publishing/_previews.html": (1, "nothing is chosen yet"),
    "publishing/_queue.html": (1, FILTERED),
    "publishing/_restored.html": (1, SAME_FOR_ALL),
    "sandbox/_timeline.html": (1, SAME_FOR_ALL),
    "sandbox/index.html": (2, SAME_FOR_ALL),
    "tasks/_rows.html": (7, OWN),
    "teams/list.html": (2, SAME_FOR_ALL),
    "teams/rights.html": (1, FILTERED),
}


def test_whoever_sees_less_is_not_told_that_there_is_nothing() -> None:
    found = {
        str(path.relative_to(TEMPLATES)): count
        for path in sorted(TEMPLATES.rglob("*.html"))
        if (count := len(EMPTY.findall(path.read_text())))
    }
    assert found == {name: count for name, (count, _why) in PLAIN.items()}, (
        "Where rights decide what a list shows, include components/_nothing.html with the reader's {% sight %}; "
        "where they do not, say why in PLAIN."
    )


def test_what_was_filtered_away_has_its_way_back() -> None:
    stuck = [
        f"{path.name}: {use}"
        for path in TEMPLATES.rglob("*.html")
        for use in EMPTY.findall(path.read_text())
        if re.search(r'icon="search', use) and "action_url" not in use
    ]
    assert not stuck, f"{stuck}: name the address that shows everything again."
