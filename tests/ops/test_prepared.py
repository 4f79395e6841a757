"""What is planned once for a connection."""

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.utils.timezone import now

from foundation.database.prepared_statements import PreparedStatement, fetch_prepared
from networks.actions.outgoing import enqueue_outgoing
from networks.contract import Draft, DraftKind
from networks.models import Outgoing, Profile
from networks.outbox.claims import CHOSEN_ROW
from organizations.tenancy import scope
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_another_statement_of_the_same_name_takes_its_place() -> None:
    first, second = (PreparedStatement("of_a_test", f"SELECT %(given)s + {n}", {"given": "int"}) for n in (1, 2))
    assert [one.first(given=40) for one in (first, first, second, first)] == [(41,), (41,), (42,), (41,)]


def test_one_that_cannot_be_prepared_leaves_the_name_free() -> None:
    good = PreparedStatement("of_a_test", "SELECT %(given)s", {"given": "int"})
    assert good.first(given=1) == (1,)
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before")
        with pytest.raises(ProgrammingError):
            fetch_prepared("of_a_test", "PREPARE of_a_test AS SELECT nothing_there", [])
        cursor.execute("ROLLBACK TO before")
    assert good.first(given=2) == (2,)


def planned_row(profile: Profile) -> Outgoing:
    with scope(profile.organization_id):
        return enqueue_outgoing(profile, Draft(kind=DraftKind.POST, text="Bread"), key=f"of {profile}", due_at=now())


def test_what_is_built_once_keeps_to_the_organization_that_asks_each_time(cast: Cast) -> None:
    ours, theirs = planned_row(cast.x), planned_row(cast.theirs)
    for row, organization, found in (
        (ours, cast.acme, ours),
        (theirs, cast.acme, None),
        (theirs, cast.globex, theirs),
        (ours, cast.globex, None),
    ):
        assert CHOSEN_ROW.first(row.pk, organization.pk) == found
    with pytest.raises(Outgoing.DoesNotExist):
        CHOSEN_ROW.get(ours.pk, cast.globex.pk)
