"""Two people have one post's edit page open: the second is not overwritten, nor overwrites, and loses nothing."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from organizations.tenancy import scope
from publishing.actions.delivery_times import move_delivery
from publishing.actions.draft_deletion import delete_post
from publishing.actions.schedule import move_post, schedule_post
from publishing.composing.threads import VariantWording
from publishing.models import Delivery, Post
from tests.cast import Cast
from tests.posts import edit_post

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TEXT = "Fresh bread on Monday at nine. Come early."


def browser(member) -> Client:
    client = Client()
    client.force_login(member.user, backend=BACKEND)
    return client


def opened(client: Client, post: Post) -> dict[str, Any]:
    """The composer's fields as a browser would send them."""
    answer = client.get(f"/o/acme/posts/{post.pk}/edit/")
    assert answer.status_code == 200
    return sendable(answer.context["form"])


def sendable(form) -> dict[str, Any]:
    given = form.data if form.is_bound else form.initial
    fields = {name: given.getlist(name) if form.is_bound else given[name] for name in given}
    fields = {name: value[0] if form.is_bound and len(value) == 1 else value for name, value in fields.items()}
    found = {name: "" if value is None else value for name, value in fields.items()}
    return found | {"do": "draft"}


@pytest.fixture
def post(cast: Cast, write: Callable[..., Post]) -> Post:
    return write(cast.ed, TEXT, cast.x)


def address(post: Post) -> str:
    return f"/o/acme/posts/{post.pk}/edit/"


def standing(post: Post) -> str:
    return Post.objects.get(pk=post.pk).revision.text


def page(answer) -> str:
    return answer.content.decode()


def marked(answer, tag: str) -> list[str]:
    return [
        re.sub(r"<span.*?</span>", "", found).strip() for found in re.findall(rf"<{tag}>(.*?)</{tag}>", page(answer))
    ]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_the_second_to_save_is_refused_and_sees_both(cast: Cast, post: Post, headers) -> None:
    ed, priya = browser(cast.ed), browser(cast.priya)
    eds, priyas = opened(ed, post), opened(priya, post)
    assert priya.post(address(post), {**priyas, "text": TEXT.replace("nine", "ten")}).status_code == 302
    answer = ed.post(address(post), {**eds, "text": TEXT.replace("Fresh", "Warm")}, headers=headers)
    assert answer.status_code == 409
    assert standing(post) == TEXT.replace("nine", "ten")
    assert "Priya changed a post" in page(answer)
    assert (marked(answer, "del"), marked(answer, "ins")) == (["nine.", "Fresh"], ["ten.", "Warm"])
    assert sendable(answer.context["form"])["text"] == "Warm bread on Monday at ten. Come early."
    assert answer.context["overtaking"].clashes == 0


def test_merged_is_what_is_saved_next(cast: Cast, post: Post) -> None:
    ed = browser(cast.ed)
    eds = opened(ed, post)
    edit_post(cast.priya, post, text=TEXT.replace("nine", "ten"))
    merged = sendable(ed.post(address(post), {**eds, "text": TEXT.replace("Fresh", "Warm")}).context["form"])
    assert ed.post(address(post), merged).status_code == 302
    assert standing(post) == "Warm bread on Monday at ten. Come early."


def test_where_both_changed_the_same_words_mine_stands_in_the_text_and_theirs_beside_it(cast: Cast, post: Post) -> None:
    ed = browser(cast.ed)
    eds = opened(ed, post)
    edit_post(cast.priya, post, text=TEXT.replace("nine", "ten"))
    answer = ed.post(address(post), {**eds, "text": TEXT.replace("nine", "eight")})
    assert answer.context["overtaking"].clashes == 1
    assert "both of you changed this" in page(answer)
    assert sendable(answer.context["form"])["text"] == TEXT.replace("nine", "eight")


def test_mine_is_kept_as_it_was_sent(cast: Cast, post: Post) -> None:
    ed = browser(cast.ed)
    eds = opened(ed, post)
    edit_post(cast.priya, post, text="Else")
    answer = ed.post(address(post), {**eds, "text": "Mine\r\nall"})
    kept = dict(answer.context["overtaking"].kept)
    assert kept["do"] == "draft"
    assert ed.post(answer.context["overtaking"].action, kept).status_code == 302
    assert standing(post) == "Mine\nall"


@pytest.mark.parametrize("choice", ["mine", "merged"])
def test_each_choice_is_guarded_against_a_third(cast: Cast, post: Post, choice: str) -> None:
    ed = browser(cast.ed)
    eds = opened(ed, post)
    edit_post(cast.priya, post, text="Second")
    answer = ed.post(address(post), {**eds, "text": "Mine"})
    edit_post(cast.lena, post, text="Third")
    again = dict(answer.context["overtaking"].kept) if choice == "mine" else sendable(answer.context["form"])
    refused = ed.post(address(post), again)
    assert refused.status_code == 409
    assert "Lena changed a post" in page(refused)
    assert standing(post) == "Third"


def test_theirs_are_taken_by_a_link_that_forgets_what_was_typed(cast: Cast, post: Post) -> None:
    ed = browser(cast.ed)
    eds = opened(ed, post)
    edit_post(cast.priya, post, text="Second")
    answer = ed.post(address(post), {**eds, "text": "Mine"})
    theirs = ed.get(answer.context["overtaking"].theirs)
    assert f'data-draft-clear="compose:{post.pk}"' in page(theirs)
    assert "Second" in page(theirs)


def test_all_that_a_post_consists_of_is_merged(cast: Cast, write, tomorrow: datetime) -> None:
    """Priya: own words for X, another part. Ed: another profile, the first comment, a time."""
    post = write(cast.ed, TEXT, cast.x, thread=["Two", "Three"])
    ed = browser(cast.ed)
    eds = opened(ed, post)
    edit_post(cast.priya, post, variants={"facebook": "For pages"}, thread=["Two!", "Three"])
    mine = {
        "profiles": [cast.x.pk, cast.page.pk],
        "first_comment": "Hours below",
        "when": "at",
        "day": f"{tomorrow:%Y-%m-%d}",
        "clock": "09:30",
        "part_3": "Three and more",
    }
    answer = ed.post(address(post), {**eds, **mine})
    assert answer.status_code == 409
    assert ed.post(address(post), sendable(answer.context["form"])).status_code == 302
    now = Post.objects.get(pk=post.pk)
    assert now.revision.parts == ["Two!", "Three and more"]
    assert now.revision.wordings() == {"facebook": VariantWording("For pages")}
    assert now.revision.first_comment == "Hours below"
    assert set(now.profiles.values_list("pk", flat=True)) == {cast.x.pk, cast.page.pk}
    assert now.planned_at is not None


def test_a_thread_that_has_other_parts_by_now_is_one_thing(cast: Cast, write) -> None:
    post = write(cast.ed, TEXT, cast.x, thread=["Two", "Three"])
    ed = browser(cast.ed)
    eds = opened(ed, post)
    edit_post(cast.priya, post, thread=["Three"])
    answer = ed.post(address(post), {**eds, "part_3": "Three and more"})
    assert [one.label for one in answer.context["overtaking"].differences] == ["Thread"]
    assert answer.context["overtaking"].clashes == 1
    again = sendable(answer.context["form"])
    assert (again["part_2"], again["part_3"]) == ("Two", "Three and more")


def test_a_time_that_somebody_else_moved_is_not_moved_back(cast: Cast, write, tomorrow: datetime) -> None:
    post = write(cast.ed, TEXT, cast.x, planned_at=tomorrow)
    ed = browser(cast.ed)
    eds = opened(ed, post)
    at = tomorrow.replace(hour=(tomorrow.hour + 1) % 24)
    move_post(cast.priya, post, at=at)
    answer = ed.post(address(post), {**eds, "text": "Mine"})
    assert answer.status_code == 409
    assert "Priya moved a post to another time" in page(answer)
    assert ed.post(address(post), sendable(answer.context["form"])).status_code == 302
    now = Post.objects.get(pk=post.pk)
    assert (now.revision.text, now.planned_at.replace(second=0)) == ("Mine", at.replace(second=0))


def test_a_button_pressed_twice_is_no_conflict_with_oneself(cast: Cast, post: Post) -> None:
    ed = browser(cast.ed)
    mine = {**opened(ed, post), "text": "Mine"}
    assert [ed.post(address(post), mine).status_code for _ in range(2)] == [302, 302]
    assert Post.objects.get(pk=post.pk).revision.number == 2


def test_a_mistake_in_the_form_does_not_renew_what_it_was_made_from(cast: Cast, post: Post) -> None:
    ed = browser(cast.ed)
    eds = opened(ed, post)
    edit_post(cast.priya, post, text="Second")
    wrong = ed.post(address(post), {**eds, "text": "Mine", "when": "at", "do": "go"})
    assert wrong.status_code == 422
    again = sendable(wrong.context["form"])
    assert ed.post(address(post), {**again, "when": "none"}).status_code == 409
    assert standing(post) == "Second"


@pytest.mark.parametrize("do", ["add", "split"])
def test_rearranging_does_not_either(cast: Cast, post: Post, do: str) -> None:
    ed = browser(cast.ed)
    eds = opened(ed, post)
    edit_post(cast.priya, post, text="Second")
    again = sendable(ed.post(address(post), {**eds, "do": do}).context["form"])
    assert ed.post(address(post), again).status_code == 409


def test_what_was_typed_into_a_draft_that_is_deleted_meanwhile_becomes_a_new_one(cast: Cast, post: Post) -> None:
    ed = browser(cast.ed)
    eds = opened(ed, post)
    pk = post.pk
    delete_post(cast.olive, post)
    answer = ed.post(f"/o/acme/posts/{pk}/edit/", {**eds, "text": "An hour of work"})
    assert answer.status_code == 409
    assert "The draft was deleted meanwhile." in page(answer)
    assert 'action="/o/acme/compose/"' in page(answer)
    assert ed.post("/o/acme/compose/", sendable(answer.context["form"])).status_code == 302
    assert standing(Post.objects.get()) == "An hour of work"
    mallory = browser(cast.mallory)
    assert mallory.post(f"/o/globex/posts/{pk}/edit/", {**eds, "text": "Who?"}).status_code == 404


def test_what_was_typed_is_there_where_the_post_may_not_be_changed_any_more(cast: Cast, write, tomorrow) -> None:
    post = write(cast.priya, TEXT, cast.x)
    ed = browser(cast.ed)
    eds = opened(ed, post)
    with scope(cast.acme):
        schedule_post(cast.priya, post, at=tomorrow)
    answer = ed.post(address(post), {**eds, "text": "An hour of work"})
    assert answer.status_code == 403
    assert "An hour of work" in page(answer)
    assert "It is scheduled already" in page(answer)


@pytest.mark.parametrize(
    "was", ["", "{", "[]", '{"revision": 99, "profiles": [], "at": null}', '{"revision": 1}', "[" * 5000]
)
@pytest.mark.parametrize("seen", ["nonsense", "@", "x@zz", "@ffffffffffffffffffff"])
def test_nonsense_in_the_hidden_fields_is_refused_and_harmless(cast: Cast, post: Post, seen: str, was: str) -> None:
    ed = browser(cast.ed)
    answer = ed.post(address(post), {**opened(ed, post), "text": "Mine", "seen": seen, "was": was})
    assert answer.status_code == 409
    assert sendable(answer.context["form"])["text"] == "Mine"
    assert standing(post) == TEXT


def test_a_copy_that_somebody_moved_alone_keeps_its_time(cast: Cast, write, tomorrow) -> None:
    """Whoever edits the text from before has not seen the move, and does not take it back."""
    post = schedule_post(cast.priya, write(cast.priya, "Bread", cast.x, cast.page), at=tomorrow)
    seen, later = post.mark, tomorrow + timedelta(hours=5)
    move_delivery(cast.priya, Delivery.objects.get(post=post, profile=cast.x), at=later)
    edit_post(cast.priya, post, text="Bread and salt", seen=seen)
    times = Delivery.objects.filter(post=post).values_list("profile", "outgoing__planned_at")
    assert dict(times) == {cast.x.pk: later, cast.page.pk: tomorrow}
