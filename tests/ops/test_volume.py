"""Bulk data is whole: what the pages and the outbox read stands together."""

import json

import pytest
from django.core.management import CommandError, call_command

from inbox.models import Conversation, Message
from networks.models import Cursor, Outgoing
from organizations.tenancy import scope
from publishing.models import Delivery, Post
from tests.cast import Cast


def seed(capsys, **counts: int) -> dict:
    call_command("seed_volume", organization="acme", **counts)
    return json.loads(capsys.readouterr().out)


def test_it_makes_what_was_asked_for_and_again(cast: Cast, capsys, sign_in) -> None:
    for turn in (1, 2):
        made = seed(capsys, profiles=4, posts=50, messages=60, days=3)
        assert made == {"slug": "acme", "profiles": 4, "posts": 50, "messages": 60}
        with scope(cast.acme):
            assert Post.objects.count() == Delivery.objects.count() == Outgoing.objects.count() == 50 * turn
            assert Message.objects.count() == 60 * turn
            assert sum(Conversation.objects.values_list("message_count", flat=True)) == 60 * turn
            assert not Cursor.objects.filter(profile__handle__startswith="v").exists()  # never polled
    client = sign_in(cast.olive)
    for page in ("", "inbox/", "calendar/", "posts/", "analytics/"):
        assert client.get(f"/o/acme/{page}").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("counts", [{"profiles": -1}, {"posts": 10**9}])
def test_nonsense_is_refused(counts: dict) -> None:
    asked = {"profiles": 1, "posts": 1, "messages": 1, "days": 1, **counts}
    with pytest.raises(CommandError):
        call_command("seed_volume", organization="acme", **asked)
