"""One notice per cause, however often it happens and however many tell it at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from foundation.errors import NotFound
from networks.models import Outgoing
from organizations.actions.notifications import read_all_notifications, read_notification
from organizations.models import Mail, Notification
from organizations.notifications.notices import Notice, notify, notify_all
from organizations.tenancy import scope
from publishing.receivers import delivery_settled
from tests.home.test_home import deliver


def test_hundreds_of_failures_are_one_notice_and_one_mail(cast, in_acme):
    deliveries = [deliver(cast.ed, cast.x, state="failed") for _ in range(3)]
    for number in range(300):
        row = Outgoing.objects.get(pk=deliveries[number % 3].outgoing_id)
        delivery_settled(sender=Outgoing, outgoing=row)
    notice = Notification.objects.get()
    assert (notice.member, notice.count) == (cast.ed, 300)
    assert notice.address == f"/o/acme/posts/?state=failed&profile={cast.x.pk}"
    assert Mail.objects.count() == 1


def test_one_failure_leads_to_its_post(cast, in_acme):
    delivery = deliver(cast.ed, cast.x, state="failed")
    delivery_settled(sender=Outgoing, outgoing=Outgoing.objects.get(pk=delivery.outgoing_id))
    assert Notification.objects.get().address == f"/o/acme/posts/{delivery.post_id}/"


def test_after_it_was_read_it_is_news_again(cast, tell):
    tell(cast.ed)
    read_notification(cast.ed, Notification.objects.get().pk)
    tell(cast.ed)
    assert list(Notification.objects.order_by("pk").values_list("count", flat=True)) == [1, 1]
    assert Mail.objects.count() == 2


def test_reading_twice_is_reading_once(cast, tell):
    tell(cast.ed)
    pk = Notification.objects.get().pk
    first = read_notification(cast.ed, pk)
    read_notification(cast.ed, pk)
    assert Notification.objects.get().read_at is not None
    assert first.pk == pk
    assert read_all_notifications(cast.ed) == 0


def test_nobody_reads_what_somebody_else_was_told(cast, tell):
    tell(cast.ed)
    with pytest.raises(NotFound):
        read_notification(cast.lena, Notification.objects.get().pk)
    with scope(cast.globex), pytest.raises(NotFound):
        read_notification(cast.mallory, Notification.unscoped.get().pk)


def test_many_notices_cost_as_much_as_one(cast, in_acme, django_assert_max_num_queries):
    people = [cast.olive, cast.lena, cast.ed, cast.priya, cast.ava, cast.cole]
    notices = [
        Notice(member, f"cause-{number}", "task_given", "Bake", "/") for member in people for number in range(50)
    ]
    with django_assert_max_num_queries(8):  # savepoint, wishes, insert, lock, count, mails, their notices, release
        notify_all(notices)
    assert Notification.objects.count() == 300


def test_whoever_has_left_is_not_told(cast, tell):
    cast.ed.left_at = cast.ed.created_at
    tell(cast.ed)
    assert not Notification.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_told_by_many_at_once_it_is_counted_right(cast):

    def told(_number: int) -> None:
        try:
            with scope(cast.acme):
                notify([cast.ed, cast.lena], "storm", kind="task_given", title="Bake", url="/")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(told, range(40)))
    with scope(cast.acme):
        assert list(Notification.objects.values_list("count", flat=True)) == [40, 40]
        assert Mail.objects.count() == 2
