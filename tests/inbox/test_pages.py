"""The pages of the inbox, for everybody in the cast."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from inbox.actions.ingest import ingest_inbound
from inbox.actions.reply import reply_to_conversation
from inbox.models import Conversation, Message
from networks import errors
from networks.contract import Author
from networks.models import Outgoing
from organizations.tenancy import scope
from publishing.actions.assets import upload_asset
from publishing.actions.schedule import schedule_post
from tests import media
from tests.cast import Cast
from tests.inbox.talk import EVE, begin, end, ended, our_post, says, sent_as
from tests.posts import create_post

HTMX = {"HX-Request": "true"}


@pytest.fixture
def question(cast: Cast) -> Message:
    with scope(cast.acme):
        our_post(cast.x, "post", "Our winter sale begins")
        ingest_inbound(cast.page, [says("Only on the page", author=EVE)])
        return ingest_inbound(cast.x, [says("Until when?", remote_id="1", parent="post", root="post")])[0]


def address(question: Message, part: str = "") -> str:
    return f"/o/acme/inbox/{question.conversation_id}/{part}"


def test_the_list(cast: Cast, sign_in, question: Message) -> None:
    page = sign_in(cast.lena).get("/o/acme/inbox/").content.decode()
    assert "Until when?" in page
    assert "Only on the page" in page
    assert "@bob" in page


def test_the_thread_begins_with_our_post_and_says_as_whom_one_replies(cast: Cast, sign_in, question: Message) -> None:
    page = sign_in(cast.lena).get(address(question)).content.decode()
    assert page.index("Our winter sale begins") < page.rindex("Until when?")
    assert "Reply as Acme on X" in page
    assert f'name="seen" value="{question.pk}" form="reply-form"' in page


def test_cole_sees_one_profile(cast: Cast, sign_in, question: Message) -> None:
    cole = sign_in(cast.cole)
    page = cole.get("/o/acme/inbox/").content.decode()
    assert "Until when?" in page
    assert "Only on the page" not in page
    with scope(cast.acme):
        other = Conversation.objects.get(profile=cast.page)
    assert cole.get(f"/o/acme/inbox/{other.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "reads", "acts"),
    [
        ("olive", 200, 200),
        ("lena", 200, 200),
        ("cole", 200, 200),
        ("ed", 200, 403),
        ("priya", 200, 403),
        ("ava", 200, 403),
        ("ana", 200, 403),
        ("vic", 404, 404),
        ("mallory", 404, 404),
    ],
)
def test_who_may_what(cast: Cast, sign_in, question: Message, name: str, reads: int, acts: int) -> None:
    browser = sign_in(getattr(cast, name))
    for part in ("", "head/", "messages/"):
        assert browser.get(address(question, part)).status_code == reads
    assert browser.post(address(question, "count/"), {"text": "x"}).status_code == reads
    answer = {"text": "Until Sunday", "seen": question.pk}
    assert browser.post(address(question, "reply/"), answer, headers=HTMX).status_code == acts
    for part in ("assign/", "close/", "reopen/"):
        assert browser.post(address(question, part), {}, headers=HTMX).status_code == acts


@pytest.mark.parametrize("part", ["", "rows/", "views/"])
def test_mallory_finds_no_inbox(cast: Cast, sign_in, question: Message, part: str) -> None:
    assert sign_in(cast.mallory).get(f"/o/acme/inbox/{part}").status_code == 404
    assert "Until when?" not in sign_in(cast.mallory).get(f"/o/globex/inbox/{part}").content.decode()


def test_who_may_not_reply_is_told_so(cast: Cast, sign_in, question: Message) -> None:
    page = sign_in(cast.ed).get(address(question)).content.decode()
    assert "<textarea" not in page
    assert "you need the right to reply" in page
    assert "assign-menu" not in page


def test_a_reply_clears_the_box_and_refreshes_the_thread(cast: Cast, sign_in, question: Message) -> None:
    answer = sign_in(cast.cole).post(
        address(question, "reply/"), {"text": "Until\r\nSunday", "seen": question.pk}, headers=HTMX
    )
    page = answer.content.decode()
    assert f'data-draft-clear="reply:{question.conversation_id}"' in page
    assert re.search(r"<textarea[^>]*></textarea>", page)
    assert f"ops:inbox:{question.conversation_id}" in answer["HX-Trigger"]
    with scope(cast.acme):
        assert Message.objects.get(direction="out").text == "Until\nSunday"


def test_being_too_late_shows_what_is_newer_and_keeps_the_text(cast: Cast, sign_in, question: Message) -> None:
    with scope(cast.acme):
        conversation = Conversation.objects.get(pk=question.conversation_id)
        reply_to_conversation(cast.lena, conversation, text="Until Monday", seen=question.pk)
    answer = sign_in(cast.cole).post(
        address(question, "reply/"), {"text": "Until <b>Sunday", "seen": question.pk}, headers=HTMX
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Until Monday" in page
    assert "Until &lt;b&gt;Sunday</textarea>" in page


@pytest.mark.parametrize("text", ["", "x" * 281])
def test_what_cannot_be_sent_stays_in_the_box(cast: Cast, sign_in, question: Message, text: str) -> None:
    answer = sign_in(cast.cole).post(address(question, "reply/"), {"text": text, "seen": question.pk}, headers=HTMX)
    assert answer.status_code == 422
    assert f">{text}</textarea>" in answer.content.decode()


def test_without_scripts_it_works_too(cast: Cast, sign_in, question: Message) -> None:
    browser = sign_in(cast.cole)
    late = browser.post(address(question, "reply/"), {"text": "", "seen": question.pk})
    assert (late.status_code, b"Write something first." in late.content) == (422, True)
    for part, body in (
        ("reply/", {"text": "a", "seen": question.pk}),
        ("assign/", {"member": cast.cole.pk}),
        ("close/", {}),
    ):
        assert browser.post(address(question, part), body).headers["Location"] == address(question)


def test_the_counter_counts_as_the_network_does(cast: Cast, sign_in, question: Message) -> None:
    browser = sign_in(cast.cole)
    assert "2 / 280" in browser.post(address(question, "count/"), {"text": "日"}).content.decode()
    assert "1 too many" in browser.post(address(question, "count/"), {"text": "x" * 281}).content.decode()


def test_our_answer_shows_where_it_is(cast: Cast, sign_in, question: Message) -> None:
    browser = sign_in(cast.cole)
    browser.post(address(question, "reply/"), {"text": "Until Sunday", "seen": question.pk}, headers=HTMX)
    with scope(cast.acme):
        row = end(begin(Outgoing.objects.get()), ended(errors.Refused("They do not take answers.")))
    shown = browser.get(address(question, "messages/")).content.decode()
    assert "They do not take answers." in shown
    assert "Try again" in shown
    with scope(cast.acme):
        answer = Message.objects.get(outgoing=row)
    again = browser.post(address(question, f"messages/{answer.pk}/retry/"), headers=HTMX)
    assert "Waiting" in again.content.decode()
    with scope(cast.acme):
        end(begin(Outgoing.objects.get()), sent_as("2"))
    assert "https://x.com/acme/status/2" in browser.get(address(question, "messages/")).content.decode()


def test_who_comes_second_is_shown_how_it_stands(cast: Cast, sign_in, question: Message) -> None:
    browser = sign_in(cast.cole)
    first, second = (browser.post(address(question, "close/"), headers=HTMX) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert "Reopen" in second.content.decode()
    assert "toast" in second["HX-Trigger"]
    refused = browser.post(address(question, "assign/"), {"member": cast.vic.pk}, headers=HTMX)
    assert "Vic may not answer as Acme." in refused["HX-Trigger"]


def test_what_nobody_has_read_is_not_closed(cast: Cast, sign_in, question: Message) -> None:
    browser = sign_in(cast.cole)
    page = browser.get(address(question)).content.decode()
    assert f'name="read" value="{question.pk}" form="close-form"' in page
    assert 'id="close-form"' in page
    with scope(cast.acme):
        ingest_inbound(cast.x, [says("And where?", remote_id="more", parent=question.remote_id, minute=5)])
    refused = browser.post(address(question, "close/"), {"read": question.pk}, headers=HTMX)
    assert "came in meanwhile" in refused["HX-Trigger"]
    with scope(cast.acme):
        assert Conversation.objects.get(pk=question.conversation_id).state == "open"
    again = browser.get(address(question)).content.decode()
    read = re.search(r'name="read" value="(\d+)"', again)
    assert read
    assert "Reopen" in browser.post(address(question, "close/"), {"read": read[1]}, headers=HTMX).content.decode()


def test_a_person_decides_what_nobody_knows(cast: Cast, sign_in, question: Message) -> None:
    browser = sign_in(cast.cole)
    browser.post(address(question, "reply/"), {"text": "Until Sunday", "seen": question.pk}, headers=HTMX)
    with scope(cast.acme):
        row = end(begin(Outgoing.objects.get()), ended(errors.Ambiguous("No answer.")))
        Outgoing.objects.filter(pk=row.pk).update(needs_person=True)
        path = address(question, f"messages/{Message.objects.get(outgoing=row).pk}/resolve/")
    assert "It is there" in browser.get(address(question, "messages/")).content.decode()
    shown = browser.post(path, {"there": "yes"}, headers=HTMX)
    assert "It is there" not in shown.content.decode()
    assert "toast" in browser.post(path, {"there": "yes"}, headers=HTMX)["HX-Trigger"]


def test_a_row_opens_the_right_half_alone(cast: Cast, sign_in, question: Message) -> None:
    headers = {**HTMX, "HX-Target": "inbox-pane"}
    page = sign_in(cast.cole).get(address(question), headers=headers).content.decode()
    assert "inbox__list" not in page
    assert page.startswith("<title>")


def test_a_long_thread_shows_its_newest_and_goes_back(cast: Cast, sign_in, question: Message) -> None:
    with scope(cast.acme):
        ingest_inbound(cast.x, [says(f"No. {n}.", parent="1", root="post", minute=n) for n in range(1, 120)])
    browser, found = sign_in(cast.cole), []
    page = browser.get(address(question, "messages/")).content.decode()
    assert numbers(page) == list(range(70, 120))
    page = browser.get(address(question)).content.decode()
    while earlier := re.search(r"messages/(\?before=[\d-]+)", page):
        page = browser.get(address(question, f"messages/{earlier[1]}")).content.decode()
        found = numbers(page) + found
    assert found == list(range(1, 70))


def test_a_refresh_keeps_what_was_shown(cast: Cast, sign_in, question: Message) -> None:
    browser = sign_in(cast.cole)
    start = re.search(r"messages/\?start=([\d-]+)", browser.get(address(question)).content.decode())
    with scope(cast.acme):
        ingest_inbound(cast.x, [says(f"No. {n}.", parent="1", root="post", minute=n) for n in range(1, 80)])
    page = browser.get(address(question, f"messages/?start={start[1]}")).content.decode()
    assert numbers(page) == list(range(1, 80))


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"No\. (\d+)\.", page)]


def test_the_views_and_the_search(cast: Cast, sign_in, question: Message) -> None:
    browser = sign_in(cast.lena)
    browser.post(address(question, "assign/"), {"member": cast.lena.pk})
    for query, shown in {
        "": True,
        "assignee=me": True,
        "assignee=none": False,
        "state=closed": False,
        "state=all": True,
        f"team={cast.team.pk}": False,
        f"profile={cast.x.pk}": True,
        f"profile={cast.page.pk}": False,
        "q=until": True,
        "q=nothing": False,
        "q=%00%27%25": False,
        "before=0-1": False,
        "before=x": True,
        "profile=x&team=99999999999999999999&kind=z&assignee=z": True,
    }.items():
        page = browser.get(f"/o/acme/inbox/rows/?{query}").content.decode()
        assert ("Until when?" in page) == shown, query


def test_the_list_pages_by_key(cast: Cast, sign_in) -> None:
    with scope(cast.acme):
        ingest_inbound(cast.x, [says(f"No. {n}.", minute=n // 3) for n in range(120)])
    browser, found, query = sign_in(cast.cole), [], ""
    while query is not None:
        page = browser.get(f"/o/acme/inbox/rows/{query}").content.decode()
        found += numbers(page)
        older = re.search(r'rel="next" href="[^"]*(before=[\d-]+)', page)
        query = f"?{older[1]}" if older else None
    assert sorted(found) == list(range(120))
    assert len(found) == 120


@pytest.mark.parametrize("where", ["list", "conversation"])
def test_a_page_costs_the_same_however_much_there_is(cast: Cast, sign_in, question: Message, where: str) -> None:
    browser = sign_in(cast.cole)
    path = "/o/acme/inbox/" if where == "list" else address(question)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(path).status_code == 200
        return len(queries)

    with scope(cast.acme):
        Conversation.objects.update(assignee=cast.cole, team=cast.team)
    few = (cost(), cost())[1]
    with scope(cast.acme):
        people = [Author(str(n), f"Person {n}", f"p{n}") for n in range(60)]
        ingest_inbound(cast.x, [says("More", author=who) for who in people])
        ingest_inbound(cast.x, [says("And more", parent="1", root="post", author=who, minute=1) for who in people])
        Conversation.objects.update(assignee=cast.cole, team=cast.team)
    assert cost() == few
    assert few <= (20 if where == "list" else 40)


def test_nothing_yet(cast: Cast, sign_in) -> None:
    browser = sign_in(cast.lena)
    assert "All answered." in browser.get("/o/acme/inbox/").content.decode()
    assert "Nothing waits for you." in browser.get("/o/acme/inbox/?assignee=me").content.decode()
    assert "Nothing fits." in browser.get("/o/acme/inbox/?q=x").content.decode()


def test_closing_offers_the_next_that_waits(cast: Cast, sign_in) -> None:
    with scope(cast.acme):
        ingest_inbound(
            cast.x, [says("Oldest", minute=1), says("Middle", minute=2, author=EVE), says("Newest", minute=3)]
        )
        oldest, middle, newest = Conversation.objects.order_by("last_message_at")
    browser = sign_in(cast.cole)

    def next_after(one: Conversation) -> str:
        page = browser.post(f"/o/acme/inbox/{one.pk}/close/", headers=HTMX).content.decode()
        found = re.search(r'id="next-button"[^>]* href="[^"]*/inbox/(\d+)/', page)
        return found[1] if found else ""

    assert next_after(middle) == str(oldest.pk), "the one below it"
    assert next_after(oldest) == str(newest.pk), "else the first"
    assert next_after(newest) == "", "nobody waits any more"


def test_the_card_shows_the_picture_that_is_asked_about(cast: Cast, sign_in) -> None:
    with scope(cast.acme):
        asset = upload_asset(cast.priya, SimpleUploadedFile("hut.png", media.picture()), alt_text="The hut at dawn")
        post = create_post(cast.priya, text="Our hut", profiles=[cast.x.pk], media=[asset.pk])
        schedule_post(cast.priya, post, at=now())
        end(begin(Outgoing.objects.get()), sent_as("77"))
        asked = ingest_inbound(cast.x, [says("Where is that?", parent="77", root="77")])[0]
    browser, path = sign_in(cast.cole), f"/o/acme/inbox/{asked.conversation_id}/"
    assert 'alt="The hut at dawn"' in browser.get(path).content.decode()
    shown = browser.get(f"{path}pictures/0/")
    assert (shown.status_code, shown["Content-Type"]) == (200, asset.content_type)
    assert "sandbox" in shown["Content-Security-Policy"]
    assert browser.get(f"{path}pictures/1/").status_code == 404
    assert sign_in(cast.vic).get(f"{path}pictures/0/").status_code == 404
