"""What people did, in sentences, as far as the reader may see it."""

import re
from datetime import timedelta

import pytest
from django.urls import resolve
from django.utils.timezone import now

from organizations.actors import System
from organizations.auditing import audit
from organizations.models import AuditEntry
from organizations.tenancy import scope
from publishing.actions.draft_deletion import delete_post
from publishing.actions.schedule import publish_now, schedule_post
from socialops.overview import activity_feed
from socialops.overview.activity_feed import PAGED_MODELS, fetch_activity
from socialops.overview.activity_words import PAGE_NAMES, entry_url, format_entry
from teams.actions.levels import create_level
from teams.actions.tasks import accept_task, create_task
from teams.actions.teams import change_team, dissolve_team
from tests.posts import create_post

PAGE = "/o/acme/activity/"
pytestmark = pytest.mark.usefixtures("in_acme")


def text_of(answer) -> str:
    return answer.content.decode()


def verbs(reader) -> set[str]:
    return {entry.verb for entry in fetch_activity(reader).entries}


@pytest.fixture
def post(cast):
    made = create_post(cast.priya, text="Bread", profiles=[cast.x.pk, cast.page.pk])
    return schedule_post(cast.priya, made, at=now() + timedelta(days=1))


@pytest.fixture
def post_on_page(cast):
    made = create_post(cast.priya, text="Bread", profiles=[cast.page.pk])
    return schedule_post(cast.priya, made, at=now() + timedelta(days=1))


def test_it_says_what_people_did_and_leads_there(cast, sign_in, post):
    shown = text_of(sign_in(cast.vic).get(PAGE))
    assert "scheduled a post" not in shown
    shown = text_of(sign_in(cast.cole).get(PAGE))
    assert (
        f'href="/o/acme/posts/{post.pk}/">Priya scheduled a post for 2 profiles</a>: <bdi class="muted">“Bread”</bdi>'
        in shown
    )
    assert "Priya drafted a post" in shown


def test_every_entry_about_a_post_says_which(cast, sign_in):
    post = create_post(cast.ed, text="Rye at noon", profiles=[cast.x.pk])
    gone = create_post(cast.ed, text="Never said", profiles=[cast.x.pk])
    delete_post(cast.ed, gone)
    publish_now(cast.priya, post)
    audit.record(cast.priya, "delivery.cancelled", post.deliveries.get())
    audit.record(cast.priya, "outgoing.retried", post.deliveries.get().outgoing)
    audit.record(
        cast.ed, "post.edited", post, {"planned_at": [None, "2027-03-01T08:00:00+00:00"], "mfa": [True, False]}
    )
    for page in (PAGE, "/o/acme/audit/"):
        shown = " ".join(text_of(sign_in(cast.olive).get(page)).split())
        assert shown.count("“Rye at noon”") == 5, page  # drafted, scheduled, edited, cancelled, retried
        assert f'href="/o/acme/posts/{post.pk}/"' in shown
    assert "“Never said”" in text_of(sign_in(cast.olive).get(PAGE))


def test_the_words_of_a_post_that_one_may_not_see_are_not_told(cast, sign_in):
    post = create_post(cast.ed, text="Secret rye", profiles=[cast.page.pk])
    audit.record(cast.cole, "post.edited", post)  # Cole sees the entry, for it is his own, and not the post
    shown = text_of(sign_in(cast.cole).get(PAGE))
    assert "Cole changed a post" in shown
    assert "Secret rye" not in shown


def test_posts_of_profiles_that_one_cannot_see_are_not_there(cast, post_on_page):
    assert "post.scheduled" in verbs(cast.ed)
    assert "post.scheduled" not in verbs(cast.cole)
    assert "post.scheduled" in verbs(cast.priya)
    assert "post.scheduled" in verbs(cast.olive)


def test_rights_and_profiles_are_told_to_those_who_see_the_profile(cast):
    told = {entry.target_name for entry in fetch_activity(cast.cole).entries if entry.target_kind == "profile"}
    assert told == {"Acme (x)"}


def test_teams_are_open_and_tokens_and_exports_are_not(cast, api):
    change_team(cast.olive, cast.team, purpose="Bread")
    audit.record(cast.olive, "audit.exported", cast.acme)
    api(cast.olive)
    assert {"team.changed", "member.added"} <= verbs(cast.vic)
    assert not {"token.created", "audit.exported"} & verbs(cast.vic)
    assert {"token.created", "audit.exported"} <= verbs(cast.olive)


def test_tasks_are_told_to_those_whom_they_concern(cast, sign_in):
    task = create_task(cast.lena, title="Bake bread", member=cast.ed)
    accept_task(cast.ed, task)
    for one in (cast.lena, cast.ed, cast.olive):
        assert {"task.given", "task.accepted"} <= verbs(one)
    assert not {"task.given", "task.accepted"} & verbs(cast.priya)
    shown = text_of(sign_in(cast.ed).get(PAGE))
    assert f'href="/o/acme/tasks/{task.pk}/">Lena gave the task “Bake bread”</a>' in shown


def test_levels_are_known_to_all_and_sign_ins_to_admins_and_oneself(cast):
    create_level(cast.olive, name="Baker", verbs=["view", "draft"])
    audit.record(cast.ed, "sign_in.succeeded", cast.ed)
    assert "level.created" in verbs(cast.vic)
    assert "sign_in.succeeded" in verbs(cast.ed)
    assert "sign_in.succeeded" in verbs(cast.olive)
    assert "sign_in.succeeded" not in verbs(cast.vic)


def test_what_nobody_has_opened_yet_is_for_admins_and_whoever_did_it(cast):
    audit.record(cast.ed, "secret.thing", cast.acme)
    assert "secret.thing" in verbs(cast.ed)
    assert "secret.thing" in verbs(cast.olive)
    assert "secret.thing" not in verbs(cast.priya)


def test_things_that_are_gone_have_no_link(cast, sign_in):
    post = create_post(cast.ed, text="Bread", profiles=[cast.x.pk])
    delete_post(cast.ed, post)
    dissolve_team(cast.olive, cast.team)
    shown = text_of(sign_in(cast.olive).get(PAGE))
    assert "Ed deleted a draft" in shown
    assert "dissolved the team Care" in shown
    assert "/o/acme/posts/" not in re.search(r'<ul class="list.*?</ul>', shown, re.S)[0]


def test_foreign_organizations_have_their_own(cast, sign_in, post):
    assert sign_in(cast.mallory).get(PAGE).status_code == 404
    assert "Priya" not in text_of(sign_in(cast.mallory).get("/o/globex/activity/"))
    with scope(cast.globex):
        assert {entry.organization_id for entry in fetch_activity(cast.mallory).entries} == {cast.globex.pk}


def test_ids_that_are_no_numbers_break_nothing(cast):
    cast.acme.pk = "x; DROP TABLE"
    audit.record(System("setup"), "odd.thing", cast.acme)
    cast.team.name = "<script>"
    audit.record(cast.ed, "team.changed", cast.team)
    assert "team.changed" in verbs(cast.cole)


def test_names_are_never_markup(cast, sign_in):
    cast.team.name = "<script>alert(1)</script>"
    audit.record(cast.ed, "team.changed", cast.team)
    assert "<script>alert" not in text_of(sign_in(cast.vic).get(PAGE))


def test_a_reader_of_little_looks_back_window_by_window_and_misses_nothing(cast, monkeypatch):
    monkeypatch.setattr(activity_feed, "MOST_SEARCHED", 20)
    seen_once = fetch_activity(cast.vic).entries
    for _ in range(50):
        audit.record(cast.ed, "secret.thing", cast.acme)
    found, before, pages = [], "", 0
    while True:
        page = fetch_activity(cast.vic, before=before)
        found, pages = [*found, *page.entries], pages + 1
        if page.older is None:
            break
        before = str(page.older)
    ids = [entry.pk for entry in found]
    assert len(ids) == len(set(ids))
    assert {entry.pk for entry in seen_once} <= set(ids)
    assert pages > 3


@pytest.mark.parametrize("before", ["x", "9" * 30, "-1", "0"])
def test_a_strange_cursor_shows_the_newest(cast, sign_in, before):
    assert sign_in(cast.vic).get(PAGE, {"before": before}).status_code == 200


@pytest.mark.parametrize(("who", "most"), [("olive", 16), ("cole", 26)])
def test_it_takes_few_queries_however_much_there_is(cast, sign_in, post, django_assert_max_num_queries, who, most):
    client = sign_in(getattr(cast, who))
    for _ in range(60):
        audit.record(cast.ed, "post.edited", post)
    client.get(PAGE)
    with django_assert_max_num_queries(most) as taken:
        client.get(PAGE)
    for _ in range(60):
        audit.record(cast.ed, "conversation.closed", cast.acme)
    with django_assert_max_num_queries(len(taken.captured_queries)):
        client.get(PAGE)


@pytest.mark.parametrize("kind", PAGE_NAMES)
def test_every_kind_with_a_page_leads_to_it(kind):
    assert resolve(entry_url(AuditEntry(target_kind=kind, target_id="7"), "acme")).kwargs == {"slug": "acme", "pk": 7}
    assert kind in PAGED_MODELS


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"assignee": [None, "Cole"]}, "Ed gave a conversation to Cole"),
        ({"assignee": ["Cole", None], "team": [None, "Care"]}, "Ed gave a conversation to Care"),
        ({"assignee": ["Cole", None]}, "Ed put a conversation back for everybody"),
    ],
)
def test_giving_a_conversation_names_who_has_it_now(change, text):
    assert format_entry(AuditEntry(actor_name="Ed", verb="conversation.assigned", change=change)) == text


def test_a_verb_without_a_sentence_is_still_readable():
    entry = AuditEntry(actor_name="Ed", verb="bread.baked_twice", target_name="Oven")
    assert format_entry(entry) == "Ed: bread baked twice, Oven"


def test_the_same_again_and_again_is_one_line(cast, sign_in):
    for _ in range(5):
        audit.record(cast.ed, "team.changed", cast.team)
    shown = text_of(sign_in(cast.vic).get(PAGE))
    assert shown.count("Ed changed the team Care") == 1
    assert "5 times" in shown
