"""1,000 profiles × 200 members cost as many queries as ten by five."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.conversation_filters import ConversationFilters
from inbox.queries.conversation_list import fetch_listing
from networks.models import Profile
from organizations.models import Member
from organizations.tenancy import scope
from teams.access import profiles_for
from tests.volume import Large, large

WHO = ("owner", "leader", "member")
MATRIX_QUERIES = {"owner": 17, "leader": 24, "member": 24}


@pytest.fixture
def both(db) -> tuple[Large, Large]:
    """With ids as long as those of a server that has served for years."""
    with connection.cursor() as cursor:
        for table in (Member._meta.db_table, Profile._meta.db_table):
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), 1000000)", [table])
    return large("small", profiles=10, members=5), large("huge", profiles=1000, members=200)


def queries(work) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_the_cost_does_not_grow(both, client):
    for who in WHO:
        told = []
        for one in both:
            member = getattr(one, who)
            client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
            address = f"/o/{one.organization.slug}/teams/rights/"
            answer = client.get(address)
            assert answer.status_code == 200
            assert len(answer.content) < 150_000, who
            matrix = queries(lambda: client.get(address))  # noqa: B023
            with scope(one.organization):
                found = queries(lambda: list(profiles_for(member, to="publish")[:50]))  # noqa: B023
                inbox = queries(lambda: fetch_listing(member, ConversationFilters(state="open")))  # noqa: B023
            told.append({"matrix": matrix, "profiles_for": found, "inbox": inbox})
        assert told[0] == told[1], who
        assert told[1]["profiles_for"] <= 1
        assert told[1]["inbox"] <= 1
        assert told[1]["matrix"] <= MATRIX_QUERIES[who], told
