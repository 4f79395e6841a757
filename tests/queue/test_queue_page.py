"""The queue says of everything that is alive where it stands, what is known, and what happens next."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.timezone import now

from inbox.actions.reply import reply_to_conversation
from inbox.models import Conversation, Message
from networks.actions.outgoing import delete_remote_post
from networks.models import Circuit, Limit, Outgoing, Profile, RemotePost
from networks.queries.lateness import rows_sent_since
from publishing.queries.queue import PER_PAGE, rows_in_place
from tests.cast import Cast

pytestmark = pytest.mark.django_db
QUEUE = "/o/acme/queue/"
MOST_BYTES = 150_000  # of any page


def shown(client, **query: object) -> str:
    return client.get(QUEUE, query).content.decode()


def tab_counts(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'tab__count">(\d+)', page)]


def test_each_state_stands_in_its_place(cast: Cast, sign_in, lay) -> None:
    lay("Soon")
    lay("Next week", minutes=7 * 24 * 60)
    lay("Leaving", minutes=-1, state="sending", attempt_count=1, lease_until=now() + timedelta(seconds=30))
    lay("Lost", minutes=-9, state="unknown", needs_person=True, reason="No answer.")
    lay("Refused", minutes=-9, state="failed", reason="X refused it: too long.")
    lay("Late", cast.page, minutes=-90, held="too_late")
    lay("Gone", minutes=-9, state="sent", sent_at=now())
    client = sign_in(cast.olive)
    due = shown(client)
    assert tab_counts(due) == [1, 1, 1, 1, 1]
    assert "Soon" in due
    assert "Next week" not in due
    for place, text, known in (
        ("sending", "Leaving", "It is on its way."),
        ("unknown", "Lost", "Nothing is sent until somebody has looked"),
        ("failed", "Refused", "X refused it: too long."),
        ("held", "Late", "It waits for somebody to decide."),
    ):
        page = shown(client, state=place)
        assert text in page
        assert known in page


@pytest.mark.parametrize(
    ("profile", "known", "then"),
    [
        (
            {"state": "disconnected", "state_reason": "X took the right away."},
            "X took the right away.",
            "connected again",
        ),
        ({"pause": "all"}, "Publishing is paused", "the pause ends"),
        ({"held_until": "later"}, "X takes no more from this profile", "It leaves when that is over: <time"),
    ],
)
def test_what_is_held_says_why_and_until_when(cast: Cast, sign_in, lay, profile: dict, known: str, then: str) -> None:
    row = lay("Bread", minutes=-3)
    profile = profile | ({"held_until": now() + timedelta(minutes=15)} if "held_until" in profile else {})
    Profile.objects.filter(pk=row.profile_id).update(**profile)
    page = shown(sign_in(cast.olive), state="held")
    assert known in page
    assert then in " ".join(page.split())
    assert "nothing known holds" not in page


def test_a_network_that_is_down_holds_what_is_due(cast: Cast, sign_in, lay) -> None:
    lay("On X", cast.x, minutes=-3)
    lay("On the page", cast.page, minutes=-3)
    at = now()
    Circuit.objects.create(network="x", failures=5, failing_since=at, opened_at=at, next_at=at + timedelta(seconds=30))
    client = sign_in(cast.olive)
    held = shown(client, state="held")
    assert "X does not answer." in held
    assert "On the page" not in held
    assert "1 should have left" in held  # the other one


def test_what_is_left_of_a_limit_is_kept_for_replies(cast: Cast, sign_in, lay) -> None:
    lay("A reply", minutes=-3, priority=0)
    lay("A post", minutes=-3)
    Limit.objects.create(network="x", of=Limit.Of.POSTS, until=now() + timedelta(minutes=15))
    client = sign_in(cast.olive)
    held = shown(client, state="held")
    assert "A post" in held
    assert "It leaves when that is over: <time" in " ".join(held.split())
    assert "A reply" not in held
    assert "1 should have left" in held  # the reply


def test_a_thread_is_held_where_its_part_before_is_not_there(cast: Cast, sign_in, lay) -> None:
    first = lay("First", minutes=-3, state="sent", sent_at=now())
    lay("Second", minutes=-3, held="chain", chain=first, part=2)
    lay("Third", minutes=-3, held="chain", chain=first, part=3, reason="It waits for part 2, which failed.")
    client = sign_in(cast.olive)
    assert "It follows as soon as that one is there." in shown(client)
    held = shown(client, state="held")
    assert "Second" not in held
    assert "Part 3" in held
    assert "It waits for part 2, which failed." in held


def test_the_part_that_failed_is_tried_again_in_place(cast: Cast, sign_in, lay) -> None:
    first = lay("First", minutes=-3, state="sent", sent_at=now())
    part = lay("Second", minutes=-3, state="failed", chain=first, part=2, reason="X refused it.")
    part.delivery.delete()
    client = sign_in(cast.priya)
    page = shown(client, state="failed")
    assert f"/o/acme/deliveries/{first.delivery.pk}/retry/" in page
    client.post(f"/o/acme/deliveries/{first.delivery.pk}/retry/")
    part.refresh_from_db()
    assert part.state == "waiting"


def test_replies_leave_through_a_pause_of_posts(cast: Cast, sign_in, lay) -> None:
    lay("A reply", minutes=0, priority=0)
    lay("A post", minutes=0)
    Profile.objects.update(pause="posts")
    client = sign_in(cast.olive)
    assert "A reply" in shown(client)
    assert "A post" in shown(client, state="held")


def test_what_waits_for_another_of_its_profile_is_not_overdue(cast: Cast, sign_in, lay) -> None:
    lay("First", minutes=-3, state="sending", lease_until=now() + timedelta(seconds=9))
    lay("Second", minutes=-3)
    page = shown(sign_in(cast.olive))
    assert "after the one that is on its way" in page
    assert "nothing known holds" not in page


def test_the_overdue_raise_an_alarm(cast: Cast, sign_in, lay) -> None:
    lay("Bread", minutes=-3)
    page = shown(sign_in(cast.olive))
    assert "1 should have left and nothing known holds it." in page
    assert "Overdue" in page


def test_one_sees_what_one_may_view(cast: Cast, sign_in, lay) -> None:
    lay("On X", cast.x)
    lay("On the page", cast.page)
    page = shown(sign_in(cast.cole))
    assert "On X" in page
    assert "On the page" not in page
    assert tab_counts(page)[0] == 1
    assert tab_counts(shown(sign_in(cast.vic)))[0] == 0


def test_by_network_and_profile(cast: Cast, sign_in, lay) -> None:
    lay("On X", cast.x)
    lay("On the page", cast.page)
    client = sign_in(cast.olive)
    for query in ({"network": "facebook"}, {"profile": cast.page.pk}):
        page = shown(client, **query)
        assert "On the page" in page
        assert "On X" not in page
    for wrong in (
        {"network": "myspace"},
        {"profile": "x"},
        {"state": "sent"},
        {"after": "1-2-3"},
        {"after": "9" * 17 + "-1"},
    ):
        assert client.get(QUEUE, wrong).status_code == 200


@pytest.mark.parametrize("state", ["due", "failed"])
def test_pages_by_key(cast: Cast, sign_in, lay, monkeypatch, state: str) -> None:
    monkeypatch.setattr("publishing.queries.queue.PER_PAGE", 2)
    at = now()
    texts = [f"Number {number}." for number in range(5)]
    for text in texts:
        lay(text, state="failed" if state == "failed" else "waiting", planned_at=at)
    client, found, address = sign_in(cast.olive), [], f"{QUEUE}?state={state}"
    while address:
        page = client.get(address).content.decode()
        found += re.findall(r"Number \d\.", page)
        further = re.search(r'rel="next" href="(\?[^"]+)"', page)
        address = QUEUE + further[1].replace("&amp;", "&") if further else ""
    assert found == (texts[::-1] if state == "failed" else texts)


def test_who_may_publish_decides_in_place(cast: Cast, sign_in, lay) -> None:
    row = lay("Lost", minutes=-9, state="unknown", needs_person=True)
    assert "Paste its address" not in shown(sign_in(cast.ed), state="unknown")
    client = sign_in(cast.priya)
    page = shown(client, state="unknown")
    assert "Paste its address" in page
    back = re.search(r'name="next" value="([^"]+)"', page)
    assert back
    answer = client.post(f"/o/acme/deliveries/{row.delivery.pk}/resolve/", {"there": "no", "next": back[1]})
    assert answer["Location"] == f"{QUEUE}?state=unknown"
    row.refresh_from_db()
    assert row.state == "waiting"


def test_a_reply_leads_to_its_conversation(cast: Cast, sign_in, in_acme) -> None:
    thread = Conversation.objects.create(profile=cast.x, root_id="1", kind="direct", last_message_at=now())
    theirs = {"direction": "in", "text": "Rye?", "sent_at": now(), "remote_id": "7"}
    asked = Message.objects.create(profile=cast.x, conversation=thread, **theirs)
    reply_to_conversation(cast.olive, thread, text="Yes, from nine.", seen=asked.pk)
    Outgoing.objects.update(state="unknown", needs_person=True)
    page = shown(sign_in(cast.olive), state="unknown")
    assert "Yes, from nine." in page
    assert f'href="/o/acme/inbox/{thread.pk}/"' in page
    assert "Look and decide in the conversation" in page


def test_a_deletion_leads_to_its_post(cast: Cast, sign_in, lay) -> None:
    row = lay("Wrong price", minutes=-9, state="sent", sent_at=now())
    part = lay("Wrong again", minutes=-9, state="sent", sent_at=now(), chain=row, part=2)
    part.delivery.delete()
    for number, one in enumerate((row, part)):
        seen = {"remote_id": f"77{number}", "text": one.draft["text"], "published_at": now()}
        delete_remote_post(cast.olive, RemotePost.objects.create(profile=cast.x, outgoing=one, **seen))
    page = shown(sign_in(cast.olive))
    assert page.count(f'data-open href="/o/acme/posts/{row.delivery.post_id}/"') == 2
    assert "Delete ·" in page


def test_hostile_words_stay_words(cast: Cast, sign_in, lay) -> None:
    lay("<script>alert(1)</script>" + "W" * 500, state="failed", reason="<img src=x onerror=alert(1)>")
    page = shown(sign_in(cast.olive), state="failed")
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


def test_few_queries_however_many_rows(cast: Cast, sign_in, lay, django_assert_max_num_queries) -> None:
    for number in range(PER_PAGE + 1):
        lay(f"Lost {number}: {'W' * 300}", minutes=-9, state="unknown", needs_person=True, reason="?" * 500)
    client = sign_in(cast.priya)
    assert len(shown(client, state="unknown").encode()) < MOST_BYTES
    with django_assert_max_num_queries(16):
        shown(client, state="unknown")
    with django_assert_max_num_queries(11):
        client.get(QUEUE, {"state": "unknown"}, headers={"HX-Request": "true"})


def test_it_is_led_to_from_posts_and_calendar(cast: Cast, sign_in) -> None:
    client = sign_in(cast.ed)
    for page in ("posts", "calendar"):
        assert re.search(r'href="/o/acme/queue/"[^>]*data-hotkey="q"', client.get(f"/o/acme/{page}/").content.decode())


def multiply(row: Outgoing, times: int) -> None:
    """As many copies of `row`: six in ten have left, three are planned for later days, one has failed. With so many,
    and counted, the planner has reasons of its own and does not guess.
    """
    changed = {
        "key": "'many:' || n",
        "state": "CASE WHEN mod(n, 10) < 6 THEN 'sent' WHEN mod(n, 10) < 9 THEN 'waiting' ELSE 'failed' END",
        "planned_at": "now() + CASE WHEN mod(n, 10) BETWEEN 6 AND 8 THEN 1 ELSE -1 END * interval '1 h' * (2 + n)",
        "sent_at": "CASE WHEN mod(n, 10) < 6 THEN now() - interval '1 h' * n END",
    }
    columns = [field.column for field in Outgoing._meta.local_concrete_fields if not field.primary_key]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO networks_outgoing ({', '.join(columns)})"
            f" SELECT {', '.join(changed.get(column, column) for column in columns)}"
            " FROM networks_outgoing, generate_series(1, %s) n WHERE id = %s",
            [times, row.pk],
        )
        cursor.execute("ANALYZE networks_outgoing")


def test_what_is_done_or_planned_for_later_is_not_looked_at(cast: Cast, lay) -> None:
    multiply(lay("Refused", state="failed"), 3000)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off")  # a page of many thousands would not sort them all
        cursor.execute("SET LOCAL enable_sort = off")
    for place in ("due", "failed", "held"):
        plan = rows_in_place(Outgoing.objects.all(), place, now()).order_by("planned_at", "pk").explain()
        (begins,) = [line for line in plan.splitlines() if "Index Cond" in line and "organization_id =" in line]
        assert "outgoing_queue" in plan, place
        assert ("planned_at <" in begins) == (place != "failed"), begins
        assert "Seq Scan on networks_outgoing" not in plan
    assert (
        "Index Only Scan using outgoing_sent_at"
        in rows_sent_since(Outgoing.objects.all(), now()).values("planned_at").explain()
    )
