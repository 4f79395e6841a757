"""The badges of the navigation: what waits for whoever looks, and for nobody else."""

import pytest

from inbox.actions.assign import assign_conversation
from inbox.actions.ingest import ingest_inbound
from inbox.models import Conversation
from publishing.actions.review import submit_post
from socialops.overview.my_work import count_waiting
from teams.actions.tasks import create_task, finish_task
from tests.inbox.talk import says
from tests.posts import create_post

pytestmark = pytest.mark.usefixtures("in_acme")
NOTHING = {"inbox": 0, "approvals": 0, "tasks": 0}


@pytest.fixture
def waiting(cast) -> None:
    for number in (1, 2):
        ingest_inbound(cast.x, [says("Rye?", remote_id=str(number))])
    assign_conversation(cast.lena, Conversation.objects.order_by("pk")[0], member=cast.cole)
    submit_post(cast.ed, create_post(cast.ed, text="Bread", profiles=[cast.x.pk]))
    create_task(cast.lena, title="Bake", member=cast.ed)
    create_task(cast.lena, title="Sweep", team=cast.team)
    finish_task(cast.ed, create_task(cast.lena, title="Done", member=cast.ed))


def test_each_counts_what_is_theirs_to_do(cast, waiting):
    assert count_waiting(cast.cole) == {"inbox": 1, "approvals": 0, "tasks": 1}  # of the team, until one takes it
    assert count_waiting(cast.ed) == {"inbox": 0, "approvals": 0, "tasks": 2}  # their own post is not theirs to decide
    assert count_waiting(cast.ava) == {"inbox": 0, "approvals": 1, "tasks": 0}
    assert count_waiting(cast.vic) == NOTHING
    assert count_waiting(cast.olive) == {"inbox": 0, "approvals": 1, "tasks": 0}


@pytest.mark.parametrize("name", ["olive", "ava", "cole"])
def test_it_is_one_query(cast, waiting, django_assert_num_queries, name):
    with django_assert_num_queries(1):
        count_waiting(getattr(cast, name))


def test_the_page_asks_for_them_once_and_shows_them_everywhere(cast, waiting, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.ava)
    page = client.get("/o/acme/").content.decode()
    for place in ("nav", "phone", "sheet"):
        assert page.count(f'id="approvals-badge-{place}"') <= 1
    assert 'hx-get="/o/acme/badges/" hx-trigger="load,' in page
    with django_assert_max_num_queries(6):
        shown = client.get("/o/acme/badges/", headers={"HX-Request": "true"}).content.decode()
    assert (
        '<span class="nav-item__badge" data-badge="approvals" hx-swap-oob="outerHTML:[data-badge=approvals]">1<'
        in shown
    )
    assert 'hx-swap-oob="outerHTML:[data-badge=tasks]" hidden>' in shown
    assert sign_in(cast.mallory).get("/o/acme/badges/").status_code == 404
