"""An older state of the database came back: what may have left since is looked for before it leaves."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import F
from django.utils.timezone import now

from networks.actions.outgoing import delete_remote_post, enqueue_chain, enqueue_outgoing, reschedule_outgoing
from networks.actions.profiles import store_connected_profile
from networks.actions.restoring import record_restoration, watch_pulse
from networks.contract import Draft, DraftKind, Identity, Media, MediaKind
from networks.models import FallbackPlan, Held, Outgoing, Profile, Pulse, RemotePost, Restoration
from networks.outbox import circuits, pulse
from networks.outbox.claims import begin_next_row, claim_row_to_look_for
from networks.outbox.doubted_rows import SHOWN_WITHIN
from networks.outbox.reconciling import reconcile_row
from networks.tasks import tick
from organizations.models import Mail, NotificationSettings, Organization
from organizations.tenancy import scope
from publishing.actions.fallback_plans import send_through_stand_in, set_fallback_plan
from publishing.actions.schedule import schedule_post
from publishing.models import Delivery
from publishing.planning.fallback_runs import apply_fallback_plans
from tests import builders
from tests.outbox.conftest import Outbox
from tests.posts import create_post

How = Restoration.How
HOUR = timedelta(hours=1)
AFTER = SHOWN_WITHIN + timedelta(seconds=5)  # as a network shows by now whatever it took before


@pytest.fixture(autouse=True)
def never_too_late(outbox: Outbox) -> None:
    outbox.network.refuses_duplicates = False  # nothing but us keeps it from leaving twice
    Organization.objects.update(too_late_minutes=None)


def restore(*, how: Restoration.How = How.RESTORE) -> Restoration:
    """As if the backup had been made an hour ago."""
    written = now() - 2 * HOUR
    Outgoing.unscoped.update(created_at=written)
    return record_restoration(how, dumped_at=now() - HOUR, now=now())


def left_since(outbox: Outbox, text: str) -> str:
    """It left between the backup and the restore."""
    return outbox.network.add(text)


def pass_time(outbox: Outbox, steps: int = 2) -> None:
    """The network has shown by now whatever it ever took."""
    Restoration.objects.update(noticed_at=F("noticed_at") - AFTER)
    for number in range(steps):
        outbox.step(after=AFTER + timedelta(seconds=2 * number))


def run(outbox: Outbox) -> None:
    outbox.step()
    pass_time(outbox)


def test_what_left_since_is_found_and_what_did_not_leaves_once(outbox: Outbox) -> None:
    there = outbox.put("There", at=now() - timedelta(minutes=30))
    missing = outbox.put("Missing", at=now() - timedelta(minutes=20))
    remote_id = left_since(outbox, "There")
    restore()
    run(outbox)
    assert outbox.network.published_texts() == ["There", "Missing"]
    assert {outbox.row(there).state, outbox.row(missing).state} == {"sent"}
    assert RemotePost.unscoped.get(outgoing=there).remote_id == remote_id
    assert outbox.ledger(there) == [("look", "sent")]
    assert [word for _kind, word in outbox.ledger(missing)] == ["not found", "not found", "sent"]
    assert not Outgoing.unscoped.filter(doubted=True).exists()


def test_what_is_planned_for_later_keeps_its_time_and_is_looked_for_then(outbox: Outbox) -> None:
    later = outbox.put("Sent now after the backup", at=now() + HOUR)
    left_since(outbox, "Sent now after the backup")
    restore()
    assert outbox.row(later).state == "waiting"
    outbox.step(after=HOUR + timedelta(seconds=1))
    outbox.step(after=HOUR + timedelta(seconds=3))
    assert outbox.row(later).state == "sent"
    assert outbox.network.published_texts() == ["Sent now after the backup"]


def test_what_was_written_afterwards_leaves_as_ever(outbox: Outbox) -> None:
    restore()
    fresh = outbox.put("Fresh")
    outbox.step()
    assert outbox.ledger(fresh) == [("send", "sent")]


def test_a_draft_that_may_have_been_published_since_is_looked_for(outbox: Outbox) -> None:
    left_since(outbox, "A draft then")
    restoration = restore()
    with scope(outbox.profile.organization_id):
        draft = Draft(kind=DraftKind.POST, text="A draft then")
        written = restoration.dumped_at - HOUR
        row = enqueue_outgoing(outbox.profile, draft, key="again", due_at=now(), written_at=written)
    outbox.step()
    outbox.step(after=timedelta(seconds=2))
    assert outbox.row(row).state == "sent"
    assert outbox.network.published_texts() == ["A draft then"]


def test_each_part_of_a_thread_is_looked_for(outbox: Outbox) -> None:
    with scope(outbox.profile.organization_id):
        drafts = [Draft(kind=DraftKind.POST, text=text) for text in ("One", "Two", "Three")]
        first = enqueue_chain(outbox.profile, drafts, key="thread", due_at=now() - timedelta(minutes=30))
    one = left_since(outbox, "One")
    outbox.network.add("Two", parent=one)
    restore()
    pass_time(outbox, 8)
    assert outbox.network.published_texts() == ["One", "Two", "Three"]
    assert {row.state for row in Outgoing.unscoped.filter(pk__gte=first.pk)} == {"sent"}


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_what_was_on_its_way_at_the_backup_is_looked_for(outbox: Outbox, state: str) -> None:
    row = outbox.put("On its way", at=now() - timedelta(minutes=61))
    changed = {"state": state, "first_tried_at": now() - HOUR, "lease_until": now() + HOUR, "attempt_count": 1}
    Outgoing.unscoped.filter(pk=row.pk).update(**changed, needs_person=state == "unknown")
    left_since(outbox, "On its way")
    restore()
    outbox.step()
    assert outbox.row(row).state == "sent"
    assert outbox.network.published_texts() == ["On its way"]


def test_nothing_is_concluded_while_the_network_may_show_it_late(outbox: Outbox) -> None:
    row = outbox.put("Late", at=now() - timedelta(minutes=1))
    left_since(outbox, "Late")
    outbox.network.hidden_reads = 1
    restore()
    outbox.step()
    assert outbox.row(row).state == "unknown"
    outbox.step(after=SHOWN_WITHIN - timedelta(seconds=5))
    assert outbox.row(row).state == "unknown"
    pass_time(outbox)
    assert outbox.row(row).state == "sent"
    assert outbox.network.published_texts() == ["Late"]


def test_what_is_too_late_by_now_waits_for_a_person(outbox: Outbox) -> None:
    Organization.objects.update(too_late_minutes=10)
    row = outbox.put("Old news", at=now() - timedelta(minutes=30))
    restore()
    outbox.step()
    Restoration.objects.update(noticed_at=F("noticed_at") - AFTER)
    look(outbox)
    with scope(outbox.profile.organization_id):
        assert begin_next_row(now() + AFTER)[0].held == Held.TOO_LATE
    assert (outbox.row(row).state, outbox.row(row).held) == ("waiting", Held.TOO_LATE)
    assert outbox.network.published_texts() == []


def look(outbox: Outbox) -> None:
    while claim := claim_row_to_look_for(now() + AFTER):
        with scope(claim.organization_id):
            reconcile_row(claim.outgoing_id, claim.token)


def test_what_was_held_as_too_late_and_sent_by_a_person_since_is_found(outbox: Outbox) -> None:
    held, kept = outbox.put("Sent by hand", at=now() - 2 * HOUR), outbox.put("Never sent", at=now() - 2 * HOUR)
    Outgoing.unscoped.update(held=Held.TOO_LATE)
    left_since(outbox, "Sent by hand")
    restore()
    Restoration.objects.update(noticed_at=F("noticed_at") - AFTER)
    look(outbox)
    assert outbox.row(held).state == "sent"
    assert (outbox.row(kept).state, outbox.row(kept).held) == ("waiting", Held.TOO_LATE)


def test_who_moves_it_after_all_has_it_looked_for(outbox: Outbox) -> None:
    row = outbox.put("Moved", at=now() + HOUR)
    left_since(outbox, "Moved")
    restore()
    with scope(outbox.profile.organization_id):
        reschedule_outgoing(outbox.row(row), due_at=now())
    outbox.step()
    outbox.step(after=timedelta(seconds=2))
    assert outbox.network.published_texts() == ["Moved"]
    assert outbox.row(row).state == "sent"


FILE = Media("a.png", MediaKind.IMAGE, "image/png", size=10, sha256="0" * 64, width=4, height=3)


def put_with_file(outbox: Outbox, text: str) -> Outgoing:
    draft = Draft(kind=DraftKind.POST, text=text, media=(FILE,))
    with scope(outbox.profile.organization_id):
        return enqueue_outgoing(outbox.profile, draft, key=f"file {text}", due_at=now() - timedelta(minutes=30))


def test_files_that_were_brought_since_the_backup_rule_nothing_out(outbox: Outbox) -> None:
    row = put_with_file(outbox, "With a picture")
    outbox.network.add("With a picture", media=["7001"])
    restore()
    outbox.step()
    assert outbox.row(row).state == "sent"


def test_files_on_a_page_rule_nothing_out_either(page: Outbox) -> None:
    row = put_with_file(page, "With a picture")
    page.network.add("With a picture", media=["7001"])
    restore()
    page.step()
    assert page.row(row).state == "sent"


def test_files_without_words_wait_for_a_person(outbox: Outbox) -> None:
    row = put_with_file(outbox, "")
    outbox.network.add("", media=["7001"])
    restore()
    outbox.step()
    assert (outbox.row(row).state, outbox.row(row).needs_person) == ("unknown", True)
    assert "no words" in outbox.row(row).reason


def test_to_delete_may_be_repeated(outbox: Outbox) -> None:
    row = outbox.put("Gone soon")
    outbox.step()
    with scope(outbox.profile.organization_id):
        deletion = delete_remote_post(builders.SETUP, RemotePost.objects.get(outgoing=row))
    restore()
    outbox.step()
    assert outbox.row(deletion).state == "sent"


def test_a_sign_in_that_was_renewed_since_waits_for_a_person_and_is_looked_for_once_connected(outbox: Outbox) -> None:
    row = outbox.put("Who knows", at=now() - timedelta(minutes=30))
    left_since(outbox, "Who knows")
    restore()
    outbox.network.fail_next("signed_out", read=True, times=9)
    outbox.step()
    waiting = outbox.row(row)
    assert (waiting.state, waiting.needs_person, waiting.profile.state) == ("unknown", True, "disconnected")
    outbox.network.reads.clear()
    reconnect(outbox.profile)
    outbox.step(after=AFTER)
    assert outbox.row(row).state == "sent"
    assert outbox.network.published_texts() == ["Who knows"]


def test_what_is_on_a_profile_that_is_cut_off_waits_for_a_person(outbox: Outbox) -> None:
    row = outbox.put("Cut off", at=now() - timedelta(minutes=30))
    Profile.unscoped.filter(pk=outbox.profile.pk).update(state="disconnected")
    restore()
    waiting = outbox.row(row)
    assert (waiting.state, waiting.needs_person) == ("unknown", True)
    assert "connected again" in waiting.reason


def reconnect(profile: Profile) -> None:
    identity = Identity(remote_id=profile.remote_id, name=profile.name, handle=profile.handle)
    with scope(profile.organization_id):
        store_connected_profile(
            builders.SETUP, "x", {"access_token": "the-secret-access-token"}, identity, sandbox=False
        )


def test_a_duplicate_refused_after_it_was_not_found_is_looked_for_again(outbox: Outbox) -> None:
    outbox.network.refuses_duplicates = True
    row = outbox.put("Hidden", at=now() - timedelta(minutes=30))
    left_since(outbox, "Hidden")
    outbox.network.hidden_reads = 1
    restoration = restore()
    Restoration.objects.filter(pk=restoration.pk).update(noticed_at=now() - AFTER)
    for after in range(5):
        outbox.step(after=timedelta(seconds=3 * after))
    assert outbox.row(row).state == "sent"
    assert ("send", "unknown") in outbox.ledger(row)


def test_a_network_that_cannot_be_asked_for_long_is_asked_for_a_day_from_the_restore(outbox: Outbox) -> None:
    row = outbox.put("Long ago", at=now() - timedelta(days=3))
    restore()
    Outgoing.unscoped.update(created_at=now() - timedelta(days=4))
    outbox.network.fail_next("error", read=True)
    outbox.step()
    assert (outbox.row(row).state, outbox.row(row).needs_person) == ("unknown", False)


# Noticing ------------------------------------------------------------------------------------------------------------


def rewrite_as_a_dump_would() -> None:
    """The row in another transaction than the one that it names."""
    Pulse.objects.update(written_in=1)


def how() -> list[str]:
    return list(Restoration.objects.values_list("how", flat=True))


def test_a_pulse_of_ours_is_no_alarm(outbox: Outbox) -> None:
    for seconds in range(3):
        assert watch_pulse(now() + timedelta(seconds=seconds))
    assert how() == []
    assert pulse.read_pulse(now()).beat >= 3


def test_a_copy_of_the_rows_is_noticed_and_nothing_leaves_before(outbox: Outbox) -> None:
    row = outbox.put("Again?", at=now() - timedelta(minutes=5))
    left_since(outbox, "Again?")
    rewrite_as_a_dump_would()
    with scope(outbox.profile.organization_id):
        assert begin_next_row(now()) is None
    assert watch_pulse(now())
    assert how() == [How.COPY]
    assert outbox.row(row).state == "unknown"
    assert watch_pulse(now() + timedelta(seconds=1))
    assert how() == [How.COPY]


def test_a_database_behind_what_is_known_is_noticed(outbox: Outbox) -> None:
    outbox.put("Again?", at=now() - timedelta(minutes=5))
    pulse.highest_seen["beat"] = 10**9
    with scope(outbox.profile.organization_id):
        assert begin_next_row(now()) is None
    assert watch_pulse(now())
    assert how() == [How.BEHIND]
    assert watch_pulse(now() + timedelta(seconds=1))
    assert how() == [How.BEHIND]


def test_the_file_beside_the_media_remembers(outbox: Outbox, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(pulse, "beat_file_path", lambda: tmp_path / ".pulse-test")
    assert watch_pulse(now())
    pulse.write_beat_file(10**9)  # as it stood when the data folder was set back
    pulse.highest_seen["beat"] = 0  # the next start
    assert watch_pulse(now() + timedelta(seconds=1))
    assert how() == [How.BEHIND]


def test_long_silence_before_a_start_is_looked_into_unless_somebody_stopped_it(outbox: Outbox, monkeypatch) -> None:
    row = outbox.put("Meanwhile", at=now() - timedelta(minutes=5))
    Outgoing.unscoped.update(created_at=now() - 5 * HOUR)
    Pulse.objects.update(beaten_at=now() - 4 * HOUR)
    set_own()
    monkeypatch.setattr(pulse, "PROCESS_STARTED", now() - 5 * HOUR)
    assert watch_pulse(now())
    assert how() == []  # it lived all the time, and could not beat: that brings nothing back
    Pulse.objects.update(beaten_at=now() - 4 * HOUR)
    set_own()
    monkeypatch.setattr(pulse, "PROCESS_STARTED", now())
    Session.objects.create(session_key="kept", expire_date=now() + HOUR)
    assert watch_pulse(now())
    assert how() == [How.GAP]
    assert outbox.row(row).state == "unknown"
    assert Session.objects.exists()  # nobody has restored anything, as far as is known


def test_a_planned_stop_is_no_alarm(outbox: Outbox, monkeypatch) -> None:
    monkeypatch.setattr(pulse, "PROCESS_STARTED", now())
    pulse.beat_pulse(now(), stopped=True)
    Pulse.objects.update(beaten_at=now() - timedelta(days=9))
    set_own()
    assert watch_pulse(now())
    assert how() == []
    assert Pulse.objects.get().stopped_at is None


def set_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE networks_pulse SET written_in = xmin::text::bigint")
        cursor.execute("UPDATE networks_pulse SET written_in = xmin::text::bigint")


def test_nothing_leaves_where_the_pulse_is_missing(outbox: Outbox, monkeypatch) -> None:
    outbox.put("Who knows?", at=now() - timedelta(minutes=5))
    Pulse.objects.all().delete()
    with scope(outbox.profile.organization_id):
        assert begin_next_row(now()) is None
    monkeypatch.setattr(pulse, "is_database_loading", lambda: True)
    tick()
    assert not Pulse.objects.exists()
    monkeypatch.undo()
    assert not watch_pulse(now())
    assert watch_pulse(now())
    assert how() == [How.COPY]


def test_sessions_end_and_no_e_mail_is_sent_twice(outbox: Outbox) -> None:
    organization = outbox.profile.organization
    with scope(organization):
        member = organization_owner()
        due = Mail.objects.create(member=member, kind="notice", key="due", due_at=now() - HOUR)
        later = Mail.objects.create(member=member, kind="notice", key="later", due_at=now() + HOUR)
        NotificationSettings.objects.create(member=member, next_digest_at=now() - HOUR)
    Session.objects.create(session_key="open", expire_date=now() + HOUR)
    UserSession.objects.create(session_key="open", user=member.user, ip="192.0.2.1")
    restore()
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()
    assert NotificationSettings.unscoped.get().next_digest_at > now()  # whatever it would have told goes with the next
    states = dict(Mail.unscoped.filter(pk__in=[due.pk, later.pk]).values_list("key", "state"))
    assert states == {"due": "dropped", "later": "waiting"}


def organization_owner():
    from organizations.models import Member

    return Member.objects.get(role="owner")


# Stand-ins -----------------------------------------------------------------------------------------------------------


def plan_for(outbox: Outbox) -> None:
    """Where X is silent for half an hour, another profile stands in."""
    with scope(outbox.profile.organization_id):
        other = builders.profile(outbox.profile.organization, "facebook")
        set_fallback_plan(organization_owner(), "x", after_minutes=30, profile=other, text="{text}", told=[])


def test_what_another_profile_may_have_stood_in_for_since_waits_for_a_person(outbox: Outbox) -> None:
    plan_for(outbox)
    due, later = (
        outbox.put("Due", at=now() - timedelta(minutes=40)),
        outbox.put("Later", at=now() + timedelta(minutes=9)),
    )
    restore()
    run(outbox)
    assert (outbox.row(due).state, outbox.row(due).needs_person) == ("unknown", True)
    assert "stood in" in outbox.row(due).reason
    for minutes in (10, 13):
        outbox.step(after=timedelta(minutes=minutes))
    assert outbox.row(later).state == "sent"  # for nobody stands in before the time
    assert outbox.network.published_texts() == ["Later"]


def test_what_another_profile_was_to_stand_in_for_and_is_there_is_found(outbox: Outbox) -> None:
    plan_for(outbox)
    row = outbox.put("There", at=now() - timedelta(minutes=40))
    left_since(outbox, "There")
    restore()
    run(outbox)
    assert outbox.row(row).state == "sent"


def test_nobody_stands_in_for_what_is_to_be_looked_for_first(outbox: Outbox) -> None:
    plan_for(outbox)
    with scope(outbox.profile.organization_id):
        post = create_post(organization_owner(), text="Sent by hand since", profiles=[outbox.profile.pk])
        schedule_post(organization_owner(), post, at=now() + timedelta(minutes=1))
        restore()
        for _ in range(circuits.FAILURES_OF_FEWER_PROFILES):
            circuits.record_network_failure(outbox.profile, "No answer.", now())
        delivery = Delivery.objects.get()
        assert not send_through_stand_in(FallbackPlan.objects.get(), delivery, now() + HOUR)
        apply_fallback_plans(now() + HOUR)
        assert not Outgoing.objects.filter(key__startswith="fallback:").exists()
