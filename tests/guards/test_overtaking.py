"""No address changes what somebody else has changed meanwhile: each is told of in tests/guards/overtaking.py.

The addresses are those of permissions.txt, which is held against the tree of addresses. That a mark is asked for is tried
at every address that is listed with one; that each form of ours carries it is read from the templates.
"""

import re
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import get_resolver
from django.utils.timezone import now

from inbox.models import Message
from networks.models import Outgoing
from organizations.actions.sign_on import set_sign_on
from organizations.models import AuditEntry
from organizations.tenancy import scope
from publishing.actions.fallback_plans import set_fallback_plan
from publishing.actions.schedule import move_post
from publishing.models import Post
from tests import media
from tests.guards.overtaking import CREATES, MARKED, REASONS
from tests.guards.permissions import OWN, Line, address, signed_in, table
from tests.guards.test_permissions import world as world
from tests.guards.test_urls import things as things
from tests.rest.caller import caller
from tests.routes import walk

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
HOW = "Say in tests/guards/overtaking.py whether it carries a mark, creates something, or why it overwrites nothing."
STALE = "0" * 32
SIGN_ON = {
    "issuer": "https://login.acme.example",
    "client_id": "social",
    "client_secret": "s3cret",
    "domains": "acme.example",
    "default_role": "member",
    "required": False,
}
FORM = re.compile(r"<form\b.*?</form>", re.S)
CHANGES = {line for line in table() if line.method != "GET"}


def told(line: Line) -> str:
    return f"{line.method} {line.path.partition('?')[0]}"


def test_every_change_is_told_of_once() -> None:
    there = {told(line) for line in CHANGES}
    kinds = [MARKED, CREATES, set(REASONS)]
    known = set().union(*kinds)
    assert not there - known, f"{sorted(there - known)}: {HOW}"
    assert not known - there, (
        f"{sorted(known - there)} are no addresses any more: delete them in tests/guards/overtaking.py."
    )
    assert sum(map(len, kinds)) == len(known), "Something stands there twice."
    assert all(REASONS.values())


@pytest.fixture
def olive(cast):
    return signed_in(cast.olive)


@pytest.fixture
def stand(world, cast) -> dict[str, Any]:
    """The world, with an answer of ours in the conversation and a plan."""
    with scope(cast.acme):
        move_post(cast.ed, Post.objects.get(pk=world["Post"]), at=now() + timedelta(days=1))
        row = Outgoing.objects.create(
            profile=cast.x,
            key="reply",
            draft={"kind": "reply", "text": "Bread"},
            planned_at=cast.x.created_at,
            due_at=cast.x.created_at,
        )
        Message.objects.filter(pk=world["Message"]).update(direction="out", outgoing=row)
        set_sign_on(cast.olive, cast.acme, **{**SIGN_ON, "domains": ["acme.example"]})
        set_fallback_plan(cast.olive, "x", after_minutes=9, profile=cast.page, text="{text}", told=[])
        cast.acme.logo.save("logo.png", ContentFile(media.picture()))
    return world


def test_no_page_takes_a_change_that_the_table_does_not_know(olive, world) -> None:
    posts = {line.path.partition("?")[0] for line in CHANGES}
    for line in table():
        if line.is_rest or line.path.partition("?")[0] in posts:
            continue
        assert olive.post(address(line, world)).status_code == 405, f"POST {line.path} is taken: {HOW}"


def body_of(line: Line, world: dict[str, Any]) -> dict[str, Any]:
    """What goes through the form, for the mark is compared after that."""
    day = {"day": "2030-01-31", "clock": "10:00"}
    return {
        "posts/<int:pk>/edit/": {"text": "Else", "do": "draft", "profiles": world["cast"].x.pk},
        "posts/<int:pk>/schedule/": day,
        "calendar/<int:pk>/move/": day,
        "deliveries/<int:pk>/move/": day,
        "deliveries/<int:pk>/resolve/": {"there": "no"},
        "tasks/<int:pk>/hand-over/": {"member": f"member-{world['cast'].priya.pk}"},
        "teams/levels/<int:pk>/": {"name": "Bard", "verbs": "draft"},
        "pauses/<int:pk>/release/": {"kept": "recent"},
        "settings/organization/": {"name": "Else", "time_zone": "UTC"},
        "settings/logo/": {"logo": BytesIO(media.picture())},
        "settings/fallback/plan/": {
            "network": "x",
            "x-after_minutes": 5,
            "x-profile": world["cast"].page.pk,
            "x-text": "Else",
            "x-seen": STALE,
        },
        "settings/fallback/remove/": {"network": "x"},
        "settings/people/<int:pk>/role/": {"role": "viewer"},
        "settings/security/sessions/": {"idle_days": "7", "days": "14"},
        "settings/security/sign-on/": SIGN_ON,
        "api/v1/profiles/(pk)/grants/": {"members": {str(world["target"].pk): ["view"]}},
        "api/v1/members/(pk)/": {"role": "viewer"},
        "api/v1/levels/(pk)/": {"name": "Bard"},
        "api/v1/teams/(pk)/": {"name": "Else"},
        "api/v1/media/(pk)/": {"alt_text": "Else"},
        "api/v1/posts/(pk)/": {"text": "Else"},
        "api/v1/posts/(pk)/schedule/": {"publish_now": True},
        "api/v1/deliveries/(pk)/schedule/": {"publish_now": True},
        "api/v1/deliveries/(pk)/resolve/": {"there": False},
        "api/v1/conversations/(pk)/assign/": {"member": None},
        "api/v1/tasks/(pk)/hand_over/": {"member": world["cast"].priya.pk},
    }.get(line.path, {})


def test_a_mark_that_does_not_stand_any_more_is_refused_everywhere(stand, cast, olive) -> None:
    rest = caller(cast.olive)
    wrong = []
    for line in sorted(CHANGES, key=told):
        if told(line) not in MARKED:
            continue
        who, body = rest, body_of(line, stand)
        if told(line).endswith("tasks/(pk)/accept/"):
            who = caller(cast.ed)
        with transaction.atomic():
            # unscoped: every organization's entries count here
            before = AuditEntry.unscoped.count()
            if line.is_rest:
                answer = who.call(line.method, address(line, stand), body, **{"If-Match": f'"{STALE}"'})
            else:
                answer = olive.post(address(line, stand), {**body, "seen": f"{STALE}@0"})
            changed = AuditEntry.unscoped.count() - before
            transaction.set_rollback(True)
        wanted = {412} if line.is_rest else {409, 422}
        if answer.status_code not in wanted or changed:
            wrong.append(f"{told(line)} answered {answer.status_code}" + (" and changed something" if changed else ""))
    assert not wrong, "\n".join(wrong)


def patterns() -> dict[str, str]:
    """{name of a page as templates say it: its path as the table says it}"""
    found = {}
    spaces = {}
    for resolver in get_resolver().url_patterns:
        if str(resolver.pattern) == OWN:
            for one in resolver.url_patterns:
                for path, pattern in walk([one]):
                    spaces[path] = f"{getattr(one, 'namespace', None)}:{pattern.name}"
    for path, name in spaces.items():
        found[name] = path
    return found


def test_every_form_to_an_address_with_a_mark_carries_one() -> None:
    paths = patterns()
    lacking, seen = [], set()
    for file in sorted(TEMPLATES.rglob("*.html")):
        text = file.read_text()
        for form in FORM.findall(text):
            names = re.findall(r"{% url '([\w:]+)'", form)
            wanted = {
                name for name in names if f"POST {paths.get(name)}" in MARKED and " as " not in form.split(name)[1][:40]
            }
            if wanted:
                seen |= wanted
                if not re.search(r"{% seen |\.seen }}|_fields\.html|for field in week_form", form):
                    lacking.append(f"{file.relative_to(TEMPLATES)}: {sorted(wanted)}")
    assert not lacking, f"{lacking}: put {{% seen thing.mark %}} after the CSRF token, or let the form be a SeenForm."
    assert len(seen) > 20


class Forms(HTMLParser):
    """What a browser would send of each form."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, list[str]]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append((given.get("action") or "", {}))
        elif tag == "input" and self.forms and given.get("name") and "form" not in given:
            sent = given.get("type") not in ("checkbox", "radio") or "checked" in given
            if sent:
                self.forms[-1][1].setdefault(str(given["name"]), []).append(given.get("value") or "")


PAGES = [
    "posts/{Post}/", "approvals/", "queue/?state=due", "tasks/{Task}/", "tasks/", "inbox/{Conversation}/", "teams/{Team}/",
    "teams/levels/{Level}/", "pauses/{Pause}/release/", "settings/", "settings/hours/", "settings/security/",
    "settings/fallback/", "settings/people/{Member}/", "posts/{Post}/edit/",
]  # fmt: skip


def test_the_mark_that_a_page_carries_is_the_one_that_is_asked_for(stand, cast, olive) -> None:
    """Every form as it was drawn, sent at once by the only person there is: none is refused as overtaken."""
    tried = set()
    for page in PAGES:
        where = f"/o/acme/{page.format(**stand)}"
        answer = olive.get(where)
        assert answer.status_code == 200, where
        for action, fields in Forms(answer.content.decode()).forms:
            if "seen" not in fields and "x-seen" not in fields:
                continue
            target = action or where
            with transaction.atomic():
                status = olive.post(target, fields).status_code
                transaction.set_rollback(True)
            assert status != 409, f"{target} on {where} carries another mark than its action asks for"
            tried.add(re.sub(r"\d+", "N", target))
    assert len(tried) > 15, sorted(tried)
