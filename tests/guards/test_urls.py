"""Every page below /o/ stands behind the gate. The URL tree is walked, so that no new page can be forgotten."""

import re
from dataclasses import asdict
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.urls import get_resolver
from django.utils.timezone import now

from inbox.models import Conversation, Message
from networks.models import Outgoing, Profile
from organizations.actions.absences import plan_absence
from organizations.actions.invitations import invite_member
from organizations.actions.tokens import create_api_token
from organizations.models import Absence, ApiToken, Invitation, Member, Notification, SignOnDomain
from organizations.notifications.notices import notify
from organizations.tenancy import scope
from publishing.composing.threads import Original
from publishing.models import Asset, Attachment, Delivery, Post, Revision
from teams.actions.tasks import create_task
from teams.models import Pause, Task, Team
from tests.routes import walk

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")
pytestmark = pytest.mark.usefixtures("bare_errors")
ROUTES = [(path, one) for path, one in walk(get_resolver().url_patterns) if path.startswith("o/")]


@pytest.fixture
def things(cast, settings, tmp_path) -> dict[str, int]:
    """An id of each kind of thing that an address may name, all of them acme's."""
    settings.MEDIA_ROOT = tmp_path
    today = now().date()  # by UTC; where they live it may be over already
    with scope(cast.acme):
        post = Post.objects.create(author=cast.ed)
        revision = Revision.objects.create(post=post, number=1, text="Bread", author=cast.ed)
        Post.objects.filter(pk=post.pk).update(revision=revision)
        post.profiles.add(cast.x)
        asset = Asset(kind="image", content_type="image/png", width=1, height=1, bytes=5, author=cast.ed)
        asset.file.save("", ContentFile(b"Bread"))
        asset.original = asdict(Original(asset.file.name, "a.png", "image/png", 5, 1, 1))
        asset.save()
        Attachment.objects.create(revision=revision, asset=asset, part=1, place=1)
        row = Outgoing.objects.create(
            profile=cast.x,
            key="guard",
            draft={"kind": "post", "text": "Bread"},
            planned_at=cast.x.created_at,
            due_at=cast.x.created_at,
        )
        thread = Conversation.objects.create(
            profile=cast.x, kind="direct", root_id="1", last_message_at=cast.x.created_at
        )
        made = [
            cast.x,
            cast.team,
            post,
            asset,
            Delivery.objects.create(post=post, revision=revision, profile=cast.x, outgoing=row),
            thread,
            Message.objects.create(
                profile=cast.x, conversation=thread, direction="in", text="Hi", sent_at=cast.x.created_at
            ),
            create_api_token(cast.olive, cast.olive, name="guard")[0],
            create_task(cast.ed, title="Bake"),
            Pause.objects.create(profile=cast.x, by=cast.olive, at=cast.x.created_at),
            told(cast.ed),
            cast.ana,
            invite_member(cast.olive, email="nia@acme.example"),
            SignOnDomain.objects.create(name="acme.example"),
            plan_absence(cast.olive, cast.ed, deputy=cast.ana, first_day=today, last_day=today + timedelta(days=2)),
        ]
    return {type(thing).__name__: thing.pk for thing in made}


def told(member) -> Notification:
    notify([member], "guard", kind="task_given", title="Bake", url="/o/acme/tasks/")
    return Notification.objects.get(cause="guard")


def filled(path: str, things: dict[str, int]) -> str:
    """The address of a real thing of acme: what the path says decides which."""
    kinds = (
        ("deliveries", Delivery), ("posts", Post), ("inbox", Conversation), ("teams", Team),
        ("tasks", Task), ("pauses", Pause), ("notifications", Notification),
        ("security/domains", SignOnDomain), ("settings/people", Member), ("faces", Member), ("settings/absences", Absence), ("settings/invitations", Invitation),
        ("profiles", Profile), ("tokens", ApiToken), ("calendar", Post), ("media", Asset),
    )  # fmt: skip
    kind = next((model.__name__ for part, model in kinds if part in path), "Profile")
    names = {"slug": "acme", "network": "x", "handle": "acme", "day": "2026-01-01"}

    def value(match: re.Match[str]) -> str:
        return names.get(match[1]) or str(things["Message" if match[1] == "message" else kind])

    return "/" + GROUP.sub(value, ARGUMENT.sub(value, path))


def test_there_are_pages():
    assert len(ROUTES) > 10


def test_every_page_has_a_gate():
    open_ = [path for path, one in ROUTES if not getattr(one.callback, "gate", None)]
    assert not open_, f"Put @member_gate or @admin_gate on the views of {open_} (organizations/gates.py)."


def answers(client, address: str) -> list[HttpResponse]:
    """What GET and POST get; a method that an address does not have (405) tells nothing, but one of the two must be there."""
    found = [answer for answer in (client.get(address), client.post(address)) if answer.status_code != 405]
    assert found, f"{address} has neither GET nor POST."
    return found


METHODS = ("GET", "HEAD", "POST", "PUT", "OPTIONS")


def test_strangers_are_sent_to_sign_in(client, things):
    for path, _ in ROUTES:
        address = filled(path, things)
        for method in METHODS:
            answer = client.generic(method, address)
            assert answer.status_code == 302, (
                f"{method} {address} answered {answer.status_code} to somebody not signed in: "
                "put the gate above @require_safe or @require_POST."
            )
            assert answer["Location"].startswith("/accounts/login/"), address


def test_members_of_other_organizations_find_nothing(cast, sign_in, things):
    client = sign_in(cast.mallory)
    for path, _ in ROUTES:
        address = filled(path, things)
        for method in METHODS:
            status = client.generic(method, address).status_code
            assert status == 404, (
                f"{method} {address} answered {status} to a member of another organization: "
                "put the gate above @require_safe or @require_POST."
            )


def test_nobody_reaches_acmes_things_through_their_own_organization(cast, sign_in, things):
    """globex in the address, an id of acme behind it."""
    client = sign_in(cast.mallory)
    for path, _ in ROUTES:
        address = filled(path, things).replace("/o/acme/", "/o/globex/")
        if ":pk>" not in path:
            continue
        for answer in answers(client, address):
            status = answer.status_code
            assert status == 404, f"{address} answered {status}: it looks a thing up outside the fence."


def test_every_page_can_also_be_asked_for_by_htmx(cast, sign_in, things):
    client = sign_in(cast.olive)
    client.raise_request_exception = False
    for path, _ in ROUTES:
        if "stream" in path:
            continue
        address = filled(path, things)
        status = client.get(address, headers={"HX-Request": "true"}).status_code
        assert status < 500, f"{address} answered {status} to htmx: does it need what only the shell of a page has?"
