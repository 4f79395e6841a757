"""The demo: whole at the first call, untouched by the second, and true to what it says of itself."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from analytics.models import Rollup
from inbox.models import Conversation
from networks.contract import MediaKind
from networks.models import Outgoing, Profile, RemotePost
from networks.registry import adapter_classes
from networks.sandbox import tasks
from organizations.models import Member, Organization, User
from organizations.tenancy import scope
from publishing.models import Asset, Post
from socialops.demo import DEMO_PASSWORD, SIGN_INS, demo_texts, drawn_scenes
from teams.access import verbs_on
from tests.conftest import clear

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    """What the command printed. Once for all of these tests, taken back at their end."""
    said = StringIO()
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(SANDBOX=True, MEDIA_ROOT=tmp_path_factory.mktemp("media")),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(tasks.push, "apply_async", lambda *args, **options: pytest.fail("pushed"))
        clear()
        call_command("seed_demo", stdout=said)
        yield said.getvalue()
        transaction.set_rollback(True)


def test_without_practice_networks_there_is_no_demo(settings) -> None:
    settings.SANDBOX = False
    with pytest.raises(CommandError):
        call_command("seed_demo")
    assert not Organization.objects.filter(slug="northwind").exists()


def test_it_is_whole_and_safe_to_repeat(seeded: str) -> None:
    northwind = Organization.objects.get(slug="northwind")
    with scope(northwind):
        before = [model.objects.count() for model in (Member, Profile, Post, Conversation, Outgoing, Rollup)]
    call_command("seed_demo")
    with scope(northwind):
        assert [model.objects.count() for model in (Member, Profile, Post, Conversation, Outgoing, Rollup)] == before
    assert DEMO_PASSWORD in seeded
    for one in SIGN_INS:
        assert one.email in seeded
        assert User.objects.get(email=one.email).check_password(DEMO_PASSWORD)


def test_everything_said_has_happened(seeded: str) -> None:
    with scope(Organization.objects.get(slug="northwind")):
        assert Conversation.objects.count() == len(demo_texts.DEMO_TALKS)
        assert Conversation.objects.filter(state="open", unanswered_since=None).exists()
        assert Conversation.objects.filter(state="open").exclude(unanswered_since=None).count() >= 4
        assert set(Post.objects.values_list("state", flat=True)) == {"scheduled", "in_review", "draft"}
        assert RemotePost.objects.filter(kind="post").count() == sum(
            len(handles) for _, _, handles, _ in demo_texts.DEMO_POSTS
        )
        assert not RemotePost.objects.exclude(permalink__contains="/sandbox/northwind/").exists()
        assert set(Outgoing.objects.values_list("state", flat=True)) == {"sent", "waiting"}
        assert (
            Outgoing.objects.filter(state="waiting", claim=None).count()
            == Outgoing.objects.filter(state="waiting").count()
        )
        assert Rollup.objects.filter(metric="followers").values("day").distinct().count() >= 30
        assert Rollup.objects.filter(metric="impressions", value__gt=0).values("day").distinct().count() >= 20


def test_its_pictures_go_where_they_can(seeded: str) -> None:
    with scope(Organization.objects.get(slug="northwind")):
        takes = all(adapter.capabilities.most(MediaKind.IMAGE) for adapter in adapter_classes())
        assert Asset.objects.count() == (sum(map(len, demo_texts.PLANNED_PICTURES.values())) if takes else 0)
    for scene in drawn_scenes.SCENES:
        assert drawn_scenes.draw_scene(scene).getvalue() == drawn_scenes.draw_scene(scene).getvalue()


def test_rights_are_as_described(seeded: str) -> None:
    with scope(Organization.objects.get(slug="northwind")):
        ids = list(Profile.objects.values_list("pk", flat=True))
        verbs = {
            member.user.email.partition("@")[0]: verbs_on(member, ids)[ids[0]]
            for member in Member.objects.select_related("user")
        }
    assert {"publish", "reply"} <= verbs["priya"]
    assert "manage" in verbs["lena"]
    assert "reply" in verbs["cole"]
    assert "publish" not in verbs["cole"]
    assert "publish" not in verbs["ed"]
