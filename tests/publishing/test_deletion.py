"""What was published is taken away again, all of it, and whoever asked for it is told when that fails."""

import pytest
from django.utils.timezone import now

from networks.models import Outgoing, RemotePost
from organizations.models import AuditEntry
from publishing.actions.deliveries import delete_delivery
from publishing.models import Post
from socialops.lib.errors import Conflict, PermissionDenied
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
    assert "Deleted from X by Priya" in page
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
