"""A post without words: where its networks take files alone, from every door; elsewhere the reason in words."""

from dataclasses import replace

import pytest

from foundation.errors import Invalid
from networks.adapters.x.adapter import XAdapter
from networks.models import Outgoing
from publishing.actions.schedule import publish_now
from publishing.composing.threads import VariantWording
from publishing.models import Post
from tests.cast import Cast
from tests.posts import create_post
from tests.publishing.parts import at
from tests.rest.caller import caller

pytestmark = pytest.mark.usefixtures("in_acme")
BLANK = ["", " \n", "\u200b", "\u2800"]
FIRST = "Write something first."


def composed(cast: Cast, sign_in, **more) -> tuple[int, str]:
    body = {"profiles": [cast.x.pk, cast.page.pk], "when": "none", "do": "", **more}
    answer = sign_in(cast.priya).post(at("compose"), body)
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("text", BLANK)
def test_files_alone_are_a_post(cast: Cast, upload, sign_in, text: str) -> None:
    pk = upload(cast.priya).pk
    assert composed(cast, sign_in, text=text, media_1=[pk])[0] == 302
    body = {"text": text, "profiles": [cast.x.pk, cast.page.pk], "media": [pk]}
    answer = caller(cast.priya).post("posts/", body)
    assert (answer.status_code, answer.json()["text"]) == (201, "")
    assert [post.revision.text for post in Post.objects.all()] == ["", ""]


def test_text_may_be_left_out(cast: Cast, upload) -> None:
    body = {"profiles": [cast.x.pk], "media": [upload(cast.priya).pk]}
    assert caller(cast.priya).post("posts/", body).status_code == 201


@pytest.mark.parametrize("text", BLANK)
def test_neither_words_nor_files_are_none(cast: Cast, sign_in, text: str) -> None:
    status, page = composed(cast, sign_in, text=text)
    assert (status, FIRST in page) == (422, True)
    answer = caller(cast.priya).post("posts/", {"text": text, "profiles": [cast.x.pk]})
    assert (answer.status_code, answer.json()["errors"]["text"][0].endswith(FIRST)) == (400, True)
    assert not Post.objects.exists()


def test_words_are_taken_away_only_from_what_has_files(cast: Cast, upload) -> None:
    rest, pk = caller(cast.priya), upload(cast.priya).pk
    made = rest.post("posts/", {"text": "Words", "profiles": [cast.x.pk]}).json()
    assert rest.patch(f"posts/{made['id']}/", {"text": ""}).status_code == 400
    assert rest.patch(f"posts/{made['id']}/", {"text": "", "media": [pk]}).json()["text"] == ""


def test_it_leaves_as_files_alone(cast: Cast, upload) -> None:
    post = create_post(cast.priya, text="", profiles=[cast.x.pk, cast.page.pk], media=[upload(cast.priya).pk])
    publish_now(cast.priya, post)
    drafts = [row.draft for row in Outgoing.objects.filter(delivery__post=post)]
    assert [(draft["text"], len(draft["media"])) for draft in drafts] == [("", 1), ("", 1)]


def test_lists_and_pages_call_it_by_what_it_lacks(cast: Cast, upload, sign_in) -> None:
    post = create_post(cast.priya, text="", profiles=[cast.x.pk], media=[upload(cast.priya).pk])
    client = sign_in(cast.priya)
    for page in (at("posts"), at("post", post.pk)):
        assert "Without text" in client.get(page).content.decode()


def test_a_network_that_needs_words_says_so(cast: Cast, upload, sign_in, monkeypatch) -> None:
    pk = upload(cast.priya).pk
    monkeypatch.setattr(XAdapter, "capabilities", replace(XAdapter.capabilities, wordless=False))
    said = "X: It takes no files without words. Write some."
    status, page = composed(cast, sign_in, text="", media_1=[pk], when="now")
    assert (status, said in page) == (422, True)
    answer = caller(cast.priya).post("posts/", {"text": "", "profiles": [cast.x.pk, cast.page.pk], "media": [pk]})
    assert (answer.status_code, answer.json()["errors"]) == (400, {"text": [said]})
    with_own = {"x": {"text": "Only there"}}
    body = {"text": "", "profiles": [cast.x.pk, cast.page.pk], "media": [pk], "variants": with_own}
    assert caller(cast.priya).post("posts/", body).status_code == 201


def test_parts_and_own_wordings_too(cast: Cast, upload) -> None:
    """A part with a file needs no words; one without either does, and so does a first comment."""
    pk, other = upload(cast.priya).pk, upload(cast.priya).pk
    post = create_post(cast.priya, text="One", profiles=[cast.x.pk], thread=["\u200b"], thread_media=[[pk]])
    assert post.revision.parts == [""]
    with pytest.raises(Invalid) as refused:
        create_post(cast.priya, text="One", profiles=[cast.x.pk], thread=[" ", ""], thread_media=[[pk], []])
    assert refused.value.fields == {"thread": [f"Part 3: {FIRST}"]}
    own = VariantWording("", ("Two there",))
    post = create_post(cast.priya, text="One", profiles=[cast.x.pk], thread=["Two"], media=[other], variants={"x": own})
    assert post.revision.wording_on("x").texts == ("", "Two there")


def test_on_a_network_without_threads_nothing_stands_for_a_part_without_words(cast: Cast, upload) -> None:
    pk = upload(cast.priya).pk
    post = create_post(cast.priya, text="", profiles=[cast.page.pk], media=[pk], thread=["Two"], thread_media=[[]])
    assert post.revision.wording_on("facebook").texts == ("Two",)
