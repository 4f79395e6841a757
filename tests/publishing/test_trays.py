"""Files in the composer and on every page that tells of a post."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from networks.models import Outgoing
from publishing.actions.review import approve_post, reject_post, submit_post
from publishing.actions.schedule import publish_now, schedule_post
from publishing.models import Asset, Post
from tests import media
from tests.cast import Cast
from tests.posts import edit_post

HTMX = {"HX-Request": "true"}


def at(name: str, *args) -> str:
    return reverse(f"publishing:{name}", args=["acme", *args])


def form(cast: Cast, **more: Any) -> dict[str, Any]:
    return {"text": "One", "profiles": [cast.x.pk], "when": "none", "do": "draft"} | more


def boxes(page: str, number: int) -> list[int]:
    return [int(pk) for pk in re.findall(rf'name="media_{number}" value="(\d+)"', page)]


def stored(post: Post) -> list[list[tuple[int, str]]]:
    return [[(one.asset, one.media.alt_text) for one in part] for part in post.revision.files()]


def test_the_tray_takes_a_file_and_says_what_it_does_not_take(cast: Cast, sign_in, networks_take) -> None:
    client = sign_in(cast.ed)
    taken = client.post(at("upload"), {"file": SimpleUploadedFile("a.png", media.picture()), "part": "2"})
    asset = Asset.unscoped.get()
    assert taken.status_code == 201
    assert f'name="media_2" value="{asset.pk}"' in taken.content.decode()
    assert f'name="alt_{asset.pk}"' in taken.content.decode()
    assert "<html" not in taken.content.decode()
    for body in ({"file": SimpleUploadedFile("a.png", b"<svg onload=alert(1)>")}, {}):
        refused = client.post(at("upload"), body)
        assert refused.status_code == 400
        assert "Choose a" in refused.content.decode()
    again = client.get(at("tray_item", asset.pk) + "?part=3").content.decode()
    assert f'name="media_3" value="{asset.pk}"' in again
    assert (
        sign_in(cast.vic).post(at("upload"), {"file": SimpleUploadedFile("a.png", media.picture())}).status_code == 403
    )


def test_the_composer_keeps_the_order_and_the_descriptions(cast: Cast, sign_in, upload) -> None:
    one, two, three = (upload(cast.ed).pk for _ in range(3))
    body = form(cast, part_2="Two", media_1=[two, one], media_2=[three])
    body |= {f"alt_{one}": "First ", f"alt_{three}": "Third"}
    assert sign_in(cast.ed).post(at("compose"), body).status_code == 302
    post = Post.objects.get()
    assert stored(post) == [[(two, ""), (one, "First")], [(three, "Third")]]
    page = sign_in(cast.ed).get(at("edit", post.pk)).content.decode()
    assert (boxes(page, 1), boxes(page, 2)) == ([two, one], [three])
    assert ">\nFirst</textarea>" in page
    copy = sign_in(cast.ed).get(at("compose") + f"?copy={post.pk}").content.decode()
    assert (boxes(copy, 1), boxes(copy, 2)) == ([two, one], [three])


def test_without_scripts_files_come_with_the_form(cast: Cast, sign_in, in_acme, networks_take) -> None:
    files = [SimpleUploadedFile("a.png", media.picture()), SimpleUploadedFile("evil.png", b"<html>")]
    answer = sign_in(cast.ed).post(at("compose"), form(cast, text="Kept words", files=files))
    page = answer.content.decode()
    asset = Asset.unscoped.get()
    assert answer.status_code == 422
    assert "evil.png: Choose a JPEG" in page
    assert "Kept words" in page
    assert boxes(page, 1) == [asset.pk]
    files = [SimpleUploadedFile("b.png", media.picture("JPEG"))]
    assert sign_in(cast.ed).post(at("compose"), form(cast, media_1=[asset.pk], files=files)).status_code == 302
    assert list(Post.objects.get().revision.attachments.values_list("place", "asset__content_type")) == [
        (1, "image/png"),
        (2, "image/jpeg"),
    ]


def test_splitting_joining_and_adding_keep_the_files_with_their_words(cast: Cast, sign_in, upload) -> None:
    one, two = upload(cast.ed).pk, upload(cast.ed).pk
    client = sign_in(cast.ed)

    def after(**more: Any) -> str:
        return client.post(at("compose"), form(cast, **more), headers=HTMX).content.decode()

    long = "A sentence of some length that says something. " * 10
    split = after(text=long, part_2="Two", media_1=[one], media_2=[two], do="split")
    assert [boxes(split, number) for number in (1, 2, 3, 4)] == [[one], [], [two], []]
    joined = after(part_2="Two", media_1=[one], media_2=[two, one], do="join")
    assert (boxes(joined, 1), boxes(joined, 2)) == ([one, two], [])
    added = after(part_4="", media_1=[one], media_4=[two], do="add")  # a part with files and no words yet
    assert [boxes(added, number) for number in (1, 2, 3)] == [[one], [two], []]


def test_a_part_with_files_and_no_words_is_not_forgotten(cast: Cast, sign_in, upload) -> None:
    pk = upload(cast.ed).pk
    assert sign_in(cast.ed).post(at("compose"), form(cast, part_2="", media_2=[pk])).status_code == 302
    revision = Post.objects.get().revision
    assert revision.parts == [""]
    assert [one.part for one in revision.attachments.all()] == [2]


def test_previews_show_the_files_and_each_tray_its_own_mistakes(cast: Cast, sign_in, upload) -> None:
    pictures = [upload(cast.ed).pk for _ in range(5)]
    video = upload(cast.ed, media.video()).pk
    body = form(cast, profiles=[cast.x.pk, cast.page.pk], part_2="Two", media_1=pictures, media_2=[video])
    page = sign_in(cast.ed).post(at("preview"), body).content.decode()
    first, second = (re.search(rf'id="misfits-{number}".*?</div>', page, re.S)[0] for number in (1, 2))
    assert "X takes at most 4 images in one post." in first
    assert "Facebook takes no videos from here." in first
    assert "takes" not in second
    assert page.count(at("media", pictures[0])) == 2
    hidden = upload(cast.priya).pk
    page = sign_in(cast.ed).post(at("preview"), form(cast, media_1=[hidden])).content.decode()
    assert at("media", hidden) not in page


def test_what_is_refused_stands_beside_the_tray_and_nothing_is_lost(cast: Cast, sign_in, upload) -> None:
    pks = [upload(cast.priya).pk for _ in range(5)]
    body = form(cast, text="Kept words", media_1=[*pks, 987654], do="go", **{f"alt_{pks[0]}": "A hut"}) | {
        "when": "now"
    }
    answer = sign_in(cast.priya).post(at("compose"), body)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is no file 987654." in page
    assert boxes(page, 1) == pks
    assert ">\nA hut</textarea>" in page
    page = sign_in(cast.priya).post(at("compose"), body | {"media_1": pks}).content.decode()
    tray = re.search(r'id="misfits-1".*?</div>', page, re.S)[0]
    assert tray.count("X takes at most 4 images in one post.") == 1
    assert not Post.objects.exists()


def test_every_page_tells_of_the_files(cast: Cast, sign_in, upload, write, tomorrow) -> None:
    one, two = upload(cast.priya, alt_text="A hut").pk, upload(cast.priya, media.moving()).pk
    post = write(cast.priya, "One", cast.x, thread=["Two"], media=[one], thread_media=[[two]])
    schedule_post(cast.priya, post, at=tomorrow)
    client = sign_in(cast.priya)
    page = client.get(at("post", post.pk)).content.decode()
    assert 'alt="A hut"' in page
    assert page.count("1 picture") == page.count("1 GIF") == 1
    day = tomorrow.date().isoformat()
    for address in (at("posts"), at("calendar") + f"?day={day}&month={day[:7]}"):
        assert "1 picture, 1 GIF" in client.get(address).content.decode(), address


def test_the_story_says_what_was_sent_along(cast: Cast, sign_in, upload, write) -> None:
    post = publish_now(
        cast.priya, write(cast.priya, "One", cast.x, media=[upload(cast.priya).pk, upload(cast.priya).pk])
    )
    row = Outgoing.objects.get()
    row.attempts.create(
        worker="w", started_at=row.planned_at, finished_at=row.planned_at, outcome="refused", kind="send"
    )
    assert ", 2 pictures" in sign_in(cast.priya).get(at("post", post.pk)).content.decode()


def test_a_reviewer_sees_what_changed_since_the_last_decision(cast: Cast, sign_in, upload, write) -> None:
    one, two = (upload(cast.ed, alt_text=word).pk for word in ("The first hut", "The second hut"))
    post = submit_post(cast.ed, write(cast.ed, "One", cast.x, media=[one]))
    page = sign_in(cast.ava).get(at("approvals")).content.decode()
    assert "The first hut" in page
    assert "since version" not in page
    reject_post(cast.ava, post, note="Another picture")
    submit_post(cast.ed, edit_post(cast.ed, edit_post(cast.ed, post, text="Uno"), media=[two]))
    page = sign_in(cast.ava).get(at("approvals")).content.decode()
    assert "New since version 1" in page
    assert "Removed since version 1" in page
    assert page.index("The second hut") < page.index("The first hut")


@pytest.mark.parametrize("decided", [True, False])
def test_lists_ask_no_more_the_more_there_is(cast: Cast, sign_in, upload, write, decided: bool) -> None:
    client = sign_in(cast.ava)

    def another() -> None:
        post = submit_post(cast.ed, write(cast.ed, "One", cast.x, media=[upload(cast.ed).pk]))
        if decided:
            reject_post(cast.ava, post, note="Another picture")
            submit_post(cast.ed, edit_post(cast.ed, post, media=[upload(cast.ed).pk]))

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            for name in ("posts", "approvals", "calendar"):
                client.get(at(name))
        return len(found)

    another()
    asked()
    few = asked()
    for _ in range(3):
        another()
    assert asked() == few


def test_an_approval_goes_out_with_the_files_that_were_read(cast: Cast, upload, write, tomorrow) -> None:
    asset = upload(cast.ed, alt_text="A hut").pk
    post = submit_post(cast.ed, write(cast.ed, "One", cast.x, media=[asset]))
    schedule_post(cast.priya, approve_post(cast.ava, post), at=tomorrow)
    assert [one["alt_text"] for one in Outgoing.objects.get().draft["media"]] == ["A hut"]
