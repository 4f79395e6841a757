"""Files brought to the practice networks by the real adapters, shown, and forgotten with what showed them."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files import File
from django.core.files.storage import default_storage

from networks import errors
from networks.access import open_adapter
from networks.contract import Draft, DraftKind, Media, MediaKind, Uploaded
from networks.sandbox import practice_files
from networks.sandbox.actions import delete_entry, lift_fault, set_fault
from networks.sandbox.models import Entry, Upload
from organizations.tenancy import scope
from tests.networks.contract import TEXT

pytestmark = pytest.mark.usefixtures("in_acme")
ONLY_X = pytest.mark.parametrize("profile", ["x"], indirect=True)
PNG = b"\x89PNG\r\n\x1a\n and the rest of a boot"
MP4 = b"\0\0\0\x18ftypmp42 and the rest of a walk"
TYPES = {MediaKind.IMAGE: "image/png", MediaKind.GIF: "image/gif", MediaKind.VIDEO: "video/mp4"}


@pytest.fixture(autouse=True)
def storage(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def now() -> datetime:
    return datetime.now(UTC)


def file(content: bytes = PNG, kind: MediaKind = MediaKind.IMAGE, alt_text: str = "A boot") -> Media:
    return Media("boot", kind, TYPES[kind], len(content), sha256(content).hexdigest(), 8, 8, None, alt_text)


def bring(adapter, content: bytes = PNG, kind: MediaKind = MediaKind.IMAGE, alt_text: str = "A boot") -> Uploaded:
    return adapter.upload(file(content, kind, alt_text), BytesIO(content))


def draft(held: list[Uploaded], text: str = TEXT) -> Draft:
    return Draft(DraftKind.POST, text, media=(file(),) * len(held), uploads=tuple(held))


def test_pictures_are_brought_posted_read_back_and_deleted(adapter, acme, storage) -> None:
    began = now()
    held = [bring(adapter, PNG + bytes([number]), alt_text=f"Boot {number}") for number in range(4)]
    published = adapter.publish(draft(held[::-1]))
    assert adapter.find(draft(held[::-1]), since=began).remote_id == published.remote_id
    assert adapter.find(draft([Uploaded("1", "3_1")]), since=began) is None
    with scope(acme):
        entry = Entry.objects.get(remote_id=published.remote_id)
        assert [one.alt_text for one in entry.files] == ["Boot 3", "Boot 2", "Boot 1", "Boot 0"]
        assert [default_storage.open(one.file).read()[-1] for one in entry.files] == [3, 2, 1, 0]
    adapter.delete(published.remote_id)
    with scope(acme):
        assert not Upload.objects.exists()
    assert not [one for one in storage.rglob("*") if one.is_file()]


def test_a_big_picture_comes_in_parts_and_is_whole_again(adapter, acme, storage) -> None:
    content = PNG + bytes(range(256)) * 10_000
    held = bring(adapter, content)
    with scope(acme):
        upload = Upload.objects.get(remote_id=held.media_id)
    assert default_storage.open(upload.file).read() == content
    assert len([one for one in storage.rglob("*") if one.is_file()]) == 1
    assert adapter.check_upload(held).media_id == held.media_id


def test_the_same_words_may_be_said_again_beside_another_picture(adapter) -> None:
    first = adapter.publish(draft([bring(adapter)]))
    second = adapter.publish(draft([bring(adapter)]))
    assert first.remote_id != second.remote_id
    adapter.publish(Draft(DraftKind.POST, TEXT))
    with pytest.raises(errors.Duplicate):
        adapter.publish(Draft(DraftKind.POST, TEXT))


def test_what_may_not_be_shown_is_refused(adapter, acme, cast, connect) -> None:
    used, expired, spare = bring(adapter), bring(adapter), bring(adapter)
    adapter.publish(draft([used]))
    with scope(acme):
        Upload.objects.filter(remote_id=expired.media_id).update(expires_at=now() - timedelta(seconds=1))
    theirs = connect(cast.globex, adapter.network, "globex_shop")
    with scope(cast.globex):
        foreign = bring(open_adapter(theirs))
    nothing = Uploaded("404404404", "3_404404404")
    for held in ([used], [expired], [foreign], [nothing], [spare, used], [spare, spare], [Uploaded("x\0", "x")]):
        with pytest.raises(errors.Refused):
            adapter.publish(draft(held, text="Another"))
    with scope(acme):
        entry = Entry.objects.get()
        with pytest.raises(practice_files.UploadUsed):  # as when two posts come at once
            practice_files.attach_uploads(entry, entry.files)
    alone = adapter.publish(draft([spare], text=""))
    assert adapter.find(draft([spare], text=""), since=now()).remote_id == alone.remote_id


def test_what_is_no_picture_or_too_big_is_refused(adapter, acme) -> None:
    big = PNG + bytes(adapter.capabilities.media[MediaKind.IMAGE].most_bytes)
    for content in (b"", b"<svg onload=alert(1)>", b"MZ a program", big):
        with pytest.raises(errors.Refused):
            bring(adapter, content)
    with scope(acme):
        assert not Upload.objects.exclude(file="").exists()


def test_what_nobody_used_in_time_is_forgotten_with_the_next_file(adapter, acme, storage) -> None:
    held = bring(adapter)
    with scope(acme):
        Upload.objects.update(expires_at=now() - timedelta(seconds=1))
    with pytest.raises(errors.Gone):
        adapter.check_upload(held)
    bring(adapter)
    with scope(acme):
        assert Upload.objects.count() == 1
    assert len([one for one in storage.rglob("*") if one.is_file()]) == 1


@ONLY_X
def test_x_works_on_a_video_and_can_make_nothing_of_one_that_is_none(adapter, acme) -> None:
    held = bring(adapter, MP4, MediaKind.VIDEO)
    assert held.ready_at > now()
    assert adapter.check_upload(held).ready_at
    with pytest.raises(errors.Gone):
        adapter.publish(draft([held]))
    with scope(acme):
        Upload.objects.update(ready_at=now())
    ready = adapter.check_upload(held)
    assert ready.ready_at is None
    for mixed in ([ready, bring(adapter)], [ready, ready]):
        with pytest.raises(errors.Refused):
            adapter.publish(draft(mixed))
    assert adapter.find(draft([ready]), since=now()) is None
    adapter.publish(draft([ready]))
    held = bring(adapter, b"no video at all", MediaKind.VIDEO)
    with scope(acme):
        Upload.objects.update(ready_at=now())
    with pytest.raises(errors.Refused, match="Unsupported video format"):
        adapter.check_upload(held)


def test_what_goes_wrong_strikes_a_file_first(adapter, account) -> None:
    for kind, error in [
        ("failed", errors.Unavailable),
        ("limited", errors.RateLimited),
        ("signed_out", errors.Disconnected),
        ("down", errors.Unavailable),
    ]:
        set_fault(account, kind, times=3)
        for _ in range(3):
            with pytest.raises(error):
                bring(adapter)
        lift_fault(account)
    adapter.publish(draft([bring(adapter)]))


def test_what_befalls_a_post_itself_waits_for_it(adapter, account) -> None:
    began = now()
    for kind, error in [
        ("failed_after", errors.Ambiguous),
        ("unreadable", errors.Ambiguous),
        ("duplicate", errors.Duplicate),
    ]:
        set_fault(account, kind)
        held = bring(adapter)
        with pytest.raises(error):
            adapter.publish(draft([held]))
        assert bool(adapter.find(draft([held]), since=began)) is (kind != "duplicate")


def test_deleting_an_answer_forgets_what_it_showed(adapter, acme, account) -> None:
    ours = adapter.publish(Draft(DraftKind.POST, "Our post"))
    with scope(acme):
        root = Entry.objects.get(remote_id=ours.remote_id)
        begun = practice_files.begin_upload(account, kind=MediaKind.IMAGE, content_type="image/png", size=len(PNG))
        kept = practice_files.store_upload(begun, File(BytesIO(PNG)))
        answer = Entry.objects.create(
            network=root.network,
            number=root.number + 1,
            remote_id="9",
            author=account,
            parent=root,
            root=root,
            text="",
            created_at=now(),
        )
        practice_files.attach_uploads(answer, [kept])
        delete_entry(root)
        assert not Upload.objects.exists()
