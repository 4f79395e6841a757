"""Photos over a network's size, and their originals, at every door: said, sent, handed out, counted, removed."""

import hashlib
import re
import tarfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.utils.timezone import now

from foundation.errors import Invalid
from networks.adapters.facebook.adapter import FacebookAdapter
from networks.adapters.x.adapter import XAdapter
from networks.contract import Draft, Media, MediaKind, MediaLimit
from networks.models import Outgoing
from organizations.configuration.quotas import QuotaReached
from organizations.models import Organization
from publishing.actions.assets import upload_asset
from publishing.actions.fallback_plans import set_fallback_plan, stand_in_drafts
from publishing.actions.schedule import publish_now
from publishing.media import file_inspection
from publishing.media.originals import clean_original_name
from publishing.media.storage_quota import used_bytes
from publishing.media.unused_files import purge_unused_files
from publishing.models import Asset, Delivery, Post
from socialops.backup import archive, archive_saving
from tests import media
from tests.cast import Cast
from tests.posts import edit_post
from tests.publishing.test_conversion import phone
from tests.publishing.test_positions import XMP, exif
from tests.rest.caller import caller

JPEG_PNG = frozenset({"image/jpeg", "image/png"})
ON_X = "X takes photos up to 98 kB: it gets a smaller copy."
ON_FACEBOOK = "Facebook takes photos up to 40 kB: it gets a smaller copy."
HELD = "An original holds all that the camera wrote, such as where it was taken. No network gets it."


@pytest.fixture(autouse=True)
def small_limits(networks_take: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for adapter, types, most in ((XAdapter, media.IMAGES, 100_000), (FacebookAdapter, JPEG_PNG, 40_000)):
        takes = {**adapter.capabilities.media, MediaKind.IMAGE: MediaLimit(4, types, most)}
        monkeypatch.setattr(adapter, "capabilities", replace(adapter.capabilities, media=takes))


@pytest.fixture
def bring(cast: Cast, upload) -> Callable[..., Asset]:
    """bring(bytes, "name") -> Priya's asset."""

    def brought(content: bytes, name: str = "hut.jpg") -> Asset:
        return upload_asset(cast.priya, SimpleUploadedFile(name, content))

    return brought


MIDDLE = media.noise((210, 160), quality=97, exif=exif())  # too large for a page alone
LARGE = media.noise((400, 300), quality=97, exif=exif(), xmp=XMP)  # for everybody


def leaving() -> dict[str, Media]:
    rows = Outgoing.objects.exclude(state="cancelled").select_related("profile")
    return {row.profile.network: Draft.from_json(row.draft).media[0] for row in rows}


def stored(name: str) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


# --- what leaves ------------------------------------------------------------------------------------------------


def test_each_network_gets_what_it_takes(cast: Cast, bring, write) -> None:
    asset = bring(MIDDLE)
    publish_now(cast.priya, write(cast.priya, "Look", media=[asset.pk], alt_texts={asset.pk: "A hut"}))
    on_x, on_page = leaving()["x"], leaving()["facebook"]
    assert (on_x.name, on_x.sha256, on_x.size) == (asset.file.name, asset.sha256, asset.bytes)
    assert on_page.size <= 40_000 < asset.bytes == len(MIDDLE)
    assert hashlib.sha256(stored(on_page.name)).hexdigest() == on_page.sha256
    assert {one.alt_text for one in (on_x, on_page)} == {"A hut"}


def test_what_nobody_takes_as_it_came_goes_as_the_best_copy_that_somebody_takes(cast: Cast, bring, write) -> None:
    asset = bring(LARGE)
    publish_now(cast.priya, write(cast.priya, "Look", media=[asset.pk]))
    assert leaving()["facebook"].size <= 40_000 < leaving()["x"].size <= 100_000 < len(LARGE)
    assert (asset.width < asset.height, asset.original["width"] < asset.original["height"]) == (True, True)


def test_an_edit_and_a_second_plan_send_the_same_bytes(cast: Cast, bring, write, tomorrow) -> None:
    asset = bring(LARGE)
    post = publish_now(cast.priya, write(cast.priya, "Look", media=[asset.pk]))
    before = leaving()
    publish_now(cast.priya, edit_post(cast.priya, post, text="Look again"))
    assert leaving() == before


def test_what_stands_in_takes_its_own_copy(cast: Cast, bring, write) -> None:
    asset = bring(MIDDLE)
    publish_now(cast.priya, write(cast.priya, "Look", cast.x, media=[asset.pk]))
    plan = set_fallback_plan(cast.olive, "x", after_minutes=30, profile=cast.page, text="{text}", told=[])
    (draft,), left_out = stand_in_drafts(plan, Delivery.objects.get())
    assert (draft.media[0].name, left_out) == (asset.renditions[0]["name"], 0)


@pytest.mark.parametrize("form", ["WEBP", "GIF"])
def test_a_picture_of_a_kind_that_a_network_does_not_take_gets_another(cast: Cast, bring, write, form: str) -> None:
    asset = bring(media.picture(form), f"hut.{form.lower()}")
    (said,) = caller(cast.priya).get(f"media/{asset.pk}/").json()["copies"]
    assert said["says"] == f"Facebook takes no {form} pictures: it gets a JPEG copy."
    publish_now(cast.priya, write(cast.priya, "Look", media=[asset.pk]))
    assert leaving()["facebook"].content_type == "image/jpeg"
    assert leaving()["x"].content_type == asset.content_type


def test_what_cannot_be_shrunk_is_refused_with_its_reason(cast: Cast, bring, write) -> None:
    for content, name, reason in (
        (media.moving(), "a.gif", "Facebook takes no animated GIFs from here."),
        (
            media.moving(size=(1500, 1200)),
            "a.gif",
            "GIF 1: X takes at most 1,280 × 1,080 pixels; it has 1,500 × 1,200.",
        ),
        (media.video(seconds=200), "a.mp4", "Video 1: X takes 0.5 to 140 seconds; it lasts 200."),
    ):
        asset = bring(content, name)
        assert caller(cast.priya).get(f"media/{asset.pk}/").json()["copies"] == []
        with pytest.raises(Invalid) as refused:
            write(cast.priya, "Look", media=[asset.pk])
        assert reason in refused.value.fields["media"]


def test_what_was_brought_before_is_to_be_added_again(cast: Cast, bring, write) -> None:
    asset = bring(MIDDLE)
    Asset.objects.update(original=None, renditions=[], bytes_beside=0)
    with pytest.raises(Invalid) as refused:
        write(cast.priya, "Look", media=[asset.pk])
    assert refused.value.fields["media"] == [
        f"Picture 1: Facebook takes at most 40 kB; it has {-(-len(MIDDLE) // 1024)} kB.",
        "Picture 1: There is no copy of it that fits. Add it again, or save it in another size or format.",
    ]


def test_only_a_few_are_made_smaller_at_once(cast: Cast, bring, sign_in, monkeypatch) -> None:
    monkeypatch.setattr(file_inspection, "LONGEST_WAIT", 0.01)
    with file_inspection.conversion_slot(), file_inspection.conversion_slot():
        program = caller(cast.priya)
        token = {"Authorization": f"Bearer {program.secret}"}
        for answer in (
            sign_in(cast.priya).post("/o/acme/media/", {"file": SimpleUploadedFile("a.jpg", MIDDLE)}),
            program.client.post("/api/v1/media/", {"file": SimpleUploadedFile("a.jpg", MIDDLE)}, headers=token),
        ):
            assert (answer.status_code, b"Try again in a minute" in answer.content) == (503, True)
        assert bring(media.picture()).pk, "what needs no copies is taken"
    assert bring(MIDDLE).renditions


# --- what is said -----------------------------------------------------------------------------------------------


def previewed(client, cast: Cast, asset: Asset, *profiles) -> str:
    form = {"text": "One", "profiles": [one.pk for one in profiles], "when": "none", "do": "draft"}
    page = client.post("/o/acme/compose/preview/", form | {"media_1": [asset.pk]}).content.decode()
    assert 'class="preview__problems"' not in page
    return re.search(rf'id="changes-1-{asset.pk}".*?</div>', page, re.S)[0]


def test_the_composer_says_it_beside_the_file_for_each_network_that_is_chosen(cast: Cast, bring, sign_in) -> None:
    middle, large, client = bring(MIDDLE), bring(LARGE), sign_in(cast.priya)
    assert "copy" not in previewed(client, cast, middle, cast.x)
    assert ON_FACEBOOK in previewed(client, cast, middle, cast.page)
    both = previewed(client, cast, large, cast.x, cast.page)
    assert (both.count(ON_X), both.count(ON_FACEBOOK)) == (1, 1)
    form = {"text": "One", "profiles": [cast.page.pk], "when": "none", "do": "draft", "media_1": [large.pk]}
    assert client.post("/o/acme/compose/", form).status_code == 302
    edit = client.get(f"/o/acme/posts/{Post.objects.get().pk}/edit/").content.decode()
    assert ON_FACEBOOK in re.search(rf'id="changes-1-{large.pk}".*?</div>', edit, re.S)[0]
    assert "Download original" in edit
    assert HELD in edit


def test_a_program_is_told_the_same_and_refused_no_more(cast: Cast, bring) -> None:
    asset, api = bring(LARGE, "DSC 1.JPG"), caller(cast.priya)
    shape = api.get(f"media/{asset.pk}/").json()
    assert [(one["network"], one["says"]) for one in shape["copies"]] == [("x", ON_X), ("facebook", ON_FACEBOOK)]
    assert [one["bytes"] for one in shape["copies"]] == [asset.bytes, asset.renditions[0]["size"]]
    assert shape["original"] == {"name": "DSC 1.JPG", "content_type": "image/jpeg", "bytes": len(LARGE)}
    made = api.post("posts/", {"text": "One", "profiles": [cast.x.pk, cast.page.pk], "media": [asset.pk]})
    assert made.status_code == 201
    assert made.json()["media"] == [shape]


def test_the_posts_page_says_it_and_leads_to_the_originals(cast: Cast, bring, write, sign_in) -> None:
    post = write(cast.priya, "One", media=[bring(LARGE).pk, bring(MIDDLE).pk, bring(media.video(), "a.mp4").pk], unfinished=True)  # fmt: skip
    page = sign_in(cast.ana).get(f"/o/acme/posts/{post.pk}/").content.decode()
    assert (page.count(ON_X), page.count(ON_FACEBOOK)) == (1, 1)
    assert "The originals of 2 pictures" in page
    assert page.count("Download original") == 2
    assert HELD in page


# --- the original -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "content_type", "kept_apart"),
    [
        (phone("HEIF", exif=exif().tobytes()), "IMG_1.HEIC", "image/heic", True),
        (phone("AVIF"), "Hütte 1.avif", "image/avif", True),
        (LARGE, "DSC_1.JPG", "image/jpeg", True),
        (media.noise((300, 200), "PNG"), "screen.png", "image/png", True),
        (media.photo(), "located.jpg", "image/jpeg", True),
        (media.picture(), "small.png", "image/png", False),
        (media.picture("WEBP"), "small.webp", "image/webp", False),
    ],
    ids=["heic", "avif", "large jpeg", "large png", "with its place", "small png", "webp"],
)
def test_it_comes_back_as_it_was_brought(
    cast: Cast, bring, sign_in, content: bytes, name: str, content_type: str, kept_apart: bool
) -> None:
    asset, api = bring(content, name), caller(cast.priya)
    page = sign_in(cast.priya).get(f"/o/acme/media/{asset.pk}/original/")
    program = api.get(f"media/{asset.pk}/original/")
    for answer in (page, program):
        assert b"".join(answer.streaming_content) == content
        assert answer["Content-Type"] == content_type
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"].startswith("attachment; filename")
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "no-store"
    assert (asset.original["file"] != asset.file.name) is kept_apart


def test_whoever_sees_the_file_may_have_it_and_nobody_else(cast: Cast, bring, write, sign_in) -> None:
    asset = bring(LARGE)
    for member, slug in ((cast.vic, "acme"), (cast.ana, "acme"), (cast.mallory, "acme"), (cast.mallory, "globex")):
        assert sign_in(member).get(f"/o/{slug}/media/{asset.pk}/original/").status_code == 404
        assert caller(member).get(f"media/{asset.pk}/original/").status_code == 404
    write(cast.priya, "On X", cast.x, media=[asset.pk])
    for member in (cast.ana, cast.cole, cast.olive):
        assert sign_in(member).get(f"/o/acme/media/{asset.pk}/original/").status_code == 200
        assert caller(member).get(f"media/{asset.pk}/original/").status_code == 200
    assert caller(cast.mallory).get(f"media/{asset.pk}/original/").status_code == 404


def test_there_is_none_of_a_video_nor_of_what_is_gone(cast: Cast, bring, sign_in) -> None:
    video, gone = bring(media.video(), "a.mp4"), bring(LARGE)
    default_storage.delete(gone.original["file"])
    assert caller(cast.priya).get(f"media/{video.pk}/").json()["original"] is None
    for asset in (video, gone):
        assert sign_in(cast.priya).get(f"/o/acme/media/{asset.pk}/original/").status_code == 404
        assert caller(cast.priya).get(f"media/{asset.pk}/original/").status_code == 404
    assert "Download original" not in sign_in(cast.priya).get(f"/o/acme/media/{video.pk}/tray/").content.decode()


@pytest.mark.parametrize(
    ("given", "called"),
    [
        ("IMG_0001.HEIC", "IMG_0001.HEIC"),
        ("a.jpe", "a.jpe.heic"),
        ("evil.html", "evil.html.heic"),
        ("../../etc/passwd", "passwd.heic"),
        ("C:\\photos\\hut.heif", "hut.heif"),
        ("", "original.heic"),
        (".heic", "heic.heic"),
        ("a\r\nSet-Cookie: b.heic", "aSet-Cookie: b.heic"),
        ("\u202egpj.exe", "gpj.exe.heic"),
        ("山小屋.heic", "山小屋.heic"),
        ("x" * 300 + ".heic", "x" * 150 + ".heic"),
    ],
)
def test_its_name_is_its_own_and_never_that_of_another_kind(given: str, called: str) -> None:
    assert clean_original_name(given, "image/heic") == called


def test_a_large_upload_that_lies_on_the_disk_is_kept_too(cast: Cast, upload) -> None:
    with TemporaryUploadedFile("hut.jpg", "image/jpeg", len(LARGE), None) as file:
        file.write(LARGE)
        file.flush()
        asset = upload_asset(cast.priya, file)
    assert stored(asset.original["file"]) == LARGE


# --- kept -------------------------------------------------------------------------------------------------------


def on_disk(settings) -> int:
    return sum(path.stat().st_size for path in Path(settings.MEDIA_ROOT).rglob("*.*"))


def test_all_of_it_counts(cast: Cast, bring, settings) -> None:
    for content in (LARGE, MIDDLE, media.picture(), media.video()):
        bring(content)
    assert used_bytes() == on_disk(settings)
    small = bring(media.picture())
    assert small.bytes_beside == 0
    Organization.objects.filter(pk=cast.acme.pk).update(quotas={"storage": used_bytes() + len(LARGE)})
    before = on_disk(settings)
    with pytest.raises(QuotaReached):
        bring(LARGE)  # the original would fit, but not with its copies
    assert on_disk(settings) == before


def test_all_of_it_goes_with_it(cast: Cast, bring, settings, django_capture_on_commit_callbacks) -> None:
    bring(LARGE)
    Asset.objects.update(created_at=now() - timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_unused_files(now()) == 1
    assert on_disk(settings) == 0


def test_a_disk_that_is_full_after_the_first_file_keeps_none(cast: Cast, bring, settings, monkeypatch) -> None:
    save, saved = default_storage.save, []

    def full(name: str, content) -> str:
        if len(saved) == 2:
            raise OSError(28, "No space left on device")
        saved.append(save(name, content))
        return saved[-1]

    monkeypatch.setattr(default_storage, "save", full)
    with pytest.raises(OSError, match="No space"):
        bring(LARGE)
    assert len(saved) == 2
    assert (on_disk(settings), Asset.objects.count()) == (0, 0)


def test_all_of_it_is_saved(cast: Cast, bring, tmp_path: Path, settings) -> None:
    asset = bring(LARGE)
    with tarfile.open(tmp_path.parent / "some.tar", "w") as tar:
        writer = archive.ArchiveWriter(tar)
        archive_saving.add_media_files(writer, {})
    assert {name.removeprefix("media/") for name in writer.files} == asset.file_names
    assert len(asset.file_names) == 3
