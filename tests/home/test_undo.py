"""Ten seconds of undo: each is a real change the other way, judged like any other, and says when it is too late."""

import html
import json
import re
import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import serializers
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from inbox.actions.ingest import ingest_inbound
from inbox.models import Conversation
from networks.models import Outgoing
from organizations.models import AuditEntry, Notification
from organizations.tenancy import scope
from publishing.actions.assets import upload_asset
from publishing.actions.draft_deletion import rows_of_draft
from publishing.actions.review import approve_post, reject_post, submit_post
from publishing.actions.schedule import schedule_post
from publishing.composing.threads import VariantWording
from publishing.models import Post, Revision
from publishing.queries.posts import posts_to_decide
from publishing.views.post_buttons import UNDELETE_SECONDS
from teams.access import verbs_on
from teams.actions.grants import set_grants
from teams.models import Pause
from tests import media
from tests.cast import Cast
from tests.inbox.talk import begin, says
from tests.posts import create_post, edit_post

HTMX = {"HX-Request": "true"}
ZONE = ZoneInfo("Europe/Madrid")  # in which the cast lives
BUTTON = re.compile(r'data-undo="([^"]+)" data-values="([^"]+)"')

pytestmark = pytest.mark.usefixtures("in_acme")


def undo_of(page) -> tuple[str, dict[str, str]]:
    """Where the button of the page's toast sends what."""
    if "HX-Trigger" in page:
        undo = json.loads(page["HX-Trigger"])["toast"]["undo"]
        return undo["url"], undo["values"]
    found = BUTTON.search(page.content.decode())
    assert found, "there is no undo"
    return html.unescape(found[1]), json.loads(html.unescape(found[2]))


@pytest.fixture
def planned(cast: Cast) -> Post:
    post = create_post(cast.priya, text="Bread", profiles=[cast.x.pk], planned_at=now() + timedelta(days=5))
    return schedule_post(cast.priya, post, at=post.planned_at)


@pytest.fixture
def in_review(cast: Cast) -> Post:
    set_grants(cast.olive, cast.x, members={cast.ava.pk: {"approve", "publish"}})
    post = create_post(cast.ed, text="Bread", profiles=[cast.x.pk], planned_at=now() + timedelta(days=5))
    return submit_post(cast.ed, post)


def test_closing(cast: Cast, sign_in) -> None:
    ingest_inbound(cast.x, [says()])
    talk = Conversation.objects.get()
    browser = sign_in(cast.cole)
    url, values = undo_of(browser.post(f"/o/acme/inbox/{talk.pk}/close/", headers=HTMX))
    assert Conversation.objects.get().state == "closed"
    assert browser.post(url, values, headers=HTMX).status_code == 200
    assert Conversation.objects.get().state == "open"
    again = browser.post(url, values, headers=HTMX)
    assert again.status_code == 409
    assert "This has changed" in again["HX-Trigger"], "what cannot be undone any more says so, wherever one is by then"


def test_moving_in_the_calendar(cast: Cast, sign_in, planned: Post) -> None:
    browser, path = sign_in(cast.priya), f"/o/acme/calendar/{planned.pk}/move/?state=scheduled"
    day = (planned.planned_at + timedelta(days=2)).astimezone(ZONE).date()
    url, values = undo_of(browser.post(path, {"day": day}, headers=HTMX))
    assert url == path, "the filters stay"
    assert Post.objects.get().planned_at.astimezone(ZONE).date() == day
    browser.post(url, values, headers=HTMX)
    assert Post.objects.get().planned_at == planned.planned_at
    assert Outgoing.objects.get().planned_at == planned.planned_at


def test_moving_on_the_posts_page(cast: Cast, sign_in, planned: Post) -> None:
    browser, path = sign_in(cast.priya), f"/o/acme/posts/{planned.pk}/schedule/"
    day = (planned.planned_at + timedelta(days=2)).astimezone(ZONE).date()
    url, values = undo_of(browser.post(path, {"day": day, "clock": "10:00"}, follow=True))
    browser.post(url, values)
    assert abs(Post.objects.get().planned_at - planned.planned_at) < timedelta(minutes=1)


def test_approving(cast: Cast, sign_in, in_review: Post) -> None:
    browser = sign_in(cast.ava)
    page = browser.post(f"/o/acme/posts/{in_review.pk}/approve/", follow=True)
    assert Post.objects.get().state == "scheduled"
    url, values = undo_of(page)
    told = browser.post(url, values, follow=True).content.decode()
    assert "Your approval is taken back" in told
    post = Post.objects.get()
    assert (post.state, post.planned_at) == ("in_review", in_review.planned_at)
    assert [row.state for row in Outgoing.objects.all()] == ["cancelled"]
    assert list(posts_to_decide(cast.ava)) == [post], "it waits for her again, for the words are still Ed's"
    assert not Notification.objects.filter(member=cast.ed, cause=f"post-{post.pk}-approved", read_at=None).exists()
    assert AuditEntry.objects.filter(verb="post.approval_taken_back").count() == 1
    assert approve_post(cast.ava, post).state == "scheduled", "and leaves once it is approved again"
    assert sorted(row.state for row in Outgoing.objects.all()) == ["cancelled", "waiting"]


def test_an_approval_without_a_time_keeps_its_version(cast: Cast, sign_in) -> None:
    post = submit_post(cast.ed, create_post(cast.ed, text="Bread", profiles=[cast.x.pk]))
    browser = sign_in(cast.ava)
    url, values = undo_of(browser.post(f"/o/acme/posts/{post.pk}/approve/", follow=True))
    browser.post(url, values)
    assert Post.objects.get().state == "in_review"
    assert Revision.objects.count() == 1


def test_too_late_to_take_an_approval_back(cast: Cast, sign_in, in_review: Post) -> None:
    browser = sign_in(cast.ava)
    url, values = undo_of(browser.post(f"/o/acme/posts/{in_review.pk}/approve/", follow=True))
    Outgoing.objects.update(due_at=now(), planned_at=now())
    begin(Outgoing.objects.get())
    assert "It has begun to leave" in browser.post(url, values, follow=True).content.decode()
    assert Post.objects.get().state == "scheduled"


def test_nobody_takes_anothers_approval_back(cast: Cast, sign_in, in_review: Post) -> None:
    approve_post(cast.ava, in_review)
    page = sign_in(cast.olive).post(f"/o/acme/posts/{in_review.pk}/unapprove/", follow=True).content.decode()
    assert "Somebody else approved it" in page
    assert Post.objects.get().state == "scheduled"
    refused = sign_in(cast.ed).post(f"/o/acme/posts/{in_review.pk}/unapprove/", follow=True).content.decode()
    assert "Somebody else has to approve" in refused


@pytest.fixture
def draft(cast: Cast, settings, tmp_path) -> Post:
    """Of two versions, once sent back, with a thread, a wording of its own, a picture and a time."""
    settings.MEDIA_ROOT = tmp_path
    asset = upload_asset(cast.ed, SimpleUploadedFile("bread.png", media.picture()), alt_text="Bread")
    post = create_post(cast.ed, text="Bred", profiles=[cast.x.pk, cast.page.pk], planned_at=now() + timedelta(days=5))
    reject_post(cast.ava, submit_post(cast.ed, post), note="A letter is missing")
    more = {
        "thread": ["And butter"],
        "media": [asset.pk],
        "variants": {"facebook": VariantWording("Fresh bread", ("And jam",))},
    }
    return edit_post(cast.ed, Post.objects.get(), text="Bread", **more)


def everything(post: Post) -> list[dict[str, object]]:
    """Each row that goes with it, by kind and number."""
    found = [serializers.serialize("python", rows_of_draft(post))]
    return sorted(found[0], key=lambda row: (row["model"], row["pk"]))


def test_deleting_a_draft(cast: Cast, sign_in, draft: Post) -> None:
    browser, before = sign_in(cast.ed), everything(draft)
    assert {row["model"].partition(".")[2] for row in before} == {
        "post", "revision", "variant", "decision", "attachment"
    }  # fmt: skip
    page = browser.post(f"/o/acme/posts/{draft.pk}/delete/", follow=True)
    assert not Post.objects.exists()
    url, values = undo_of(page)
    assert "The draft is back as it was" in browser.post(url, values, follow=True).content.decode()
    found = Post.objects.get()
    assert (found.mark, everything(found)) == (draft.mark, before)
    assert found.planned_at == draft.planned_at
    assert AuditEntry.objects.filter(verb="post.brought_back").count() == 1
    again = browser.post(url, values, follow=True).content.decode()
    assert "it is there already" in again
    assert everything(Post.objects.get()) == before
    assert submit_post(cast.ed, found).state == "in_review", "and goes on from there"


def test_too_late_to_bring_a_draft_back(cast: Cast, sign_in, draft: Post, monkeypatch) -> None:
    browser = sign_in(cast.ed)
    url, values = undo_of(browser.post(f"/o/acme/posts/{draft.pk}/delete/", follow=True))
    later = time.time() + UNDELETE_SECONDS + 1
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert "It is too late" in browser.post(url, values, follow=True).content.decode()
    assert not Post.objects.exists()


def test_a_draft_is_brought_back_by_whoever_deleted_it_and_may_still_write_it(cast: Cast, sign_in, draft: Post) -> None:
    url, values = undo_of(sign_in(cast.ed).post(f"/o/acme/posts/{draft.pk}/delete/", follow=True))
    forged = {"draft": values["draft"].replace("a", "b")}
    for who, given in ((cast.olive, values), (cast.ed, forged), (cast.ed, {})):
        assert "It is too late" in sign_in(who).post(url, given, follow=True).content.decode()
    set_grants(cast.olive, cast.x, members={cast.ed.pk: {"view"}})
    assert "may not write" in sign_in(cast.ed).post(url, values, follow=True).content.decode()
    assert not Post.objects.exists()


def test_a_draft_whose_profile_has_gone_is_not(cast: Cast, sign_in, draft: Post) -> None:
    browser = sign_in(cast.ed)
    url, values = undo_of(browser.post(f"/o/acme/posts/{draft.pk}/delete/", follow=True))
    cast.page.delete()
    assert "cannot be brought back" in browser.post(url, values, follow=True).content.decode()
    assert not Post.objects.exists()


def test_pausing(cast: Cast, sign_in) -> None:
    browser = sign_in(cast.olive)
    page = browser.post("/o/acme/pauses/", {"of": "organization", "keeps_replies": "", "note": "Storm"}, follow=True)
    url, values = undo_of(page)
    assert Pause.objects.get().released_at is None
    assert "Publishing goes on" in browser.post(url, values, follow=True).content.decode()
    assert Pause.objects.get().released_at is not None
    assert "This pause has ended already" in browser.post(url, values, follow=True).content.decode()


def test_rights_in_the_matrix(cast: Cast, sign_in) -> None:
    browser = sign_in(cast.olive)
    before = {who: verbs_on(who, [cast.x.pk])[cast.x.pk] for who in (cast.ed, cast.priya)}
    cells = [f"{who.pk}-{cast.x.pk}" for who in before]
    url, values = undo_of(browser.post("/o/acme/teams/rights/", {"cell": cells, "level": "none"}, follow=True))
    assert verbs_on(cast.ed, [cast.x.pk])[cast.x.pk] == frozenset()
    set_grants(cast.lena, cast.x, members={cast.priya.pk: {"view"}})
    told = browser.post(url, values, follow=True).content.decode()
    assert "The rights are as they were before" in told
    assert "Somebody else has changed the rights of Priya" in told, "what cannot be undone any more says so"
    assert verbs_on(cast.ed, [cast.x.pk])[cast.x.pk] == before[cast.ed]
    assert verbs_on(cast.priya, [cast.x.pk])[cast.x.pk] == {"view"}


def test_rights_are_taken_back_by_whoever_gave_them(cast: Cast, sign_in) -> None:
    page = sign_in(cast.lena).post(
        "/o/acme/teams/rights/", {"cell": f"{cast.ed.pk}-{cast.x.pk}", "level": "none"}, follow=True
    )
    url, values = undo_of(page)
    assert "nothing to take back" in sign_in(cast.olive).post(url, values, follow=True).content.decode()
    with scope(cast.acme):
        set_grants(cast.olive, cast.x, members={cast.lena.pk: {"view"}})
        set_grants(cast.olive, cast.page, members={cast.lena.pk: {"view"}})
    cast.team.memberships.filter(member=cast.lena).update(leads=False)
    refused = sign_in(cast.lena).post(url, values, follow=True).content.decode()
    assert "do not hold yourself" in refused or "team you lead" in refused
    assert verbs_on(cast.ed, [cast.x.pk])[cast.x.pk] == frozenset()
