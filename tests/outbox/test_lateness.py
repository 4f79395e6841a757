"""What would leave too late waits for a person, where the organization wants it so."""

import uuid
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils.timezone import now

from networks.actions.outgoing import cancel_outgoing, enqueue_outgoing, reschedule_outgoing, retry_outgoing
from networks.contract import Draft, DraftKind
from networks.models import Held, Outgoing, Profile
from networks.outbox.claims import begin_next_row
from networks.outbox.sending import send_next
from networks.outbox.too_late_rows import format_timespan
from networks.signals import outgoing_held
from organizations.actions.organizations import change_organization
from organizations.models import Organization
from organizations.tenancy import scope
from tests.cast import Cast

LIMIT = 30  # minutes
LATE = timedelta(minutes=LIMIT + 1)


@pytest.fixture(autouse=True)
def strict(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.acme.pk).update(too_late_minutes=LIMIT)


@pytest.fixture
def told():
    """The rows of which the floors above were told."""
    found: list[Outgoing] = []

    def hear(rows, **_) -> None:
        found.extend(rows)

    outgoing_held.connect(hear)
    yield found
    outgoing_held.disconnect(hear)


def put(profile: Profile, *, kind: DraftKind = DraftKind.POST, late: timedelta = LATE, **columns) -> Outgoing:
    with scope(profile.organization_id):
        draft = Draft(kind=kind, text="Bread", in_reply_to="1" if kind == DraftKind.REPLY else "")
        row = enqueue_outgoing(profile, draft, key=str(uuid.uuid4()), due_at=now() - late)
        Outgoing.objects.filter(pk=row.pk).update(**columns)
        row.refresh_from_db()
    return row


def begun(cast: Cast) -> Outgoing | None:
    with scope(cast.acme):
        found = begin_next_row(now())
    return found[0] if found and found[1] else None


def test_what_is_too_late_is_held_told_and_says_why_and_the_next_row_goes_on(cast: Cast, told) -> None:
    late, punctual = put(cast.x), put(cast.x, late=timedelta(0))
    with scope(cast.acme):
        assert send_next() is True
        late.refresh_from_db()
        assert (late.state, late.held, late.attempt_count) == ("waiting", Held.TOO_LATE, 0)
        assert late.reason == "It would have left 31 min after its time. It waits for somebody to decide."
        assert told == [late]
    assert begun(cast) == punctual


def test_it_is_held_once_and_not_asked_for_again(cast: Cast, told) -> None:
    put(cast.x)
    with scope(cast.acme):
        assert [send_next(), send_next()] == [True, False]
    assert len(told) == 1


@pytest.mark.parametrize(
    "case",
    [
        {"late": timedelta(minutes=LIMIT - 1)},
        {"kind": DraftKind.REPLY},  # somebody waits for it
    ],
)
def test_what_leaves_all_the_same(cast: Cast, case) -> None:
    row = put(cast.x, **case)
    assert begun(cast) == row


def test_a_part_of_what_has_begun_leaves_however_late(cast: Cast) -> None:
    first = put(cast.x, late=timedelta(0), state="sent")
    row = put(cast.x, after=first)
    assert begun(cast) == row


def test_six_hours_unless_somebody_said_otherwise(cast: Cast) -> None:
    assert cast.globex.too_late_minutes == 360
    held, free = put(cast.theirs, late=timedelta(hours=6, minutes=1)), put(cast.theirs, late=timedelta(hours=5))
    with scope(cast.globex):
        assert begin_next_row(now())[0].held == Held.TOO_LATE
        assert begin_next_row(now())[0] == free
    held.refresh_from_db()
    assert (held.state, held.held) == ("waiting", Held.TOO_LATE)


def test_existing_organizations_get_it_unless_they_chose(cast: Cast) -> None:
    choose = import_module("organizations.migrations.0013_too_late_default").choose
    Organization.objects.update(too_late_minutes=None)
    change = {"name": "Globex", "time_zone": "UTC"}
    with scope(cast.globex):
        change_organization(cast.mallory, cast.globex, **change, too_late_minutes=30)
        change_organization(cast.mallory, cast.globex, **change, too_late_minutes=0)
    choose(apps, None)
    kept = dict(Organization.objects.values_list("slug", "too_late_minutes"))
    assert kept == {"acme": 360, "globex": None}


def test_without_a_rule_everything_leaves(cast: Cast) -> None:
    Organization.objects.update(too_late_minutes=None)
    row = put(cast.x, late=timedelta(days=3))
    assert begun(cast) == row


def test_the_rule_of_one_organization_is_no_rule_for_another(cast: Cast) -> None:
    row = put(cast.theirs)
    with scope(cast.globex):
        assert begin_next_row(now())[0] == row


@pytest.mark.usefixtures("in_acme")
def test_a_person_who_sends_it_now_is_not_asked_again(cast: Cast) -> None:
    row = put(cast.x, held=Held.TOO_LATE, reason="Its time has passed.")
    reschedule_outgoing(row, due_at=now())
    row.refresh_from_db()
    assert (row.held, row.reason) == ("", "")
    assert begun(cast) == row


@pytest.mark.usefixtures("in_acme")
def test_what_a_person_tries_again_counts_from_now(cast: Cast) -> None:
    row = put(cast.x, state="failed")
    retry_outgoing(cast.olive, row)
    assert begun(cast) == row


@pytest.mark.usefixtures("in_acme")
def test_moving_leaves_other_holds_alone_and_cancelling_ends_it(cast: Cast) -> None:
    part, late = put(cast.x, held=Held.CHAIN), put(cast.x, held=Held.TOO_LATE)
    reschedule_outgoing(part, due_at=now())
    cancel_outgoing(late)
    assert Outgoing.objects.get(pk=part.pk).held == Held.CHAIN
    assert Outgoing.objects.get(pk=late.pk).state == "cancelled"
    assert begun(cast) is None


@pytest.mark.usefixtures("in_acme")
def test_asking_costs_a_turn_nothing(cast: Cast, django_assert_num_queries) -> None:
    put(cast.x, late=timedelta(0))
    with django_assert_num_queries(6):  # savepoint and its release, choice and lock, row, move, attempt
        begin_next_row(now())


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(45, "45 min"), (60, "1 h"), (200, "3 h 20 min"), (60 * 47, "47 h"), (60 * 72 + 5, "3 days")],
)
def test_a_length_of_time_in_words(minutes: int, words: str) -> None:
    assert format_timespan(timedelta(minutes=minutes)) == words
