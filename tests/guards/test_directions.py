"""What people call themselves and what they write may run from right to left: names in <bdi>, texts in dir="auto".

Read from the templates: an output of one of WORDS stands in a <bdi>, or in an element with dir="auto"; so does every
box that takes words. What stands in an attribute or a title cannot be marked, and what a component is given is judged
where the component prints it.
"""

import re

import pytest
from django import forms

from tests.source import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# The last name of a variable that holds people's words.
WORDS = {
    "alt",
    "alt_text",
    "description",
    "first_comment",
    "handle",
    "label_name",
    "message",
    "name",
    "note",
    "person",
    "review_note",
    "said",
    "snippet",
    "state_reason",
    "subject",
    "text",
    "title",
    "typed",
    "who",
    "words",
    "wording",
}
# (template, variable): our own words under such a name.
OURS = {("allauth/elements/button.html", "attrs.name"), ("allauth/elements/provider.html", "attrs.name")}
BOXES = {"text", "search", ""}  # types of <input> that take words
NO_WORDS = re.compile(r"\|(network_name|initials)\b")
PIECE = re.compile(
    r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->|</?[a-zA-Z][\w-]*|/?>", re.DOTALL
)
VOID = {"input", "img", "br", "hr", "link", "meta", "source", "path", "use", "col"}
UNSEEN = {"bdi", "title", "script", "style"}  # marks, or holds what nobody reads


class Reading:
    """One template, from left to right."""

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.wrong: list[str] = []
        self.open: list[tuple[str, bool]] = []  # (element, whether it marks what is in it)
        self.tag = ""  # the one whose attributes are being read
        self.attributes = ""
        self.silent = 0  # inside a {% blocktranslate asvar %}: its text goes elsewhere
        self.titled = False  # inside {% block title %}, which holds text alone
        end = 0
        for found in PIECE.finditer(source):
            if self.tag:
                self.attributes += source[end : found.start()]
            end = found.end()
            self.take(found[0], source.count("\n", 0, found.start()) + 1)

    def take(self, piece: str, line: int) -> None:
        if piece.startswith("{% firstof ") and " as " not in piece:
            self.output(piece, line, piece.split()[2:-1])
        elif piece.startswith("{%"):
            self.block(piece)
        elif piece.startswith("{{"):
            self.output(piece, line, [piece[2:-2].strip().partition("|")[0].strip()])
        elif piece.startswith("</"):
            self.close(piece[2:].lower())
        elif piece in (">", "/>"):
            self.end_tag(line)
        elif piece.startswith("<") and not piece.startswith("<!") and not self.tag:
            self.tag, self.attributes = piece[1:].lower(), ""

    def block(self, piece: str) -> None:
        if self.tag:
            self.attributes += " "
        if piece.startswith("{% blocktranslate") and " asvar " in piece:
            self.silent += 1
        elif piece.startswith("{% endblocktranslate") and self.silent:
            self.silent -= 1
        elif piece.startswith(("{% block title", "{% block head_title")):
            self.titled = True
        elif piece.startswith("{% endblock "):
            self.titled = False

    def output(self, piece: str, line: int, variables: list[str]) -> None:
        words = [one for one in variables if one.partition("|")[0].rpartition(".")[2] in WORDS]
        if self.tag:
            self.attributes += "…"
            return
        told_elsewhere = self.silent or self.titled or NO_WORDS.search(piece) or (self.name, variables[0]) in OURS
        if words and not told_elsewhere and not any(marks for _, marks in self.open):
            self.wrong.append(f"{self.name}:{line}: {piece}")

    def close(self, element: str) -> None:
        names = [name for name, _ in self.open]
        if element in names:
            del self.open[len(names) - 1 - names[::-1].index(element) :]

    def end_tag(self, line: int) -> None:
        if not self.tag:
            return
        marks = self.tag in UNSEEN or 'dir="auto"' in self.attributes
        kind = re.search(r'type="([^"]*)"', self.attributes)
        unseen = re.search(r"(?<![-\w])(readonly|hidden)(?![-\w=])", self.attributes) is not None
        takes_words = self.tag == "textarea" or (self.tag == "input" and (kind[1] if kind else "") in BOXES)
        marks = marks or (takes_words and unseen)
        if takes_words and not marks:
            self.wrong.append(f"{self.name}:{line}: <{self.tag}>")
        if self.tag not in VOID:
            self.open.append((self.tag, marks))
        self.tag = ""


def unmarked(name: str, source: str) -> list[str]:
    return Reading(name, source).wrong


def test_words_of_people_run_their_own_way() -> None:
    wrong = [one for path in TEMPLATES for one in unmarked(str(path.relative_to(ROOT / "templates")), path.read_text())]
    assert not wrong, (
        'Put a name into <bdi>…</bdi>, and dir="auto" on the element of a text and on a box that takes words '
        "(or add to OURS what no person wrote):\n" + "\n".join(wrong)
    )


def test_it_sees_them() -> None:
    assert unmarked("a.html", "<p>{{ one.name }}</p><p>{{ text|truncatechars:9 }}</p>") == [
        "a.html:1: {{ one.name }}",
        "a.html:1: {{ text|truncatechars:9 }}",
    ]
    assert unmarked("a.html", '<input name="q"><textarea rows="2">{{ text }}</textarea>') != []
    fine = (
        '<p title="{{ name }}"><bdi>{{ name }}</bdi></p><p dir="auto"><a href="x">{{ text }}</a></p><input type="file">'
    )
    assert unmarked("a.html", fine + '<textarea dir="auto">{{ text }}</textarea><input type="search" dir="auto">') == []


@pytest.mark.parametrize("field", [forms.CharField(), forms.CharField(widget=forms.Textarea), forms.SlugField()])
def test_boxes_of_forms_run_as_their_words(field: forms.Field) -> None:
    assert 'dir="auto"' in field.widget.render("name", "words")
    assert 'dir="auto"' not in forms.EmailField().widget.render("name", "ana@shop.example")
