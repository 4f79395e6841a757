"""Files as they are taken in, described and placed: what is kept, refused, said and written down."""

import hashlib
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest

from foundation.errors import Invalid, PermissionDenied
from foundation.overtaking import Overtaken
from networks.contract import Media, MediaKind
from organizations.actors import System
from organizations.models import AuditEntry
from publishing.actions import assets as taking
from publishing.actions.assets import describe_asset, upload_asset
from publishing.actions.attachments import (
    MOST_FILES,
    FilePlacement,
    resolve_placed_files,
    store_attachments,
    update_alt_texts,
)
from publishing.media.file_inspection import FileInfo
from publishing.media.renditions import KeptFile, ReceivedFile
from publishing.models import Asset, Attachment
from tests import media
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("in_acme", "networks_take")


def entry(verb: str) -> tuple[str, str, dict]:
    found = AuditEntry.objects.filter(verb=verb).latest("pk")
    return found.actor_name, found.target_id, found.change


class TestTakingIn:
    def test_what_its_bytes_say_is_kept(self, cast: Cast) -> None:
        made = upload_asset(cast.ed, BytesIO(media.picture()), alt_text=" Bread\r\nand butter ")
        row = Asset.objects.get()
        with row.file.open("rb") as file:
            content = file.read()
        assert (row, row.organization, row.author) == (made, cast.acme, cast.ed)
        assert (row.kind, row.content_type, row.width, row.height, row.seconds) == ("image", "image/png", 40, 30, None)
        assert (row.bytes, row.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert row.alt_text == "Bread\nand butter"
        told = {"kind": "image", "width": 40, "height": 30, "bytes": len(content)}
        assert entry("asset.created") == ("Ed", str(row.pk), told)

    def test_a_video_says_how_long_it_is(self, cast: Cast) -> None:
        assert upload_asset(cast.ed, BytesIO(media.video(seconds=2.0))).seconds == 2.0

    def test_the_product_itself_is_no_author(self, cast: Cast) -> None:
        assert upload_asset(System("demo"), BytesIO(media.picture())).author is None

    @pytest.mark.parametrize(
        ("given", "fields"),
        [
            ({"file": None}, {"file": ["Choose a file."]}),
            ({"alt_text": "a\0"}, {"alt_text": ["Line 1, character 2 cannot be shown (U+0000). Remove it."]}),
            ({"alt_text": "x" * 1001}, {"alt_text": ["Describe it in at most 1,000 characters."]}),
        ],
    )
    def test_what_is_wrong_is_named(self, cast: Cast, given: dict, fields: dict) -> None:
        with pytest.raises(Invalid) as refused:
            upload_asset(cast.ed, **({"file": BytesIO(media.picture())} | given))
        assert refused.value.fields == fields
        assert not Asset.objects.exists()

    def test_who_writes_for_nobody_has_nothing_that_it_could_go_with(self, cast: Cast) -> None:
        with pytest.raises(PermissionDenied) as refused:
            upload_asset(cast.ana, BytesIO(media.picture()))
        assert refused.value.user_message.startswith("You may not write for any profile")

    def test_what_could_not_be_written_down_is_not_left_on_the_disk(self, cast: Cast, monkeypatch, tmp_path) -> None:
        def fails(*given: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(taking.audit, "record", fails)
        with pytest.raises(ZeroDivisionError):
            upload_asset(cast.ed, BytesIO(media.picture()))
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def kept(content: bytes) -> KeptFile:
    found = FileInfo(MediaKind.IMAGE, "image/jpeg", 40, 30)
    return KeptFile(BytesIO(content), found, hashlib.sha256(content).hexdigest(), len(content))


class TestBeside:
    """The file that leaves, its copies for other networks, and the original."""

    @pytest.fixture
    def first(self) -> KeptFile:
        return kept(b"first")

    @pytest.mark.parametrize(
        ("copies", "came", "beside"), [([], b"", 0), ([b"copy"], b"", 4), ([b"copy"], b"came!!", 10)]
    )
    def test_what_is_kept_beside_it_is_counted(self, cast: Cast, first: KeptFile, copies, came, beside) -> None:
        found = ReceivedFile(first, tuple(map(kept, copies)), kept(came) if came else None)
        made = taking.build_asset(cast.ed, found, "Bread")
        assert (made.organization_id, made.kind, made.content_type, made.width, made.height, made.seconds) == (
            cast.acme.pk,
            "image",
            "image/jpeg",
            40,
            30,
            None,
        )
        assert (made.bytes, made.bytes_beside, made.sha256, made.alt_text) == (5, beside, first.sha256, "Bread")

    def test_what_leaves_as_it_came_is_kept_once(self, cast: Cast, first: KeptFile, tmp_path) -> None:
        found = ReceivedFile(first, (), kept(b"first"))
        made = taking.build_asset(cast.ed, found, "")
        with ExitStack() as undo:
            taking.store_asset_files(undo, made, found, "hut.jpg")
            assert (made.bytes_beside, made.original["file"]) == (0, made.file.name)
            assert len(stored(tmp_path)) == 1

    def test_all_of_it_is_stored_where_it_belongs_and_taken_away_again(
        self, cast: Cast, first: KeptFile, tmp_path
    ) -> None:
        found = ReceivedFile(first, (kept(b"copy"),), kept(b"came!!"))
        made = taking.build_asset(cast.ed, found, "")
        with ExitStack() as undo:
            taking.store_asset_files(undo, made, found, "My hut.png")
            names = [made.file.name, made.renditions[0]["name"], made.original["file"]]
            assert [(tmp_path / name).read_bytes() for name in names] == [b"first", b"copy", b"came!!"]
            assert [name.partition("/")[0] for name in names] == ["assets", "assets", "originals"]
            assert made.original == {
                "file": names[2],
                "name": "My hut.png.jpg",
                "content_type": "image/jpeg",
                "bytes": 6,
                "width": 40,
                "height": 30,
            }
            assert (made.renditions[0]["size"], made.renditions[0]["content_type"]) == (4, "image/jpeg")
        assert stored(tmp_path) == []

    @pytest.mark.parametrize(("name", "called"), [("hut.jpg", "hut.jpg"), (None, "original.jpg")])
    def test_all_of_it_has_to_fit(self, cast: Cast, first: KeptFile, monkeypatch, name, called) -> None:
        asked: list[int] = []
        monkeypatch.setattr(taking, "receive_file", lambda file: ReceivedFile(first, (kept(b"copy"),), kept(b"came!!")))
        monkeypatch.setattr(taking, "require_storage", asked.append)
        made = upload_asset(cast.ed, SimpleNamespace(name=name))  # type: ignore[arg-type]
        assert (asked, made.original["name"]) == ([15], called)


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class TestDescribing:
    def test_other_words_are_written_down_once(self, cast: Cast, upload) -> None:
        asset = upload(cast.ed, alt_text="Bread")
        for _ in range(2):
            changed = describe_asset(cast.ed, asset, alt_text=" Butter\r\n")
        assert changed.alt_text == Asset.objects.get().alt_text == "Butter"
        assert entry("asset.described") == ("Ed", str(asset.pk), {"alt_text": ["Bread", "Butter"]})
        assert AuditEntry.objects.filter(verb="asset.described").count() == 1

    def test_what_is_wrong_overtaken_or_not_theirs_stays(self, cast: Cast, upload) -> None:
        asset = upload(cast.ed, alt_text="Bread")
        with pytest.raises(Invalid):
            describe_asset(cast.ed, asset, alt_text="a\0")
        with pytest.raises(Overtaken):
            describe_asset(cast.ed, asset, alt_text="Butter", seen="something else")
        with pytest.raises(PermissionDenied):
            describe_asset(cast.ava, asset, alt_text="Butter")
        assert describe_asset(cast.ed, asset, alt_text="Butter", seen=asset.mark).alt_text == "Butter"


class TestPlacing:
    def placed(self, cast: Cast, placing: FilePlacement, texts: int = 2, kept: tuple = ()) -> tuple[list, dict]:
        problems: dict[str, list[str]] = {}
        found = resolve_placed_files(cast.ed, placing, texts, kept, problems)
        return [[(one.asset, one.media.alt_text) for one in part] for part in found], problems

    @pytest.mark.parametrize(
        ("first", "others", "texts", "parts"),
        [
            ((1,), ((2,),), 2, [(1,), (2,)]),
            ((1,), (), 3, [(1,), (), ()]),
            (None, None, 3, [None, None, None]),
            ((1,), None, 1, [(1,)]),
            ((), ((2,), (3,)), 2, [(), (2,), (3,)]),
        ],
    )
    def test_which_go_with_which_text(self, first, others, texts, parts) -> None:
        assert FilePlacement(first, others).by_part(texts) == parts

    def test_each_once_with_its_words_or_those_given_now(self, cast: Cast, upload) -> None:
        one, two = upload(cast.ed, alt_text="One"), upload(cast.ed, alt_text="Two")
        placing = FilePlacement([one.pk, two.pk, one.pk], [[two.pk]], {two.pk: " New\r\n"})
        assert self.placed(cast, placing) == ([[(one.pk, "One"), (two.pk, "New")], [(two.pk, "New")]], {})
        assert self.placed(cast, FilePlacement()) == ([], {})

    def test_what_is_named_nowhere_stays(self, cast: Cast, upload) -> None:
        one, two = upload(cast.ed), upload(cast.ed)
        kept = ((one.attached("Old"),), (two.attached("Too"),))
        assert self.placed(cast, FilePlacement(None, None), kept=kept)[0] == [[(one.pk, "Old")], [(two.pk, "Too")]]
        assert self.placed(cast, FilePlacement([], None), kept=kept)[0] == [[], [(two.pk, "Too")]]
        assert self.placed(cast, FilePlacement(None, []), kept=kept)[0] == [[(one.pk, "Old")], []]
        assert self.placed(cast, FilePlacement(None, None), kept=kept[:1])[0] == [[(one.pk, "Old")], []]

    def test_what_cannot_be_is_named_beside_its_part(self, cast: Cast, upload) -> None:
        mine = upload(cast.ed)
        strange = [0, -1, 2**63, mine.pk + 1]
        found, problems = self.placed(cast, FilePlacement([mine.pk, *strange], [[mine.pk]]))
        assert problems == {"media": [f"There is no file {pk}." for pk in strange]}
        assert found == [[(mine.pk, "")]]
        assert self.placed(cast, FilePlacement([], [[strange[0]]]))[1] == {"thread_media": ["There is no file 0."]}
        assert self.placed(cast, FilePlacement([], [[], []]))[1] == {"thread_media": ["The thread has no part 3."]}
        assert self.placed(cast, FilePlacement([], [[mine.pk]]), texts=1)[1] == {
            "thread_media": ["The thread has no part 2."]
        }
        told = {"media": ["Line 1, character 2 cannot be shown (U+0000). Remove it."]}
        assert self.placed(cast, FilePlacement([mine.pk], [], {mine.pk: "a\0"}))[1] == told
        many = FilePlacement([mine.pk] * (MOST_FILES + 1))
        assert self.placed(cast, many)[1] == {"media": ["Choose at most 40 files for one text."]}
        assert self.placed(cast, FilePlacement([mine.pk] * MOST_FILES))[1] == {}

    def test_they_are_frozen_in_their_order(self, cast: Cast, upload, write) -> None:
        post = write(cast.ed)
        one, two = upload(cast.ed), upload(cast.ed)
        store_attachments(post.revision, ((two.attached("B"), one.attached("A")), (one.attached("C"),)))
        found = Attachment.objects.values_list("organization", "revision", "part", "place", "asset", "alt_text")
        assert list(found.order_by("part", "place")) == [
            (cast.acme.pk, post.revision_id, 1, 1, two.pk, "B"),
            (cast.acme.pk, post.revision_id, 1, 2, one.pk, "A"),
            (cast.acme.pk, post.revision_id, 2, 1, one.pk, "C"),
        ]

    def test_words_given_while_writing_are_the_files_own_where_one_may_say_so(self, cast: Cast, upload) -> None:
        mine, other = upload(cast.ed, alt_text="Old"), upload(cast.ed, alt_text="Old")
        placed = [tuple(one.attached("New") for one in (mine, other))]
        for actor, words in ((cast.ana, "Old"), (cast.ed, "New"), (cast.ed, "New")):
            update_alt_texts(actor, placed, {mine.pk: "New"})
            assert dict(Asset.objects.values_list("pk", "alt_text")) == {mine.pk: words, other.pk: "Old"}
        assert AuditEntry.objects.filter(verb="asset.described").count() == 1


def test_what_is_attached_says_what_it_is(cast: Cast, upload) -> None:
    asset = upload(cast.ed)
    found = asset.attached("Bread")
    assert found.asset == asset.pk
    assert found.media == Media(
        asset.file.name,
        MediaKind.IMAGE,
        "image/png",
        size=asset.bytes,
        sha256=asset.sha256,
        width=40,
        height=30,
        seconds=None,
        alt_text="Bread",
    )
