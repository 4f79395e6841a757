"""Of work of which only so much may go on at once, only so much does."""

import pytest

from foundation.processes.advisory_permits import advisory_permit
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ANY = 1  # organization; they are everybody's


def test_and_is_free_when_that_connection_has_ended() -> None:
    def taken() -> bool:
        with advisory_permit("look", 1) as free:
            return free

    assert at_once(ANY, taken) == [True]
    assert at_once(ANY, taken) == [True]
