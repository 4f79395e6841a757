"""A person's own picture: taken from almost any file, shown wherever they are, to their colleagues alone."""

import io
import os
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image, PngImagePlugin

from foundation.errors import Invalid
from inbox.actions.assign import assign_conversation
from inbox.actions.ingest import ingest_inbound
from inbox.actions.reply import reply_to_conversation
from inbox.models import Conversation
from organizations.actions.leaving import offboard_member
from organizations.actions.own_details import set_picture
from organizations.middleware import PICTURE_CACHE_CONTROL
from organizations.models import AuditEntry, Member
from organizations.people.portraits import LEAST_SIDE, MOST_PORTRAIT_BYTES, PORTRAIT_SIDE, render_portrait
from organizations.tenancy import scope
from publishing.actions.review import submit_post
from teams.actions.tasks import create_task
from teams.models import Task
from tests import media
from tests.disks import full  # noqa: F401 - a fixture
from tests.inbox.talk import EVE, only_conversation, says
from tests.posts import create_post

YOU = "/o/acme/settings/you/"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>40,25N</exif:GPSLatitude></x:xmpmeta>'


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def upload(cast, sign_in):
    def uploaded(content: bytes, member: Member | None = None):
        return sign_in(member or cast.ed).post(YOU + "picture/", {"picture": SimpleUploadedFile("me.jpg", content)})

    return uploaded


def text_of(answer) -> str:
    return answer.content.decode()


def face_in(page: str) -> str:
    """The address of the only face on the page."""
    found = set(re.findall(r'src="(/o/acme/faces/[^"]+)"', page))
    assert len(found) == 1, found
    return found.pop()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def halves(size: tuple[int, int], form: str = "PNG", **options) -> bytes:
    """Navy above, orange below."""
    image = Image.new("RGB", size, "navy")
    image.paste("orange", (0, size[1] // 2, *size))
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def is_orange(image: Image.Image, at: tuple[int, int]) -> bool:
    red, _green, blue = image.convert("RGB").getpixel(at)
    return red > 200 and blue < 90


# --- what is kept ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(900, 300), (300, 900), (20, 20), (256, 256)])
def test_a_small_square_is_cut_out_of_it(form, size):
    small = opened(render_portrait(media.picture(form, size)))
    assert (small.format, small.size) == ("WEBP", (PORTRAIT_SIDE, PORTRAIT_SIDE))


def test_of_whoever_stands_the_upper_part_is_kept():
    small = opened(render_portrait(halves((300, 900))))
    assert not is_orange(small, (128, 20))
    assert sum(is_orange(small, (128, y)) for y in range(PORTRAIT_SIDE)) < PORTRAIT_SIDE / 3


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_it_is_upright_and_nothing_of_its_notes_is_left(form):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 3, "Zymurgy"
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 25.0, 12.0), 3: "W", 4: (3.0, 42.0, 1.0)})
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
    more = {"pnginfo": notes} if form == "PNG" else {"xmp": XMP}
    kept = render_portrait(halves((300, 300), form, exif=exif, **more))
    assert is_orange(opened(kept), (128, 20)), "upside down"
    small = opened(kept)
    assert not small.getexif()
    assert not {"exif", "xmp", "icc_profile", "XML:com.adobe.xmp"} & small.info.keys()
    assert all(word not in kept for word in (b"Zymurgy", b"GPS", b"EXIF", b"XMP"))


def test_one_sees_through_what_one_saw_through():
    out = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(render_portrait(out.getvalue())).getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA"])
def test_every_kind_of_png_is_taken(mode):
    out = io.BytesIO()
    Image.new(mode, (40, 40)).save(out, "PNG")
    assert opened(render_portrait(out.getvalue())).size == (PORTRAIT_SIDE, PORTRAIT_SIDE)


def test_a_printers_jpeg_and_a_png_with_a_long_note_are_taken():
    out = io.BytesIO()
    Image.new("CMYK", (40, 40)).save(out, "JPEG")
    assert render_portrait(out.getvalue())
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "a" * 3_000_000, zip=True)
    assert render_portrait(halves((64, 64), pnginfo=notes))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<script>alert(1)</script>", "JPEG, PNG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "JPEG, PNG or WebP"),
        (media.moving("GIF"), "JPEG, PNG or WebP"),
        (media.bomb(), "million pixels"),
        (media.picture("PNG", (LEAST_SIDE - 1, 400)), "at least"),
        (media.picture("JPEG", (400, 400))[:-300], "damaged"),
        (media.picture("PNG", (400, 400))[:-60], "damaged"),
        (media.picture() + b"\0" * MOST_PORTRAIT_BYTES, "10 MB"),
    ],
    ids=["script", "svg", "gif", "bomb", "tiny", "cut jpeg", "cut png", "heavy"],
)
def test_hostile_and_huge_files_are_refused_in_words(upload, settings, content, says):
    with pytest.raises(Invalid, match=says):
        render_portrait(content)
    answer = upload(content)
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert not list(settings.MEDIA_ROOT.rglob("*.*"))


def test_nothing_is_asked_for_in_words(upload):
    assert upload(b"").status_code == 422


@pytest.mark.parametrize("where", ["MEDIA_ROOT", "FILE_UPLOAD_TEMP_DIR"])
def test_a_full_disk_is_told_and_nothing_is_left(upload, settings, full, where):  # noqa: F811
    folder, disk = full
    setattr(settings, where, str(folder))
    noise = Image.frombytes("RGB", (1100, 1000), os.urandom(3_300_000))
    out = io.BytesIO()
    noise.save(out, "PNG")
    with disk():
        answer = upload(out.getvalue())
    assert answer.status_code == 507
    assert "There is no room left" in text_of(answer)
    assert [path.name for path in folder.rglob("*") if path.is_file() and path.name != "ballast"] == []


# --- who sees it ----------------------------------------------------------------------------------------------------


def test_it_is_shown_to_colleagues_replaced_and_removed(cast, sign_in, upload, in_acme):
    assert upload(media.picture(colour="teal")).status_code == 302
    first = face_in(text_of(sign_in(cast.vic).get("/o/acme/settings/people/")))
    shown = sign_in(cast.vic).get(first)
    assert shown["Content-Type"] == "image/webp"
    assert "sandbox" in shown["Content-Security-Policy"]
    assert opened(b"".join(shown.streaming_content)).size == (PORTRAIT_SIDE, PORTRAIT_SIDE)
    assert upload(media.picture(colour="orange")).status_code == 302
    second = face_in(text_of(sign_in(cast.vic).get("/o/acme/settings/people/")))
    assert second != first, "another picture has another address"
    assert sign_in(cast.ed).post(YOU + "picture/remove/").status_code == 302
    assert sign_in(cast.ed).post(YOU + "picture/remove/").status_code == 302
    assert "/faces/" not in text_of(sign_in(cast.vic).get("/o/acme/settings/people/"))
    assert sign_in(cast.vic).get(second).status_code == 404
    verbs = AuditEntry.objects.filter(verb__startswith="member.picture").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["member.picture_changed", "member.picture_changed", "member.picture_removed"]


def test_the_file_before_goes_when_the_change_is_kept(upload, settings, django_capture_on_commit_callbacks, cast):
    with django_capture_on_commit_callbacks(execute=True):
        upload(media.picture())
        upload(media.picture(colour="orange"))
    cast.ed.user.refresh_from_db()
    assert [path.name for path in settings.MEDIA_ROOT.rglob("*.webp")] == [cast.ed.user.picture.name.split("/")[1]]


def test_it_is_kept_by_the_browser_alone_and_only_under_its_own_address(cast, sign_in, upload, in_acme):
    upload(media.picture())
    address = face_in(text_of(sign_in(cast.vic).get("/o/acme/settings/people/")))
    kept = sign_in(cast.vic).get(address)
    assert (kept["Cache-Control"], "Cookie" in kept["Vary"]) == (PICTURE_CACHE_CONTROL, True)
    assert "private" in PICTURE_CACHE_CONTROL
    for other in (address.partition("?")[0], address + "0"):
        assert sign_in(cast.vic).get(other)["Cache-Control"] == "no-store"


def test_nobody_else_sees_it(cast, sign_in, client, upload, in_acme):
    upload(media.picture())
    address = face_in(text_of(sign_in(cast.vic).get("/o/acme/settings/people/")))
    assert sign_in(cast.mallory).get(address).status_code == 404
    assert sign_in(cast.mallory).get(address.replace("acme", "globex")).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302
    offboard_member(cast.olive, cast.ed, successor=cast.lena)
    assert sign_in(cast.vic).get(address).status_code == 404
    assert "/faces/" not in text_of(sign_in(cast.olive).get("/o/acme/settings/people/?show=left"))


def test_a_person_has_one_picture_in_every_organization(cast, sign_in, upload):
    with scope(cast.globex):
        there = Member.objects.create(user=cast.ed.user, organization=cast.globex, role="member")
    upload(media.picture())
    page = text_of(sign_in(cast.mallory).get("/o/globex/settings/people/"))
    assert f"/o/globex/faces/{there.pk}/?" in page
    assert "/o/acme/" not in page


def test_nobody_sets_anybody_elses(cast, upload, in_acme):
    upload(media.picture(), cast.olive)
    assert set(Member.objects.exclude(user__picture="").values_list("pk", flat=True)) == {cast.olive.pk}


# --- where it is shown ----------------------------------------------------------------------------------------------


@pytest.fixture
def faced(cast, in_acme) -> Conversation:
    """Lena, with a picture, in everything that has people. She was given the conversation and has answered in it."""
    set_picture(cast.lena, content=media.picture())
    cast.lena.user.refresh_from_db()
    create_task(cast.olive, title="Bake", member=cast.lena)
    submit_post(cast.lena, create_post(cast.lena, text="Bread", profiles=[cast.page.pk]))
    message = ingest_inbound(cast.x, [says()])[0]
    assign_conversation(cast.olive, only_conversation(), member=cast.lena)
    reply_to_conversation(cast.lena, only_conversation(), text="Soon", seen=message.pk)
    return only_conversation()


WHERE = [
    "settings/people/",
    "settings/people/{lena}/",
    "teams/",
    "teams/chart/",
    "teams/rights/why/{lena}/{x}/",
    "activity/",
    "approvals/",
    "tasks/?view=given",
    "tasks/{task}/",
    "inbox/",
    "inbox/{talk}/messages/",
    "inbox/{talk}/head/",
    "analytics/answers/",
]


@pytest.mark.parametrize("path", WHERE)
def test_it_stands_wherever_the_person_has_a_face(cast, sign_in, faced, path):
    names = {"lena": cast.lena.pk, "x": cast.x.pk, "task": Task.objects.get().pk, "talk": faced.pk}
    page = text_of(sign_in(cast.olive).get("/o/acme/" + path.format(**names)))
    assert f'src="/o/acme/faces/{cast.lena.pk}/?{cast.lena.user.picture_mark}"' in page


def test_it_stands_in_ones_own_shell(cast, sign_in, faced):
    page = text_of(sign_in(cast.lena).get("/o/acme/profiles/"))
    assert f'src="/o/acme/faces/{cast.lena.pk}/?' in page[page.index('class="sidebar"') :]


@pytest.mark.parametrize(
    "path", ["settings/people/", "teams/", "teams/chart/", "activity/", "inbox/", "tasks/?view=given"]
)
def test_more_faces_cost_no_more_queries(cast, sign_in, faced, path):
    client, counts = sign_in(cast.olive), []
    client.get("/o/acme/" + path)
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/o/acme/" + path)
        counts.append(len(queries))
        for one in (cast.ed, cast.priya, cast.cole, cast.ava):
            set_picture(one, content=media.picture())
            create_task(cast.olive, title="Bake", member=one)
        ingest_inbound(cast.x, [says(author=EVE)])
        assign_conversation(cast.olive, Conversation.objects.get(assignee=None), member=cast.cole)
    assert counts[0] == counts[1]
