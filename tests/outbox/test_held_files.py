"""Which files a network holds, which are brought, and what becomes of a row whose files are not there."""

import hashlib
import uuid
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.timezone import now

from networks import errors
from networks.contract import (
    Draft,
    DraftKind,
    Media,
    MediaKind,
    Uploaded,
    Uploads,
)
from networks.models import Circuit, Outgoing, Upload
from networks.outbox import (
    claims,
    files,
    uploading,
)
from tests.cast import Cast
from tests.outbox.pretended import AT, MINUTE, SECOND, error
from tests.outbox.rows import put


class TestFiles:
    BREAD = Media(
        "bread.jpg",
        MediaKind.IMAGE,
        "image/jpeg",
        size=1,
        sha256=hashlib.sha256(b"bread").hexdigest(),
        width=1,
        height=1,
    )

    @pytest.fixture
    def row(self, cast: Cast, in_acme) -> Outgoing:
        row = put(cast.x)
        row.draft = Draft(DraftKind.POST, "Bread", media=(self.BREAD, self.BREAD)).as_json()
        row.save()
        return row

    def brought(self, row: Outgoing, place: int, **more: Any) -> Upload:
        return files.store_upload(row, place, Uploaded(**({"media_id": f"m{place}", "marker": f"k{place}"} | more)))

    def test_what_the_network_holds_is_kept_whole(self, row: Outgoing) -> None:
        made = Upload.objects.get(pk=self.brought(row, 1, ready_at=AT, expires_at=AT + MINUTE).pk)
        assert (made.outgoing, made.place, made.media_id, made.marker, made.ready_at, made.expires_at) == (
            row,
            1,
            "m1",
            "k1",
            AT,
            AT + MINUTE,
        )

    @pytest.mark.parametrize(
        ("left", "usable"), [(timedelta(minutes=10), True), (timedelta(minutes=10) - SECOND, False), (None, True)]
    )
    def test_what_it_forgets_soon_is_brought_anew(self, row: Outgoing, left, usable) -> None:
        self.brought(row, 0, expires_at=None if left is None else AT + left)
        assert set(files.held_uploads(row, AT)) == ({0} if usable else set())

    def test_the_last_brought_counts_and_only_its_own(self, cast: Cast, row: Outgoing) -> None:
        self.brought(row, 0)
        self.brought(row, 0, media_id="newer")
        self.brought(put(cast.x), 1)
        assert {place: one.media_id for place, one in files.held_uploads(row, AT).items()} == {0: "newer"}

    def test_whether_any_is_lacking(self, cast: Cast, row: Outgoing) -> None:
        assert files.lacks_files(put(cast.x), AT) is False
        assert files.lacks_files(row, AT) is True
        self.brought(row, 0)
        waits = self.brought(row, 1, ready_at=AT)
        assert files.lacks_files(row, AT) is True
        Upload.objects.filter(pk=waits.pk).update(ready_at=None)
        assert files.lacks_files(row, AT) is False

    def test_what_is_sent_and_what_is_looked_for(self, row: Outgoing) -> None:
        bare = Draft(DraftKind.POST, "Bread")
        assert files.attach_uploads(row, bare, AT) is bare
        assert files.attach_all_uploads(row, bare) is bare
        self.brought(row, 1)
        self.brought(row, 0, expires_at=AT)
        self.brought(row, 0, media_id="newer")
        sent = files.attach_uploads(row, row.frozen, AT)
        assert [one.media_id for one in sent.uploads] == ["newer", "m1"]
        found = files.attach_all_uploads(row, row.frozen)
        assert {one.media_id for one in found.uploads} == {"m0", "newer", "m1"}
        assert found.uploads_known is True
        row.restoration_id = 5
        assert files.attach_all_uploads(row, row.frozen).uploads_known is False

    def test_all_of_them_are_brought_anew(self, cast: Cast, row: Outgoing) -> None:
        self.brought(row, 0)
        other = put(cast.x)
        self.brought(other, 0)
        files.expire_uploads(row, AT)
        files.expire_uploads(other, AT)
        assert Upload.objects.get(outgoing=row).expires_at == AT
        assert Upload.objects.get(outgoing=other).expires_at is None

    def test_what_never_had_any_lacks_none(self) -> None:
        assert files.lacks_files(Outgoing(draft={"text": "Bread"}), AT) is False

    def test_only_what_was_approved_is_opened(self, settings, tmp_path) -> None:
        settings.MEDIA_ROOT = tmp_path
        with pytest.raises(errors.Refused) as refused, files.open_stored_media(self.BREAD):
            pass
        assert (refused.value.user_message, refused.value.detail) == (
            "A file of this post is no longer stored here.",
            "bread.jpg",
        )
        default_storage.save("bread.jpg", ContentFile(b"bread"))
        with files.open_stored_media(self.BREAD) as file:
            assert file.read() == b"bread"
        (tmp_path / "bread.jpg").write_bytes(b"cake")
        with pytest.raises(errors.Refused) as refused, files.open_stored_media(self.BREAD):
            pass
        assert (refused.value.user_message, refused.value.detail) == (
            "A file of this post is not what it was, so it was not sent.",
            "bread.jpg",
        )

    def test_lost_by_the_network_they_are_brought_once_more(self, cast: Cast, row: Outgoing) -> None:
        gone = error(errors.Gone)
        assert uploading.outcome_of_lost_files(put(cast.x), gone).event == "refuse"
        made = self.brought(row, 0)
        found = uploading.outcome_of_lost_files(row, gone)
        assert (found.event, found.word, found.reason, found.detail, found.answered) == (
            "postpone",
            "not sent",
            "Its files are brought once more.",
            "Why",
            True,
        )
        assert found.due_at is not None
        made.refresh_from_db()
        assert made.expires_at == found.due_at
        assert uploading.outcome_of_lost_files(row, gone).event == "refuse"

    def test_what_another_row_has_lost_is_nothing_of_this_one(self, cast: Cast, row: Outgoing) -> None:
        other = put(cast.x)
        self.brought(row, 0)
        self.brought(other, 0, expires_at=AT)
        assert uploading.outcome_of_lost_files(row, error(errors.Gone)).event == "postpone"

    def test_another_row_of_the_same_worker_keeps_its_own_lease(self, cast: Cast, row: Outgoing) -> None:
        claim = uuid.uuid4()
        other = put(cast.page, state="sending", claim=claim, lease_until=AT)
        Outgoing.objects.filter(pk=row.pk).update(state="sending", claim=claim)
        row.claim = claim
        uploading.extend_lease(row)
        assert Outgoing.objects.get(pk=other.pk).lease_until == AT

    def test_the_lease_is_kept_while_they_are_on_their_way(self, row: Outgoing) -> None:
        claim = uuid.uuid4()
        Outgoing.objects.filter(pk=row.pk).update(state="sending", claim=claim)
        row.claim = claim
        began = now()
        uploading.extend_lease(row)
        row.refresh_from_db()
        assert began + uploading.UPLOAD_LEASE <= row.lease_until <= now() + uploading.UPLOAD_LEASE
        uploading.extend_lease(row, MINUTE)
        assert row.lease_until <= now() + MINUTE
        for columns in ({"state": "waiting"}, {"claim": uuid.uuid4()}):
            Outgoing.objects.filter(pk=row.pk).update(**columns)
            with pytest.raises(errors.NotSent) as refused:
                uploading.extend_lease(row)
            assert refused.value.user_message == "Our worker was held up, so nothing was sent."
            Outgoing.objects.filter(pk=row.pk).update(state="sending", claim=claim)


class Holder(Uploads):
    """Takes files, and says when they are ready."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), []

    def upload(self, media: Media, file: Any) -> Uploaded:
        self.asked.append(media.name)
        return self.answers.pop(0)

    def check_upload(self, uploaded: Uploaded) -> Uploaded:
        self.asked.append(uploaded.media_id)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class TestBringing:
    @pytest.fixture
    def row(self, cast: Cast, in_acme, monkeypatch) -> Outgoing:
        @contextmanager
        def opened(media: Media):
            yield SimpleNamespace(name=media.name)

        monkeypatch.setattr(uploading, "open_stored_media", opened)
        row = put(cast.x, state="sending", claim=uuid.uuid4(), attempt_count=1)
        names = [
            Media(name, MediaKind.IMAGE, "image/jpeg", size=1, sha256="", width=1, height=1) for name in ("a", "b")
        ]
        row.draft = Draft(DraftKind.POST, "Bread", media=tuple(names)).as_json()
        row.save()
        return row

    def test_each_that_is_missing_is_brought_once(self, row: Outgoing) -> None:
        holder: Any = Holder(Uploaded("m0", "k0"), Uploaded("m1", "k1"))
        uploading.upload_missing_files(row, holder)
        assert holder.asked == ["a", "b"]
        uploading.upload_missing_files(row, Holder())  # type: ignore[arg-type]
        assert [(one.place, one.media_id) for one in Upload.objects.order_by("place")] == [(0, "m0"), (1, "m1")]

    def test_what_the_network_works_on_is_asked_about(self, row: Outgoing) -> None:
        soon, later = now() + MINUTE, now() + 2 * MINUTE
        with pytest.raises(errors.NotReady) as met:
            uploading.upload_missing_files(
                row, Holder(Uploaded("m0", "k0", ready_at=soon), Uploaded("m1", "k1", ready_at=later))
            )  # type: ignore[arg-type]
        assert (met.value.ready_at, met.value.user_message) == (later, "The network is still working on its files.")
        holder: Any = Holder(Uploaded("m0", "k0"), error(errors.Gone), Uploaded("new", "k"))
        uploading.upload_missing_files(row, holder)
        assert holder.asked == ["m0", "m1", "b"]
        assert Upload.objects.get(media_id="m0").ready_at is None

    def test_a_network_that_takes_no_files_says_so(self, row: Outgoing) -> None:
        with pytest.raises(errors.Refused) as refused:
            uploading.upload_missing_files(row, object())  # type: ignore[arg-type]
        assert refused.value.user_message == "This network takes no files from us."

    @pytest.mark.parametrize(
        ("fails", "expected"),
        [
            (error(errors.Refused), ("refuse", "refused", "So.", "Why", True)),
            (error(errors.Gone), ("postpone", "not sent", "So.", "Why", False)),
            (
                ZeroDivisionError(),
                (
                    "postpone",
                    "not sent",
                    "Something went wrong on our side before it was sent.",
                    "Something went wrong on our side before it was sent.",
                    False,
                ),
            ),
        ],
    )
    def test_what_goes_wrong_on_the_way_is_an_outcome(self, row: Outgoing, monkeypatch, fails, expected) -> None:
        def bring_missing(given, adapter):
            assert given is row
            raise fails

        monkeypatch.setattr(uploading, "upload_missing_files", bring_missing)
        monkeypatch.setattr(uploading, "open_adapter", lambda profile, keep_alive: None)
        found = uploading.upload_files(row)
        assert found is not None
        assert (found.event, found.word, found.reason, found.detail, found.answered) == expected

    @pytest.mark.parametrize("ahead", [MINUTE, -MINUTE])
    def test_what_is_not_ready_is_asked_for_again_then(self, row: Outgoing, monkeypatch, ahead) -> None:
        at = now() + ahead

        def bring_missing(row, adapter):
            raise errors.NotReady("Wait.", ready_at=at)

        monkeypatch.setattr(uploading, "upload_missing_files", bring_missing)
        monkeypatch.setattr(uploading, "open_adapter", lambda profile, keep_alive: None)
        began = now()
        found = uploading.upload_files(row)
        assert found is not None
        assert (found.event, found.word, found.reason, found.answered) == ("postpone", "processing", "Wait.", True)
        assert found.detail == "Wait."
        assert found.due_at is not None
        assert found.due_at == at if ahead > timedelta(0) else began + SECOND <= found.due_at <= now() + SECOND

    def test_all_there_it_stays_leased_for_the_sending(self, row: Outgoing, monkeypatch) -> None:
        monkeypatch.setattr(uploading, "upload_missing_files", lambda row, adapter: None)
        monkeypatch.setattr(uploading, "open_adapter", lambda profile, keep_alive: keep_alive())
        began = now()
        assert uploading.upload_files(row) is None
        row.refresh_from_db()
        assert began + claims.SEND_LEASE <= row.lease_until <= now() + claims.SEND_LEASE

    @pytest.mark.parametrize(
        ("columns", "taken"),
        [
            ({}, True),
            ({"bring_at": AT + SECOND}, False),
            ({"state": "sending"}, False),
            ({"held": "too_late"}, False),
            ({"held": "chain"}, True),
        ],
    )
    def test_files_go_ahead_of_what_waits(self, cast: Cast, in_acme, columns, taken, django_assert_num_queries) -> None:
        row = put(cast.x, **({"bring_at": AT} | columns))
        found = uploading.claim_upload_ahead(AT)
        assert (found == row) is taken
        if taken:
            assert Outgoing.objects.get().bring_at is None
            with django_assert_num_queries(0):
                assert (found.profile.credential, found.profile.organization) != (None, None)
        Outgoing.objects.update(bring_at=AT)
        Circuit.objects.create(network="x", failing_since=AT, opened_at=AT)
        assert uploading.claim_upload_ahead(AT) is None
