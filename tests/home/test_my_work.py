"""My work: everything that waits for me, in one list, due first and then what waits longest."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from inbox.models import Conversation
from organizations.models import Absence
from publishing.actions.review import reject_post, submit_post
from socialops.overview.home_summary import home_context
from teams.actions.tasks import accept_task, create_task
from tests.home.test_home import deliver, keys, talk
from tests.posts import create_post, edit_post

pytestmark = pytest.mark.usefixtures("in_acme")


def mine(member) -> list[str]:
    return keys(home_context(member, now())["mine"])


def test_what_is_due_comes_first_then_what_waits_longest(cast):
    young = talk(cast.x, cast.priya)
    Conversation.objects.filter(pk=young.pk).update(unanswered_since=now())
    old = talk(cast.x, cast.priya)
    later = create_task(cast.ava, title="Later", member=cast.priya, due_at=now() + timedelta(days=2))
    sooner = create_task(cast.ava, title="Sooner", member=cast.priya, due_at=now() + timedelta(hours=2))
    failed = deliver(cast.priya, cast.x, state="failed", at=now() - timedelta(hours=1))
    assert mine(cast.priya) == [
        f"delivery-{failed.pk}",
        f"task-{sooner.pk}",
        f"task-{later.pk}",
        f"conversation-{old.pk}",
        f"conversation-{young.pk}",
    ]


def test_a_teams_work_is_everybodys_until_somebody_takes_it(cast):
    task = create_task(cast.ava, title="Bake", team=cast.team)
    free = Conversation.objects.create(
        profile=cast.x, root_id="9", kind="direct", team=cast.team, last_message_at=now(), unanswered_since=now()
    )
    assert set(mine(cast.cole)) == set(mine(cast.lena)) == {f"task-{task.pk}", f"conversation-{free.pk}"}
    assert mine(cast.ana) == []
    assert mine(cast.priya) == [f"task-{task.pk}"], "she may not answer it"
    accept_task(cast.cole, task)
    Conversation.objects.filter(pk=free.pk).update(assignee=cast.cole)
    assert mine(cast.lena) == mine(cast.priya) == []
    assert len(mine(cast.cole)) == 2


def test_a_post_that_was_sent_back_waits_until_it_is_rewritten(cast):
    post = create_post(cast.ed, text="Bread", profiles=[cast.x.pk])
    submit_post(cast.ed, post)
    assert mine(cast.ava) == [f"post-{post.pk}"]
    reject_post(cast.ava, post, note="Which bread?")
    [item] = home_context(cast.ed, now())["mine"]
    assert (item.key, item.reason, item.state) == (f"returned-{post.pk}", "Which bread?", "rejected")
    edit_post(cast.ed, post, text="Rye bread")
    assert mine(cast.ed) == []


def test_whoever_stands_in_sees_the_work_marked_for_the_absent_one(cast):
    Absence.objects.create(
        member=cast.cole, deputy=cast.priya, starts_at=now() - timedelta(days=1), ends_at=now() + timedelta(days=1)
    )
    task = create_task(cast.ava, title="Bake", member=cast.cole)
    held = talk(cast.x, cast.cole)
    found = {item.key: item.whose for item in home_context(cast.priya, now())["mine"]}
    assert found == {f"task-{task.pk}": "Cole", f"conversation-{held.pk}": "Cole"}


def test_a_long_list_takes_as_few_queries(cast, sign_in, django_assert_max_num_queries):
    for number in range(30):
        create_task(cast.ava, title=f"Loaf {number}", member=cast.priya)
        talk(cast.x, cast.priya)
    client = sign_in(cast.priya)
    client.get("/o/acme/")
    with django_assert_max_num_queries(18):
        page = client.get("/o/acme/").content.decode()
    assert page.count("data-row") == 20
    assert len(mine(cast.priya)) == 20
