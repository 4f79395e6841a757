"""Files with posts: seen and used by whom they may be, checked for each network, frozen into what leaves."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils.timezone import now

from foundation.errors import Invalid, NotFound, PermissionDenied
from networks.contract import Capabilities, Draft, Media, MediaKind, MediaLimit
from networks.models import Outgoing
from networks.outbox import circuits
from organizations.models import AuditEntry
from organizations.tenancy import scope
from publishing.access import access_asset
from publishing.actions.assets import describe_asset
from publishing.actions.compose import withdraw_post
from publishing.actions.fallback_plans import send_through_stand_in, set_fallback_plan
from publishing.actions.schedule import publish_now, schedule_post
from publishing.composing.threads import VariantWording
from publishing.limits import validate_media
from publishing.media.unused_files import purge_unused_files
from publishing.models import Asset, Attachment, Delivery, Post
from tests import media
from tests.cast import Cast
from tests.posts import edit_post
from tests.races import at_once
from tests.rest.caller import Caller, caller


def leaving(post: Post) -> list[tuple[str, str, list[str]]]:
    """What the outbox holds of it: network, text, alt texts."""
    rows = Outgoing.objects.filter(profile__posts=post).exclude(state="cancelled").select_related("profile")
    drafts = [(row.profile.network, Draft.from_json(row.draft)) for row in rows.order_by("pk")]
    return [(network, draft.text, [one.alt_text for one in draft.media]) for network, draft in drafts]


def test_a_file_leaves_as_it_was_when_it_was_approved(cast: Cast, upload, write) -> None:
    asset = upload(cast.priya, alt_text="A hut")
    post = publish_now(cast.priya, write(cast.priya, "Look", media=[asset.pk]))
    describe_asset(cast.priya, asset, alt_text="Another hut")
    assert leaving(post) == [("x", "Look", ["A hut"]), ("facebook", "Look", ["A hut"])]
    frozen = Draft.from_json(Outgoing.objects.first().draft).media[0]
    asset.refresh_from_db()
    assert frozen == Media(
        asset.file.name, MediaKind.IMAGE, "image/png", asset.bytes, asset.sha256, 40, 30, None, "A hut"
    )


def test_each_part_has_its_files_and_one_text_has_them_all(cast: Cast, upload, write) -> None:
    one, two, three = (upload(cast.priya, alt_text=word) for word in ("1", "2", "3"))
    post = write(
        cast.priya, "One", thread=["Two"], first_comment="Link", media=[one.pk], thread_media=[[three.pk, two.pk]]
    )
    publish_now(cast.priya, post)
    assert leaving(post) == [
        ("x", "One", ["1"]),
        ("x", "Two", ["3", "2"]),
        ("x", "Link", []),
        ("facebook", "One\n\nTwo", ["1", "3", "2"]),
        ("facebook", "Link", []),
    ]


def test_a_networks_own_wording_takes_all_files(cast: Cast, upload, write) -> None:
    one, two = upload(cast.priya, alt_text="1"), upload(cast.priya, alt_text="2")
    post = write(
        cast.priya,
        "One",
        cast.x,
        thread=["Two"],
        variants={"x": VariantWording("Own", ())},
        media=[one.pk],
        thread_media=[[two.pk]],
    )
    publish_now(cast.priya, post)
    assert leaving(post) == [("x", "Own", ["1", "2"])]


def test_an_edit_keeps_its_files_or_changes_them_in_a_new_revision(cast: Cast, upload, write, tomorrow) -> None:
    one, two = upload(cast.priya, alt_text="1"), upload(cast.priya, alt_text="2")
    post = schedule_post(
        cast.priya, write(cast.priya, "One", thread=["Two"], media=[one.pk], thread_media=[[two.pk]]), at=tomorrow
    )
    describe_asset(cast.priya, one, alt_text="New")
    kept = edit_post(cast.priya, post, text="Uno")
    assert [list(map(attrs, part)) for part in kept.revision.files()] == [[(one.pk, "1")], [(two.pk, "2")]]
    changed = edit_post(cast.priya, post, media=[two.pk, one.pk])
    assert [list(map(attrs, part)) for part in changed.revision.files()] == [
        [(two.pk, "2"), (one.pk, "New")],
        [(two.pk, "2")],
    ]
    assert edit_post(cast.priya, changed, media=[two.pk, one.pk]).revision.number == changed.revision.number == 3
    assert edit_post(cast.priya, changed, thread=[]).revision.files() == (changed.revision.files()[0],)
    assert edit_post(cast.priya, post, media=[]).revision.files() == ()
    assert Attachment.objects.filter(revision__post=post).count() == 2 + 2 + 3 + 2
    assert withdraw_post(cast.priya, post).revision.files() == ()


def attrs(one) -> tuple[int, str]:
    return one.asset, one.media.alt_text


def test_words_given_while_writing_are_the_files_own_where_one_may_say_so(cast: Cast, upload, write) -> None:
    asset = upload(cast.ed)
    write(cast.ed, media=[asset.pk], alt_texts={asset.pk: "A hut"})
    post = write(cast.priya, media=[asset.pk], alt_texts={asset.pk: "Priya's hut"})
    assert post.revision.files()[0][0].media.alt_text == "Priya's hut"
    asset.refresh_from_db()
    assert asset.alt_text == "Priya's hut"  # she may write for all that Ed's post goes to
    lines = "\r\n".join(["x" * 499] * 2)  # 999 characters, and 1000 as browsers send them
    assert write(cast.ed, media=[asset.pk], alt_texts={asset.pk: lines}).revision.files()[0][0].media.alt_text == (
        lines.replace("\r", "")
    )
    with pytest.raises(Invalid):
        write(cast.ed, media=[asset.pk], alt_texts={asset.pk: "x" * 1001})


def test_who_sees_a_file_and_who_may_change_it(cast: Cast, upload, write) -> None:
    own = upload(cast.ed)
    on_x = upload(cast.ed)
    write(cast.ed, "On X", cast.x, media=[on_x.pk])
    assert access_asset(cast.olive, own.pk, to="edit") == own
    for member in (cast.priya, cast.cole, cast.vic):
        with pytest.raises(NotFound):
            access_asset(member, own.pk)
    for member, may in ((cast.ed, True), (cast.priya, True), (cast.olive, True), (cast.cole, False), (cast.ana, False)):
        assert access_asset(member, on_x.pk, to="use") == on_x
        if may:
            describe_asset(member, on_x, alt_text=member.name)
        else:
            with pytest.raises(PermissionDenied):
                describe_asset(member, on_x, alt_text="Mine")
    with scope(cast.globex), pytest.raises(NotFound):
        access_asset(cast.mallory, on_x.pk)


def test_what_one_does_not_see_cannot_be_used(cast: Cast, upload, write) -> None:
    hidden = upload(cast.ed)
    for pk in (hidden.pk, 9_999_999, 2**70):
        with pytest.raises(Invalid) as refused:
            write(cast.priya, media=[pk])
        assert refused.value.fields == {"media": [f"There is no file {pk}."]}
    with pytest.raises(Invalid) as refused:
        write(cast.ed, "One", thread=["Two"], thread_media=[[], [hidden.pk]])
    assert list(refused.value.fields) == ["thread_media"]
    with pytest.raises(Invalid):
        write(cast.ed, media=[hidden.pk] * 41)
    assert not Post.objects.exists()


def one(kind: MediaKind = MediaKind.IMAGE, **facts) -> Media:
    given = {"content_type": "image/png", "size": 1000, "width": 10, "height": 10} | facts
    return Media("n", kind, sha256="", **given)


TAKES = Capabilities(280, media=media.X_TAKES, alt_text_limit=1000)
ANEW = "There is no copy of it that fits. Add it again, or save it in another size or format."
VIDEO = {"content_type": "video/mp4", "seconds": 10.0}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([one()] * 4, []),
        ([one()] * 5, ["X takes at most 4 images in one post."]),
        ([one(MediaKind.GIF, content_type="image/gif")] * 2, ["X takes at most 1 animated GIF in one post."]),
        ([one(MediaKind.VIDEO, **VIDEO), one()], ["X does not take pictures, GIFs and videos together in one post. Keep one kind."]),
        ([one(), one(content_type="image/tiff")], ["Picture 2: X takes only GIF, JPEG, PNG, WEBP.", f"Picture 2: {ANEW}"]),
        ([one(size=5_250_000)], ["Picture 1: X takes at most 5 MB; it has 5.1 MB.", f"Picture 1: {ANEW}"]),
        ([one(MediaKind.GIF, content_type="image/gif", width=1000, height=1280)], []),
        ([one(MediaKind.GIF, content_type="image/gif", width=1100, height=1200)], ["GIF 1: X takes at most 1,280 × 1,080 pixels; it has 1,100 × 1,200."]),
        ([one(MediaKind.VIDEO, **VIDEO | {"seconds": 141})], ["Video 1: X takes 0.5 to 140 seconds; it lasts 141."]),
        ([one(alt_text="x" * 1001)], ["Picture 1: X takes descriptions of at most 1,000 characters; this has 1,001."]),
    ],
)  # fmt: skip
def test_what_a_network_says_to_files(files: list[Media], said: list[str]) -> None:
    assert validate_media(files, TAKES, "X") == said


def test_a_network_that_takes_none_of_a_kind_says_so() -> None:
    page = Capabilities(100, media={MediaKind.IMAGE: MediaLimit(10, media.IMAGES, 4_000_000)})
    assert validate_media([one(MediaKind.VIDEO, **VIDEO)], page, "Facebook") == ["Facebook takes no videos from here."]
    assert validate_media([one()], Capabilities(100), "Facebook") == ["Facebook takes no pictures from here."]
    assert validate_media([], Capabilities(100), "Facebook") == []


def test_what_a_network_would_not_take_may_be_kept_and_never_scheduled(cast: Cast, upload, write, tomorrow) -> None:
    pks = [upload(cast.priya).pk for _ in range(5)]
    with pytest.raises(Invalid) as refused:
        write(cast.priya, media=pks)
    assert refused.value.fields == {"media": ["X takes at most 4 images in one post."]}
    draft = write(cast.priya, media=pks, unfinished=True)
    with pytest.raises(Invalid):
        schedule_post(cast.priya, draft, at=tomorrow)
    shorter = edit_post(cast.priya, draft, media=pks[:4])
    assert schedule_post(cast.priya, shorter, at=tomorrow).state == "scheduled"


def test_files_of_parts_are_named_with_their_part(cast: Cast, upload, write) -> None:
    video, picture = upload(cast.priya, media.video()).pk, upload(cast.priya).pk
    with pytest.raises(Invalid) as refused:
        write(cast.priya, "One", thread=["Two"], media=[picture], thread_media=[[picture, video]])
    assert refused.value.fields == {
        "media": ["Facebook takes no videos from here."],
        "thread_media": ["Part 2: X does not take pictures, GIFs and videos together in one post. Keep one kind."],
    }


@pytest.mark.parametrize(("content", "goes"), [(b"", True), (media.moving(), False)])
def test_what_stands_in_takes_the_files_along_where_it_can(
    cast: Cast, upload, write, content: bytes, goes: bool
) -> None:
    asset = upload(cast.olive, content, "A hut")
    publish_now(cast.olive, write(cast.olive, "One", cast.x, media=[asset.pk]))
    plan = set_fallback_plan(cast.olive, "x", after_minutes=30, profile=cast.page, text="{text}", told=[])
    for _ in range(circuits.FAILURES_OF_FEWER_PROFILES):
        circuits.record_network_failure(cast.x, "No answer.", now())
    assert send_through_stand_in(plan, Delivery.objects.select_related("post", "profile", "revision").get(), now())
    held, other = Outgoing.objects.order_by("pk")
    assert [one["alt_text"] for one in other.draft["media"]] == (["A hut"] if goes else [])
    assert ("without its pictures and videos" in held.reason) is not goes
    assert ("files left out" in AuditEntry.objects.get(verb="post.stood_in").change) is not goes


def test_what_no_post_has_used_goes_after_a_month(
    cast: Cast, upload, write, settings, django_capture_on_commit_callbacks
) -> None:
    used, fresh, forgotten = (upload(cast.ed) for _ in range(3))
    post = write(cast.ed, media=[used.pk])
    edit_post(cast.ed, post, media=[])
    Asset.objects.exclude(pk=fresh.pk).update(created_at=now() - timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_unused_files(now()) == 1
    assert set(Asset.objects.all()) == {used, fresh}
    assert not forgotten.file.storage.exists(forgotten.file.name)
    assert used.file.storage.exists(used.file.name)


# --- over REST --------------------------------------------------------------------------------------------------


def send(api: Caller, content: bytes = b"", *, name: str = "a.png", **more: str):
    """Posts a form with a file, as programs do."""
    headers = {"Authorization": f"Bearer {api.secret}"}
    if key := more.pop("key", ""):
        headers["Idempotency-Key"] = key
    data = {"file": SimpleUploadedFile(name, content or media.picture(), "text/html"), **more}
    return api.client.post("/api/v1/media/", data, headers=headers)


@pytest.fixture
def ed(cast: Cast, networks_take) -> Caller:
    return caller(cast.ed)


def test_a_program_uploads_reads_and_describes(cast: Cast, ed: Caller) -> None:
    made = send(ed, media.picture("JPEG"), name="x.html", alt_text="A hut")
    assert made.status_code == 201, made.content
    shape = made.json()
    assert shape == {
        "id": shape["id"],
        "kind": "image",
        "width": 40,
        "height": 30,
        "seconds": None,
        "bytes": shape["bytes"],
        "alt_text": "A hut",
        "original": {"name": "x.html.jpg", "content_type": "image/jpeg", "bytes": shape["bytes"]},
        "copies": [],
    }
    assert ed.get(f"media/{shape['id']}/").json() == shape
    assert ed.patch(f"media/{shape['id']}/", {"alt_text": "Two huts"}).json() == shape | {"alt_text": "Two huts"}
    assert ed.patch(f"media/{shape['id']}/", {"alt_text": "x" * 1001}).json()["errors"].keys() == {"alt_text"}
    assert caller(cast.vic).get(f"media/{shape['id']}/").status_code == 404
    assert caller(cast.mallory).patch(f"media/{shape['id']}/", {"alt_text": ""}).status_code == 404


def test_a_post_carries_its_files_over_rest(cast: Cast, ed: Caller) -> None:
    one, two = (send(ed, alt_text=word).json() for word in ("1", "2"))
    body = {
        "text": "One",
        "thread": ["Two"],
        "profiles": [cast.x.pk],
        "media": [one["id"]],
        "thread_media": [[two["id"]]],
    }
    post = ed.post("posts/", body).json()
    assert (post["media"], post["thread_media"]) == ([one], [[two]])
    changed = ed.patch(f"posts/{post['id']}/", {"media": [two["id"], one["id"]]}).json()
    assert (changed["media"], changed["thread_media"]) == ([two, one], [[two]])
    assert ed.patch(f"posts/{post['id']}/", {"text": "Uno"}).json()["media"] == [two, one]
    bare = ed.patch(f"posts/{post['id']}/", {"media": [], "thread_media": []}).json()
    assert (bare["media"], bare["thread_media"]) == ([], [])
    for wrong, field in (
        ({"media": [987654]}, "media"),
        ({"thread_media": [[987654]]}, "thread_media"),
        ({"media": "x"}, "media"),
    ):
        answer = ed.patch(f"posts/{post['id']}/", wrong)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


@pytest.mark.parametrize(("content", "more"), [(b"<html>", {}), (b"", {"alt_text": "x" * 1001}), (b"", {"name_": "x"})])
def test_bad_files_and_fields_are_named_and_nothing_is_kept(cast: Cast, ed: Caller, content: bytes, more: dict) -> None:
    answer = send(ed, content, **more)
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == ([*more] or ["file"])
    assert not Asset.unscoped.exists()
    assert ed.client.post("/api/v1/media/", {}, headers={"Authorization": f"Bearer {ed.secret}"}).json()[
        "errors"
    ].keys() == {"file"}
    assert ed.post("media/", {"file": "x"}).status_code == 415


def test_the_same_key_keeps_one_file(cast: Cast, ed: Caller) -> None:
    first, again = (send(ed, alt_text="A", key="k") for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert send(ed, alt_text="B", key="k").status_code == 422
    assert send(ed, media.moving(), alt_text="A", key="k").status_code == 422
    assert Asset.unscoped.count() == 1
    broken = ed.client.generic(
        "POST",
        "/api/v1/media/",
        b"--",
        content_type="multipart/form-data",
        headers={"Authorization": f"Bearer {ed.secret}", "Idempotency-Key": "z"},
    )
    assert broken.status_code == 400
    assert "errors" in broken.json()


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_moment_keeps_one_file(cast: Cast, ed: Caller) -> None:
    answers = at_once(cast.acme, *[lambda: send(Caller(ed.secret), key="k").json()["id"]] * 3)
    assert len(set(answers)) == 1
    assert Asset.unscoped.count() == 1


def test_a_body_without_end_is_not_read(cast: Cast, ed: Caller, sign_in) -> None:
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("a.png", media.picture())})
    told = {"CONTENT_LENGTH": str(600_000_000)}
    answer = ed.client.generic(
        "POST", "/api/v1/media/", body, MULTIPART_CONTENT, headers={"Authorization": f"Bearer {ed.secret}"}, **told
    )
    assert (answer.status_code, list(json.loads(answer.content)["errors"])) == (400, ["file"])
    client: Client = sign_in(cast.ed)
    assert client.generic("POST", "/o/acme/media/", body, MULTIPART_CONTENT, **told).status_code == 400
    assert not Asset.unscoped.exists()


# --- the file itself --------------------------------------------------------------------------------------------


def test_it_is_served_as_what_it_is_to_those_who_may_see_it(cast: Cast, upload, sign_in) -> None:
    polyglot = media.picture() + b"<script>alert(1)</script>"
    asset = upload(cast.ed, polyglot)
    answer = sign_in(cast.ed).get(f"/o/acme/media/{asset.pk}/")
    assert b"".join(answer.streaming_content) == polyglot
    told = {name: answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Content-Disposition")}
    assert told == {"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Disposition": "inline"}
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    for stranger, slug in ((cast.vic, "acme"), (cast.mallory, "acme"), (cast.mallory, "globex")):
        assert sign_in(stranger).get(f"/o/{slug}/media/{asset.pk}/").status_code == 404
    asset.file.storage.delete(asset.file.name)
    assert sign_in(cast.ed).get(f"/o/acme/media/{asset.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=5-99999999", 206, slice(5, None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("bytes=3-1", 416, slice(0, 0)),
        ("bytes=0-1,3-4", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
    ],
)
def test_players_jump_within_a_video(cast: Cast, upload, sign_in, asked: str, status: int, part: slice) -> None:
    content = media.video()
    asset = upload(cast.ed, content)
    answer = sign_in(cast.ed).get(f"/o/acme/media/{asset.pk}/", headers={"Range": asked})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert (answer.status_code, body) == (status, content[part])
    assert answer["X-Content-Type-Options"] == "nosniff"
