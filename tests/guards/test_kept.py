"""What scripts keep in the browser: texts in one place, under their writer's key; beside them only how the shell looks."""

import re
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js"
STORES = re.compile(r"\b(localStorage|sessionStorage|indexedDB|caches|cookieStore|document\.cookie)\b")
CHANNEL = re.compile(r"new BroadcastChannel\(([^)]*)\)")
MAY_KEEP = {
    "lib/kept.js",
    "lib/shell.js",
    "theme.js",
}  # texts of their writer; the theme and the sidebar, which tell nothing
LOOKS = {"theme", "sidebar"}
CHANNELS = {
    "lib/session.js": '"ops session"',  # whose page it is: a number
    "lib/stream.js": "this.name",  # begins with whom the page was drawn for
}


def scripts() -> dict[str, str]:
    return {str(path.relative_to(SCRIPTS)): path.read_text() for path in SCRIPTS.rglob("*.js")}


def test_texts_are_kept_in_one_place():
    users = {name for name, text in scripts().items() if STORES.search(text)}
    assert users == MAY_KEEP, "Keep texts by static/js/lib/kept.js, which keeps each person's apart and forgets them."


def test_the_key_of_a_text_names_member_and_organization():
    text = scripts()["lib/kept.js"]
    assert 'const owner = meta("kept-for"); // <user>.<organization>.<member>' in text
    assert "const name = (key) => `${PREFIX}${owner} ${key}`;" in text
    written = re.findall(r"sessionStorage\.(?:setItem|getItem)\(([^,)]*\))", text)
    assert set(written) == {"name(key)"}


def test_beside_texts_only_how_the_shell_looks_is_kept():
    found = scripts()
    named = re.findall(r'\bkeep\("(\w+)"', found["lib/shell.js"]) + re.findall(r'\bkept\("(\w+)"', found["theme.js"])
    assert set(named) == LOOKS
    assert found["lib/shell.js"].count("localStorage") == found["theme.js"].count("localStorage") == 1


def test_tabs_of_different_people_do_not_talk_of_things():
    used = {name: CHANNEL.findall(text) for name, text in scripts().items() if CHANNEL.search(text)}
    assert used == {name: [given] for name, given in CHANNELS.items()}
    assert 'this.name = `ops ${this.getAttribute("for")} ' in scripts()["lib/stream.js"]
