"""What failed for the sign-in alone leaves when its profile is connected again, and everybody is told so before."""

import pytest
from django.utils.timezone import now

from networks.actions.profiles import retry_returning_rows
from networks.models import Attempt, Outgoing, Profile
from organizations.models import Notification
from publishing.notices import notify_stuck
from publishing.queries.delivery_outlook import LEAVES_ON_RECONNECT
from tests.cast import Cast
from tests.rest.caller import caller


@pytest.fixture
def refused(cast: Cast, lay):
    """refused("disconnected", minutes=-3) -> a failed row whose last try ended so, its profile cut off."""

    def made(outcome: str, *, minutes: float = -3, health: str = "disconnected") -> Outgoing:
        reason = "X no longer accepts our connection."
        row: Outgoing = lay("Bread", minutes=minutes, state="failed", reason=reason)
        for ended in ("not sent", outcome):
            Attempt.objects.create(outgoing=row, kind="send", worker="w:1", started_at=now(), outcome=ended)
        Profile.objects.filter(pk=cast.x.pk).update(state=health)
        return row

    return made


def said(cast: Cast, sign_in, row: Outgoing) -> list[bool]:
    """Whether the queue, the post's page, REST and the notice say it."""
    olive = sign_in(cast.olive)
    pages = [olive.get(path).content.decode() for path in ("/o/acme/queue/?state=failed", post_of(row))]
    notify_stuck(row.delivery, row)
    reason = caller(cast.olive).get(f"deliveries/{row.delivery.pk}/").json()["reason"]
    return [str(LEAVES_ON_RECONNECT) in text for text in (*pages, reason, Notification.objects.get().about)]


def post_of(row: Outgoing) -> str:
    return f"/o/acme/posts/{row.delivery.post_id}/"


def test_it_is_said_and_it_is_so(cast: Cast, sign_in, refused) -> None:
    row = refused("disconnected")
    assert said(cast, sign_in, row) == [True] * 4
    retry_returning_rows(cast.olive, cast.x)
    row.refresh_from_db()
    assert row.state == "waiting"


@pytest.mark.parametrize(
    "how",
    [
        {"outcome": "refused"},
        {"outcome": "disconnected", "minutes": -25 * 60},
        {"outcome": "disconnected", "health": "connected"},
    ],
)
def test_of_others_it_is_not_said(cast: Cast, sign_in, refused, how: dict) -> None:
    assert said(cast, sign_in, refused(**how)) == [False] * 4


def test_what_is_left_does_not_come_back(cast: Cast, refused) -> None:
    row = refused("disconnected")
    caller(cast.olive).post(f"deliveries/{row.delivery.pk}/cancel/")
    retry_returning_rows(cast.olive, cast.x)
    row.refresh_from_db()
    assert row.state == "cancelled"


def test_what_is_a_day_late_waits_for_a_person(cast: Cast, refused) -> None:
    row = refused("disconnected", minutes=-25 * 60)
    retry_returning_rows(cast.olive, cast.x)
    row.refresh_from_db()
    assert row.state == "failed"
