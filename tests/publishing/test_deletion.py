"""What was published is taken away again, all of it, and whoever asked for it is told when that fails."""

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict, PermissionDenied
from networks.models import Outgoing, RemotePost
from networks.outbox.deleting import mark_remote_deleted
from networks.outbox.settling import notify_settled
from organizations.models import AuditEntry, Notification
from publishing.actions.deliveries import delete_delivery
from publishing.models import Post
from tests.cast import Cast
from tests.publishing.parts import at, delivery, rows, settle
from tests.rest.caller import caller


def test_deleting_takes_away_all_of_it_last_part_first(cast: Cast, posted: Post, sign_in) -> None:
    settle(1, "sent")
    settle(2, "sent")
    with pytest.raises(PermissionDenied):
        delete_delivery(cast.ed, delivery(posted))
    answer = caller(cast.priya).post(f"deliveries/{delivery(posted).pk}/delete/")
    assert answer.status_code == 200, answer.content
    gone = Outgoing.objects.filter(draft__kind="delete").order_by("pk")
    assert [row.draft["target"] for row in gone] == ["902", "901"]
    assert [row[2] for row in rows(posted)] == ["sent", "sent", "cancelled"]
    assert AuditEntry.objects.filter(verb="delivery.deleted").count() == 1
    assert caller(cast.priya).post(f"deliveries/{delivery(posted).pk}/delete/").status_code == 409
    assert "It is being deleted on X." in sign_in(cast.priya).get(at("post", posted.pk)).content.decode()
    gone.update(state="sent", sent_at=now())
    RemotePost.objects.update(deleted_at=now())
    page = sign_in(cast.priya).get(at("post", posted.pk)).content.decode()
    assert "Deleted from X by <bdi>Priya (test)</bdi>" in page
    assert "Delete from X" not in page
    assert caller(cast.priya).post(f"deliveries/{delivery(posted).pk}/delete/").status_code == 409


@pytest.mark.parametrize("state", ["sending", "unknown", "waiting"])
def test_what_is_not_known_to_be_there_is_not_deleted(cast: Cast, posted: Post, state: str) -> None:
    settle(1, state)
    with pytest.raises(Conflict):
        delete_delivery(cast.priya, delivery(posted))
    assert not Outgoing.objects.filter(draft__kind="delete").exists()


def test_a_deletion_that_failed_is_asked_for_again_and_stays_when_the_post_is_cancelled(
    cast: Cast, posted: Post
) -> None:
    for part in (1, 2, 3):
        settle(part, "sent")
    delete_delivery(cast.priya, delivery(posted))
    Outgoing.objects.filter(draft__kind="delete").update(state="failed")
    delete_delivery(cast.priya, delivery(posted))
    assert set(Outgoing.objects.filter(draft__kind="delete").values_list("state", flat=True)) == {"waiting"}


def ended(number: int, state: str) -> None:
    """The deletion of one part, as the outbox would settle it."""
    row = Outgoing.objects.get(draft__kind="delete", draft__target=f"90{number}")
    Outgoing.objects.filter(pk=row.pk).update(state=state, reason="X did not delete it.", sent_at=now())
    row.refresh_from_db()
    if state == "sent":
        mark_remote_deleted(row)
    notify_settled(row)


def told() -> list[tuple[str, int, bool]]:
    rows = Notification.objects.filter(kind="deletion_failed")
    return [(row.member.name, row.count, row.read_at is not None) for row in rows]


def test_whoever_asked_is_told_once_that_it_is_still_there(cast: Cast, posted: Post, sign_in) -> None:
    for part in (1, 2, 3):
        settle(part, "sent")
    delete_delivery(cast.lena, delivery(posted))
    for part, state in ((3, "failed"), (2, "sent"), (1, "failed")):
        ended(part, state)
    assert told() == [("Lena", 2, False)]
    notice = Notification.objects.get(kind="deletion_failed")
    assert "could not be deleted from" in notice.title
    assert notice.url == at("post", posted.pk)
    assert notice.about == "X did not delete it."
    assert "It could not be deleted: X did not delete it." in sign_in(cast.lena).get(notice.url).content.decode()
    delete_delivery(cast.lena, delivery(posted))
    for part in (3, 1):
        ended(part, "sent")
    assert told() == [("Lena", 2, True)]


def test_who_asked_last_is_told(cast: Cast, posted: Post) -> None:
    for part in (1, 2, 3):
        settle(part, "sent")
    for who in (cast.lena, cast.priya):
        delete_delivery(who, delivery(posted))
        Outgoing.objects.filter(draft__kind="delete").update(state="failed")
    ended(1, "failed")
    assert told() == [("Priya", 1, False)]
