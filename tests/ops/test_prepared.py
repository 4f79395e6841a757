"""What is planned once for a connection."""

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from foundation.database.prepared_statements import PreparedStatement, fetch_prepared

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
