"""The tree of addresses as one demo organization has it: each address with the id of a real thing in it."""

import hashlib
import json
import re
from datetime import timedelta

import requests
from django.urls import get_resolver
from django.utils.timezone import now

from tests.guards.test_urls import ARGUMENT, GROUP
from tests.routes import walk
from tests.stack import Stack

SLUG = "northwind"
SECRET = "a-secret-that-came-by-mail"  # what stands in the link of the one invitation
WORDS = {"slug": SLUG, "secret": SECRET, "token": "x-y", "network": "x", "handle": SLUG, "uidb36": "1", "key": "x-y"}
KINDS = (  # what an address says -> the table of what it names, and which row is shown
    (r"posts/<int:pk>/edit", "publishing_post", "state = 'draft'"),
    (r"media/", "publishing_asset", "true"),
    (r"posts/|calendar/", "publishing_post", "true"),
    (r"deliveries/", "publishing_delivery", "true"),
    (r"inbox/", "inbox_conversation", "true"),
    (r"tasks/", "teams_task", "true"),
    (r"levels/", "teams_level", "true"),
    (r"rights/why/", "organizations_member", "role = 'member'"),
    (r"teams/", "teams_team", "true"),
    (r"security/domains/", "organizations_signondomain", "true"),
    (r"people/", "organizations_member", "role = 'member'"),
    (r"invitations/", "organizations_invitation", "true"),
    (r"notifications/", "organizations_notification", "true"),
    (r"pauses/", "teams_pause", "true"),
    (r"profiles/", "networks_profile", "true"),
)


def things_to_see(stack: Stack) -> None:
    """What the demo has none of: a task, a level, a pause, an absence, a token, an invitation with a known link."""
    said = stack.run_command(
        "create_api_token", "--organization", SLUG, "--email", f"olive@{SLUG}.example", "--name", "Reports"
    ).stdout
    asking = {"Authorization": f"Bearer {json.loads(said)['token']}"}
    today = now().date()
    ed, ava = (member(stack, name) for name in ("ed", "ava"))
    for call, body in (
        ("tasks", {"title": "Ask the photographer for the hut at dawn", "member": ed}),
        ("levels", {"name": "Night watch", "verbs": ["view", "reply"]}),
        ("invitations", {"email": "nia@northwind.example"}),
        (
            f"members/{ed}/absences",
            {"deputy": ava, "first_day": str(today + timedelta(days=9)), "last_day": str(today + timedelta(days=12))},
        ),
    ):
        answer = requests.post(f"{stack.url}/api/v1/{call}/", json=body, headers=asking, timeout=30)
        assert answer.status_code in (200, 201), answer.text
    stack.sql(
        "INSERT INTO organizations_signondomain (organization_id, name, token, entered_at, proved_by, answer)"
        " SELECT id, 'a-long-name-of-a-domain.northwind.example', repeat('ab', 20), now(), '', 'other'"
        " FROM organizations_organization WHERE slug = %s",
        [SLUG],
    )
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    stack.sql("UPDATE organizations_invitation SET digest = %s, mail_due_at = NULL", [digest])
    stack.sql(  # only written down: the outbox, which other tests need, does not obey this row
        "INSERT INTO teams_pause (organization_id, profile_id, keeps_replies, note, at)"
        " SELECT organization_id, id, false, 'A rumour to look into', now() FROM networks_profile"
        " WHERE handle = 'northwind_help'"
    )


def member(stack: Stack, name: str) -> int:
    found = stack.sql(
        "SELECT m.id FROM organizations_member m JOIN organizations_user u ON u.id = m.user_id WHERE u.email = %s",
        [f"{name}@{SLUG}.example"],
    )
    return int(found[0][0])


def addresses(stack: Stack, slug: str = SLUG) -> dict[str, str]:
    """Every address that is not a program's: the path as the tree has it -> a real one."""
    paths = [path for path, _ in walk(get_resolver().url_patterns) if not path.startswith("api/")]
    return {path: filled(stack, path, slug) for path in paths}


def filled(stack: Stack, path: str, slug: str = SLUG) -> str:
    words = {**WORDS, "slug": slug, "handle": slug}

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name == "path" or name in words:
            return words.get(name, "")
        table, which = ("networks_profile", "true") if name == "profile" else kind(path)
        return str(first(stack, table, which, slug))

    return "/" + ARGUMENT.sub(value, GROUP.sub(value, path))


def kind(path: str) -> tuple[str, str]:
    return next(((table, which) for says, table, which in KINDS if re.search(says, path)), ("networks_profile", "true"))


def first(stack: Stack, table: str, which: str, slug: str = SLUG) -> int:
    row = stack.sql(
        f"SELECT min(t.id) FROM {table} t JOIN organizations_organization o ON o.id = t.organization_id"
        f" WHERE o.slug = %s AND {which}",
        [slug],
    )
    return int(row[0][0] or 0)
