"""What a network says of its limits is heeded before it refuses, by those whom it concerns and nobody else."""

import uuid
from datetime import timedelta

import pytest
from django.utils.timezone import now

from analytics.actions.measurement_planning import due_profiles, plan_profile_measurements
from networks.actions.outgoing import enqueue_outgoing
from networks.adapters.facebook import rate_limits as graph
from networks.adapters.x import rate_limits as x
from networks.contract import Access, CallKind, Draft, DraftKind, RateLimit
from networks.errors import RateLimited
from networks.incoming.intake import due_cursors, poll_profile
from networks.models import Cursor, Limit, Outgoing, Profile
from networks.outbox.claims import begin_next_row
from networks.outbox.rate_limits import limit_recorder, limits_to_hold, record_limit
from networks.registry import adapter_class
from organizations.tenancy import scope
from tests import builders
from tests.networks.fake import serving
from tests.networks.fake_graph import PAGE_ID, FakeGraph
from tests.outbox.conftest import Outbox

IN_AN_HOUR = timedelta(hours=1)


def said(group: str, remaining: int, *, limit: int = 100, after: timedelta = IN_AN_HOUR) -> dict[str, str]:
    reset = str(int((now() + after).timestamp()))
    return {f"{group}-limit": str(limit), f"{group}-remaining": str(remaining), f"{group}-reset": reset}


def reply(outbox: Outbox, profile: Profile) -> Outgoing:
    with scope(profile.organization_id):
        draft = Draft(kind=DraftKind.REPLY, text=f"Answer {uuid.uuid4()}", in_reply_to=outbox.network.mention("Hello?"))
        return enqueue_outgoing(profile, draft, key=str(uuid.uuid4()), due_at=now())


def another(outbox: Outbox, organization=None) -> Profile:
    secrets = {"access_token": outbox.network.token}
    return builders.profile(organization or outbox.profile.organization, "x", secrets=secrets)


def states(outbox: Outbox, *rows: Outgoing) -> list[str]:
    return [outbox.row(row).state for row in rows]


def test_a_window_that_is_used_up_holds_its_profile_before_the_refusal_and_no_other(outbox: Outbox) -> None:
    outbox.network.headers = said("x-rate-limit", 0)
    first, second = outbox.put("One"), outbox.put("Two")
    elsewhere = outbox.put("Three", through=another(outbox))
    outbox.step()
    assert states(outbox, first, second, elsewhere) == ["sent", "waiting", "sent"]
    assert outbox.row(second).attempt_count == 0
    assert now() + timedelta(minutes=59) < outbox.row(second).profile.held_until < now() + timedelta(minutes=61)
    outbox.network.headers = {}
    outbox.step(after=IN_AN_HOUR)
    assert states(outbox, second) == ["sent"]


def test_what_is_left_at_the_end_is_kept_for_peoples_replies(outbox: Outbox) -> None:
    outbox.network.headers = said("x-rate-limit", 2)
    first, post = outbox.put("One"), outbox.put("Two")
    outbox.step()
    answer = reply(outbox, outbox.profile)
    outbox.step()
    assert states(outbox, first, post, answer) == ["sent", "waiting", "sent"]
    outbox.network.headers = {}
    outbox.step(after=IN_AN_HOUR)
    assert states(outbox, post) == ["sent"]


@pytest.mark.parametrize("remaining", [0, 1])
def test_the_apps_window_holds_all_who_use_the_app(outbox: Outbox, remaining: int) -> None:
    outbox.network.headers = said("x-app-limit-24hour", remaining)
    theirs = another(outbox, builders.organization("elsewhere"))
    first = outbox.put("One")
    outbox.step()
    second, practice = outbox.put("Two", through=another(outbox)), builders.profile(theirs.organization, sandbox=True)
    outbox.step()
    assert states(outbox, first, second) == ["sent", "waiting"]
    limit = Limit.objects.get()
    assert (limit.profile, limit.of) == (None, "posts" if remaining else "all")
    with scope(theirs.organization_id):
        for profile, may in ((theirs, False), (practice, True)):
            draft = Draft(kind=DraftKind.POST, text="Hello")
            row = enqueue_outgoing(profile, draft, key=str(uuid.uuid4()), due_at=now())
            Outgoing.objects.exclude(pk=row.pk).delete()
            assert bool(begin_next_row(now())) is may


def test_a_refusal_holds_until_the_latest_reset(outbox: Outbox) -> None:
    outbox.network.fail_next("limited_day")  # 60 s, and an hour for the profile's day
    row = outbox.put()
    outbox.step()
    assert outbox.row(row).profile.held_until > now() + timedelta(minutes=59)


def test_what_the_app_may_do_in_a_month_holds_everybody(outbox: Outbox) -> None:
    outbox.network.fail_next("limited_month")
    outbox.put("One")
    outbox.step()
    assert Limit.objects.get(profile=None, of="all").until > now()


def test_reading_uses_up_nothing_that_posts_need(outbox: Outbox) -> None:
    outbox.network.headers = said("x-rate-limit", 0)
    with scope(outbox.profile.organization_id):
        poll_profile(outbox.profile.pk)
        plan_profile_measurements(now())
        for later, asked in ((IN_AN_HOUR / 2, False), (2 * IN_AN_HOUR, True)):
            assert due_cursors(now() + later).filter(profile=outbox.profile).exists() is asked
            assert (outbox.profile.pk in [pk for _, pk in due_profiles(now() + later)]) is asked
    outbox.network.headers = {}
    row = outbox.put()
    outbox.step()
    assert states(outbox, row) == ["sent"]


def test_a_profile_is_asked_less_often_when_little_is_left(outbox: Outbox, settings) -> None:
    with scope(outbox.profile.organization_id):
        record_limit(outbox.profile, RateLimit(CallKind.ALL, 0.85, now() + IN_AN_HOUR), now())
        wait = Cursor.objects.get(profile=outbox.profile).next_poll_at - now()
    assert wait > timedelta(seconds=3.9 * settings.INBOUND_POLL_SECONDS)
    assert not Limit.objects.exists()


@pytest.mark.parametrize(
    ("counts", "used", "waits"),
    [
        (CallKind.ALL, 0.94, []),
        (CallKind.ALL, 0.95, ["reads"]),
        (CallKind.ALL, 0.98, ["reads", "posts"]),
        (CallKind.ALL, 1.0, ["reads", "all"]),
        (CallKind.READS, 1.0, ["reads"]),
        (CallKind.WRITES, 0.97, []),
        (CallKind.WRITES, 1.2, ["all"]),
    ],
)
def test_what_follows(counts: CallKind, used: float, waits: list[str]) -> None:
    assert limits_to_hold(RateLimit(counts, used, now())) == waits


def test_what_was_held_for_longer_stays_so(outbox: Outbox) -> None:
    with scope(outbox.profile.organization_id):
        for hours in (5, 1):
            record_limit(outbox.profile, RateLimit(CallKind.WRITES, 1.0, now() + timedelta(hours=hours)), now())
        assert Profile.objects.get(pk=outbox.profile.pk).held_until > now() + timedelta(hours=4)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-rate-limit-remaining": "0"},
        {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "soon"},
        {"x-rate-limit-remaining": "none", "x-rate-limit-reset": "99999999999999"},
        {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1000"},
    ],
)
def test_what_x_says_badly_is_not_believed(headers: dict[str, str]) -> None:
    assert list(x.parse_limits("POST", "/2/tweets", headers)) == []


def test_other_writes_to_x_say_nothing_of_posts() -> None:
    assert list(x.parse_limits("DELETE", "/2/tweets/1", said("x-rate-limit", 0))) == []


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("x-app-usage", '{"call_count": 28, "total_time": 96, "total_cputime": 25}', (0.96, True)),
        ("x-page-usage", '{"call_count": 81}', (0.81, False)),
        ("x-business-use-case-usage", '{"111": [{"type": "pages", "call_count": 100}]}', (1.0, False)),
        (
            "x-business-use-case-usage",
            '{"111": [{"type": "pages", "call_count": 40, "estimated_time_to_regain_access": 20}]}',
            (1.0, False),
        ),
        ("x-business-use-case-usage", '{"111": [{"type": "messenger", "call_count": 100}]}', None),
        ("x-app-usage", "nonsense", None),
        ("x-app-usage", "[1]", None),
    ],
)
def test_what_graph_says(name: str, value: str, found: tuple[float, bool] | None) -> None:
    limits = list(graph.parse_limits({name: value}))
    assert [(one.used, one.whole_app) for one in limits] == ([found] if found else [])


def test_graph_is_read_no_more_before_it_refuses(outbox: Outbox) -> None:
    network = FakeGraph()
    network.headers = {"X-App-Usage": '{"call_count": 96}'}
    page = builders.profile(outbox.profile.organization, "facebook")
    with serving(network) as base_url, scope(page.organization_id):
        credentials = {"page_id": PAGE_ID, "access_token": network.token}
        adapter_class("facebook")(
            Access(PAGE_ID, "acme", base_url, credentials, on_limit=limit_recorder(page))
        ).identify()
        assert list(Limit.objects.values_list("network", "of", "profile")) == [("facebook", "reads", None)]


@pytest.mark.parametrize(("fault", "whole_app"), [("limited_bare", True), ("limited", False)])
def test_a_limit_of_graphs_app_holds_everybody(outbox: Outbox, fault: str, whole_app: bool) -> None:
    network, on_limit = FakeGraph(), []
    network.fail_next(fault)
    with serving(network) as base_url:
        credentials = {"page_id": PAGE_ID, "access_token": network.token}
        page = adapter_class("facebook")(Access(PAGE_ID, "acme", base_url, credentials, on_limit=on_limit.append))
        with pytest.raises(RateLimited):
            page.publish(Draft(kind=DraftKind.POST, text="Hello"))
    assert [(one.used, one.whole_app) for one in on_limit] == [(1.0, whole_app)]
