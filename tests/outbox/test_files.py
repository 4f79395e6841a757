"""Files of a post: brought before it, as often as needed; the post itself leaves once."""

import uuid
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.timezone import now

from networks.actions.outgoing import enqueue_chain, enqueue_outgoing, reschedule_outgoing, retry_outgoing
from networks.contract import Draft, DraftKind, Media, MediaKind
from networks.models import Outgoing, Profile, Upload
from networks.outbox import uploading
from networks.outbox.claims import SEND_LEASE, begin_next_row, reap_lost_rows
from networks.outbox.uploading import upload_files_ahead
from organizations.tenancy import scope
from tests import builders

BOOT, SHOE = b"\x89PNG of a boot", b"\x89PNG of a shoe"
CALLS = 4  # announced, one segment, closed, described


@pytest.fixture(autouse=True)
def storage(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def stored(content: bytes) -> Media:
    name = default_storage.save(f"{uuid.uuid4()}.png", ContentFile(content))
    digest = sha256(content).hexdigest()
    return Media(name, MediaKind.IMAGE, "image/png", len(content), digest, 8, 8, alt_text="Footwear")


def put(outbox, *contents: bytes, text: str = "Look", at=None) -> Outgoing:
    with scope(outbox.profile.organization_id):
        draft = Draft(kind=DraftKind.POST, text=text, media=tuple(stored(content) for content in contents))
        return enqueue_outgoing(outbox.profile, draft, key=str(uuid.uuid4()), due_at=at or now())


def fault_at_create(outbox, fault: str, files: int = 1) -> None:
    outbox.network.fail_next("", times=CALLS * files)
    outbox.network.fail_next(fault)


def minutes(outbox, count: int = 4) -> None:
    for number in range(count):
        outbox.step(after=timedelta(seconds=45 * number))


def test_they_are_brought_first_and_shown_in_their_order(outbox) -> None:
    row = put(outbox, BOOT, SHOE)
    outbox.step()
    (shown,) = outbox.network.published_media()
    assert [outbox.network.held[media_id].content for media_id in shown] == [BOOT, SHOE]
    assert outbox.network.held[shown[0]].alt_text == "Footwear"
    assert outbox.ledger(row) == [("upload", "uploaded"), ("send", "sent")]


@pytest.mark.parametrize("fault", ["cut_after", "error_after", "nonsense", "silent"])
@pytest.mark.parametrize("call", range(CALLS))
def test_an_upload_that_broke_off_is_repeated_and_never_looked_for(outbox, fault: str, call: int) -> None:
    outbox.network.fail_next("", times=call)
    outbox.network.fail_next(fault)
    row = put(outbox, BOOT)
    minutes(outbox)
    assert outbox.row(row).state == "sent"
    assert [kind for kind, _ in outbox.ledger(row)] == ["upload", "upload", "send"]
    assert len(outbox.network.own) == 1


@pytest.mark.parametrize("fault", ["cut_after", "error_after", "nonsense", "empty"])
def test_a_post_whose_end_is_not_known_is_found_by_its_files(outbox, fault: str) -> None:
    earlier = put(outbox, SHOE)
    outbox.step()
    fault_at_create(outbox, fault)
    row = put(outbox, BOOT)  # with the same words
    minutes(outbox)
    assert [outbox.row(one).state for one in (earlier, row)] == ["sent", "sent"]
    assert [media for (media,) in outbox.network.published_media()] == list(outbox.network.held)
    assert outbox.row(row).remote_post.remote_id != outbox.row(earlier).remote_post.remote_id


def test_what_is_not_there_leaves_with_the_files_already_brought(outbox) -> None:
    fault_at_create(outbox, "cut")
    row = put(outbox, BOOT)
    minutes(outbox, 8)
    assert outbox.row(row).state == "sent"
    assert len(outbox.network.held) == 1
    assert len(outbox.network.own) == 1


def test_a_file_that_the_network_works_on_is_waited_for(outbox) -> None:
    outbox.network.processing = ["pending", "succeeded"]
    row = put(outbox, BOOT)
    outbox.step()
    waiting = outbox.row(row)
    assert (waiting.state, bool(waiting.reason)) == ("waiting", True)
    assert now() < waiting.due_at < now() + timedelta(minutes=2)
    other = outbox.put("Meanwhile")
    outbox.step()
    assert outbox.row(other).state == "sent"
    minutes(outbox)
    assert outbox.row(row).state == "sent"
    assert ("upload", "processing") in outbox.ledger(row)
    assert len(outbox.network.held) == 1


def test_a_file_that_the_network_cannot_use_fails_the_post(outbox) -> None:
    outbox.network.processing = ["pending", "failed"]
    row = put(outbox, BOOT)
    minutes(outbox)
    assert outbox.row(row).state == "failed"
    assert "Unsupported frame rate" in outbox.row(row).reason
    assert outbox.network.own == []


def test_one_that_is_tried_again_brings_its_files_anew(outbox) -> None:
    outbox.network.fail_next("", times=CALLS)
    outbox.network.fail_next("duplicate")
    row = put(outbox, BOOT)
    outbox.step()
    with scope(row.organization_id):
        retry_outgoing(builders.SETUP, outbox.row(row))
    outbox.step()
    assert outbox.row(row).state == "sent"
    assert outbox.network.published_media() == [[list(outbox.network.held)[1]]]


def test_files_that_expire_are_brought_anew(outbox) -> None:
    row = put(outbox, BOOT, at=now() + timedelta(minutes=5))
    bring_ahead_of(row)
    Upload.unscoped.update(expires_at=now() + timedelta(minutes=1))
    outbox.step(after=timedelta(minutes=5))
    assert outbox.row(row).state == "sent"
    assert len(outbox.network.held) == 2


def test_a_file_that_the_network_lost_is_brought_once_more(outbox) -> None:
    row = put(outbox, BOOT, at=now() + timedelta(minutes=5))
    bring_ahead_of(row)
    (lost,) = outbox.network.held.values()
    lost.closed = False  # "Your media IDs are invalid."
    for seconds in (0, 1):
        outbox.step(after=timedelta(minutes=5, seconds=seconds))
    assert outbox.row(row).state == "sent"
    assert outbox.ledger(row) == [("send", "not sent"), ("upload", "uploaded"), ("send", "sent")]


def test_but_not_for_ever(outbox, monkeypatch) -> None:
    monkeypatch.setattr(
        outbox.network,
        "_create",
        lambda sent: outbox.network._invalid("media.media_ids", "Your media IDs are invalid."),
    )
    row = put(outbox, BOOT)
    minutes(outbox, 6)
    assert outbox.row(row).state == "failed"
    assert len(outbox.network.held) == 2


@pytest.mark.parametrize("harm", ["gone", "other bytes"])
def test_what_is_not_what_was_approved_does_not_leave(outbox, harm: str) -> None:
    row = put(outbox, BOOT)
    name = row.frozen.media[0].name
    default_storage.delete(name)
    if harm == "other bytes":
        default_storage.save(name, ContentFile(SHOE))
    outbox.step()
    assert outbox.row(row).state == "failed"
    assert outbox.network.calls == []


def test_a_worker_that_died_while_uploading_has_sent_nothing(outbox) -> None:
    row = put(outbox, BOOT)
    with scope(row.organization_id):
        begin_next_row(now())
    assert reap_lost_rows(now() + 2 * SEND_LEASE) == 1
    assert outbox.row(row).state == "waiting"
    assert outbox.ledger(row) == [("upload", "not sent")]
    outbox.step(after=3 * SEND_LEASE)
    assert outbox.row(row).state == "sent"


def test_whoever_lost_the_row_while_uploading_sends_nothing(outbox, monkeypatch) -> None:
    put(outbox, BOOT)
    bring = uploading.upload_file

    def held_up(*args: object) -> object:
        Outgoing.unscoped.update(claim=uuid.uuid4())  # another has it by now
        return bring(*args)

    monkeypatch.setattr(uploading, "upload_file", held_up)
    outbox.step()
    assert outbox.network.own == []


def bring_ahead_of(row: Outgoing) -> None:
    Outgoing.unscoped.filter(pk=row.pk).update(bring_at=now())
    upload_files_ahead()


def test_they_are_there_before_its_time(outbox) -> None:
    row = put(outbox, BOOT, at=now() + timedelta(hours=1))
    assert row.bring_at == row.due_at - timedelta(minutes=15)
    upload_files_ahead()
    assert outbox.network.calls == []
    bring_ahead_of(row)
    assert len(outbox.network.held) == 1
    assert outbox.network.own == []
    outbox.step(after=timedelta(hours=1))
    assert outbox.ledger(row) == [("send", "sent")]


def test_what_fails_ahead_of_its_time_is_done_when_it_is_sent(outbox) -> None:
    row = put(outbox, BOOT, at=now() + timedelta(minutes=5))
    outbox.network.fail_next("cut")
    bring_ahead_of(row)
    assert outbox.row(row).state == "waiting"
    outbox.step(after=timedelta(minutes=5))
    assert outbox.row(row).state == "sent"


def test_a_slow_file_is_asked_for_again_ahead_of_its_time(outbox) -> None:
    outbox.network.processing = ["pending"]
    row = put(outbox, BOOT, at=now() + timedelta(minutes=5))
    bring_ahead_of(row)
    assert now() < outbox.row(row).bring_at < now() + timedelta(minutes=1)


def test_another_time_brings_them_at_another_time(outbox) -> None:
    row = put(outbox, BOOT, at=now() + timedelta(hours=1))
    later = now() + timedelta(hours=2)
    with scope(row.organization_id):
        reschedule_outgoing(row, due_at=later)
    assert outbox.row(row).bring_at == later - timedelta(minutes=15)


def test_each_part_of_a_thread_brings_its_own(outbox) -> None:
    with scope(outbox.profile.organization_id):
        first = Draft(kind=DraftKind.POST, text="One", media=(stored(BOOT),))
        drafts = [first, replace(first, text="Two", media=(stored(SHOE),)), replace(first, text="Three", media=())]
        enqueue_chain(outbox.profile, drafts, key="thread", due_at=now())
    fault_at_create(outbox, "cut_after", files=1)
    minutes(outbox, 6)
    assert set(Outgoing.unscoped.values_list("state", flat=True)) == {"sent"}
    shown = [[outbox.network.held[one].content for one in ids] for ids in outbox.network.published_media()]
    assert shown == [[BOOT], [SHOE], []]


def test_a_profile_that_is_signed_out_takes_no_files(outbox) -> None:
    row = put(outbox, BOOT, at=now() + timedelta(minutes=5))
    Profile.unscoped.update(state="disconnected")
    bring_ahead_of(row)
    assert outbox.network.calls == []
