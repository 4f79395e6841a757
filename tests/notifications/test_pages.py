"""The bell, the list and the settings, as people use them."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations.models import Member, Notification, NotificationSettings
from organizations.tenancy import scope

HOME = "/o/acme/"
PAGES = ("notifications/", "notifications/bell/", "notifications/badge/", "settings/notifications/")


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_bell_counts_what_is_unread_and_costs_no_query(cast, sign_in, tell, django_assert_num_queries):
    client = sign_in(cast.ed)
    client.get(HOME)
    with scope(cast.acme):
        with CaptureQueriesContext(connection) as before:
            client.get("/o/acme/tasks/")
        for number in range(3):
            tell(cast.ed, f"cause-{number}")
    with django_assert_num_queries(len(before)):
        page = text_of(client.get("/o/acme/tasks/"))
    assert 'id="bell-badge">3<' in page


def test_each_partial_takes_few_queries(cast, sign_in, tell, django_assert_max_num_queries):
    for number in range(60):
        tell(cast.ed, f"cause-{number}")
    client = sign_in(cast.ed)
    for page in PAGES:
        client.get(HOME + page)
        with django_assert_max_num_queries(8):
            assert client.get(HOME + page, headers={"HX-Request": "true"}).status_code == 200


def test_opening_one_marks_it_and_leads_there(cast, sign_in, tell):
    tell(cast.ed, url="/o/acme/tasks/")
    pk = Notification.objects.get().pk
    client = sign_in(cast.ed)
    assert "Bake bread" in text_of(client.get(HOME + "notifications/bell/"))
    assert client.get(f"{HOME}notifications/{pk}/")["Location"] == "/o/acme/tasks/"
    assert Notification.objects.get().read_at
    assert "hidden" in text_of(client.get(HOME + "notifications/badge/"))


def test_all_are_read_at_once(cast, sign_in, tell):
    tell(cast.ed, "a")
    tell(cast.ed, "b")
    answer = sign_in(cast.ed).post(HOME + "notifications/read/", headers={"HX-Request": "true"})
    assert "hx-swap-oob" in text_of(answer)
    assert not Notification.objects.filter(read_at=None).exists()


def test_pages_go_on_by_key(cast, sign_in, tell):
    for number in range(45):
        tell(cast.ed, f"cause-{number}", title=f"Loaf {number}")
    client = sign_in(cast.ed)
    first = text_of(client.get(HOME + "notifications/"))
    assert "Loaf 44" in first
    assert "Loaf 4<" not in first
    key = Notification.objects.order_by("-pk")[39].pk
    assert f"before={key}" in first
    assert "Loaf 4<" in text_of(client.get(f"{HOME}notifications/?before={key}"))
    assert client.get(HOME + "notifications/?before=%00x").status_code == 200


def test_settings_are_kept_and_shown_again(cast, sign_in):
    client = sign_in(cast.ed)
    page = text_of(client.get(HOME + "settings/notifications/"))
    assert "Europe/Madrid" in page
    sent = {"kind-task_given": ["bell", "digest"], "quiet_from": "22:00", "quiet_until": "07:00", "digest_at": "06:30"}
    answer = client.post(HOME + "settings/notifications/", sent, follow=True)
    assert "You are told as you chose" in text_of(answer)
    assert 'value="22:00"' in text_of(answer)
    with scope(cast.acme):
        kept = NotificationSettings.objects.get()
    assert kept.channels["task_given"] == ["bell", "digest"]
    assert kept.channels["task_due"] == []
    assert kept.next_digest_at is not None


def test_what_is_wrong_stands_beside_its_field(cast, sign_in):
    client = sign_in(cast.ed)
    answer = client.post(HOME + "settings/notifications/", {"quiet_from": "22:00", "digest_at": "08:00"})
    assert answer.status_code == 422
    assert "Quiet hours need a beginning and an end." in text_of(answer)
    hostile = {"kind-task_given": ["pigeon"], "digest_at": "08:00"}
    assert client.post(HOME + "settings/notifications/", hostile).status_code == 422
    assert client.post(HOME + "settings/notifications/", {"digest_at": "soon"}).status_code == 422


def test_two_organizations_are_two_bells(cast, sign_in, tell):
    tell(cast.ed)
    Member.unscoped.create(user=cast.ed.user, organization=cast.globex, role="member")
    client = sign_in(cast.ed)
    assert "Bake bread" not in text_of(client.get("/o/globex/notifications/"))
    assert client.get(f"/o/globex/notifications/{Notification.objects.get().pk}/").status_code == 404
