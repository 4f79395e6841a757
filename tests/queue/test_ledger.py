"""The attempts of a delivery read like a story, in the reader's own time."""

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import now

from networks.models import Attempt, Outgoing
from organizations.actors import System
from publishing.queries.delivery_history import HistoryLine, delivery_histories, format_elapsed
from publishing.queries.delivery_parts import load_parts
from publishing.queries.shown_deliveries import meaningful_deliveries
from tests.cast import Cast

PLANNED = datetime.fromisoformat("2026-11-23T09:00:00+00:00")


@pytest.fixture
def attempt(lay):
    """attempt("send", "unknown", after=0.4, took=30) -> one try of the one row, so many seconds after its time."""
    row = lay("Bread", planned_at=PLANNED, first_tried_at=PLANNED + timedelta(seconds=0.412))

    def tried(
        kind: str, outcome: str, *, after: float, took: float | None = 0.5, worker: str = "w:1", **more
    ) -> Outgoing:
        begun = PLANNED + timedelta(seconds=after)
        ended = None if took is None else begun + timedelta(seconds=took)
        given = {"worker": worker, "started_at": begun, "finished_at": ended, "outcome": outcome} | more
        Attempt.objects.create(outgoing=row, kind=kind, draft_hash="3f9a1c2bdd", **given)
        return row

    return tried


def lines(row: Outgoing) -> list[HistoryLine]:
    """As the page of its post tells them."""
    read = load_parts(meaningful_deliveries(System("test")).filter(outgoing=row))
    return delivery_histories(read)[row.delivery.pk]


def told(row: Outgoing) -> list[str]:
    return [line.text for line in lines(row)]


def test_a_lost_answer_that_was_found(attempt) -> None:
    attempt("send", "unknown", after=0.412, took=30, detail="timed out")
    row = attempt("look", "sent", after=31)
    assert told(row) == [
        "Its time came.",
        "Sent to X, 412 ms after its time …",
        "No clear answer after 30.0 s: it may be there. We look before it is sent again.",
        "Looked on the profile (500 ms): found, and linked.",
    ]


def test_what_repeats_itself_is_told_once(attempt) -> None:
    for number in range(12):
        row = attempt("look", "could not look", after=60 * number, detail="503")
    assert told(row) == [
        "Its time came.",
        "The profile could not be looked at (500 ms).",
        "The same 11 more times. This was the last.",
    ]


def test_what_was_not_found_is_sent_once_more(cast: Cast, attempt, sign_in) -> None:
    attempt("send", "unknown", after=0.412, took=30)
    for number in range(3):
        attempt("look", "not found", after=31 + 9 * number, detail="Not on the profile yet.")
    attempt("look", "not found", after=71, detail="It was not there, so it is sent once more.")
    row = attempt("send", "sent", after=72)
    once_more = "Sent once more, for it was not found; look whether it is there once"
    assert told(row)[-2:] == [f"{once_more} …", "X took it after 500 ms."]
    page = f"/o/acme/posts/{row.delivery.post_id}/"
    Outgoing.objects.update(state="sent", sent_at=now())
    assert f"{once_more}." not in sign_in(cast.olive).get(page).content.decode()
    Outgoing.objects.update(resends=1)
    assert f"{once_more}." in sign_in(cast.olive).get(page).content.decode()


def test_what_a_person_has_sent_again_is_simply_sent(attempt) -> None:
    attempt("look", "not found", after=60)
    attempt("person", "send again", after=600)
    assert told(attempt("send", "sent", after=601))[-2] == "Sent to X …"


def test_a_person_decided(attempt) -> None:
    attempt("look", "needs a person", after=60)
    row = attempt("person", "it is there", after=600, worker="Olive 100%")
    assert told(row)[-1] == "Olive 100% said that it is there."


def test_what_is_under_way(attempt) -> None:
    row = attempt("send", "", after=0.412, took=None)
    last = lines(row)[-1]
    assert (last.state, last.aside) == ("sending", "by the server w, text 3f9a1c2b")


def test_an_outcome_without_a_sentence_is_shown_as_it_is(attempt) -> None:
    assert told(attempt("send", "100% odd", after=1))[-1] == "100% odd"


def test_lengths_of_time() -> None:
    given = (0.0004, 0.312, 1.24, 59.94, 61, 7500)
    assert [format_elapsed(timedelta(seconds=one)) for one in given] == [
        "0 ms",
        "312 ms",
        "1.2 s",
        "59.9 s",
        "1 min",
        "2 h 5 min",
    ]


def test_the_post_shows_it_by_the_readers_clock_with_what_comes_next(cast: Cast, sign_in, attempt) -> None:
    attempt("send", "not sent", after=0.412, detail="connection refused")
    row = attempt("send", "not sent", after=4)
    Outgoing.objects.filter(pk=row.pk).update(
        attempt_count=2, reason="X could not be reached.", due_at=now() + timedelta(minutes=4)
    )
    page = " ".join(sign_in(cast.priya).get(f"/o/acme/posts/{row.delivery.post_id}/").content.decode().split())
    assert "Mon 23 Nov · Europe/Madrid" in page
    assert ">10:00:00.4</time>" in page
    assert 'title="10:00:00.412"' in page
    assert "by the server w, text 3f9a1c2b" in page
    assert "X could not be reached. <span" in page
    assert "It is tried again: <time" in page
