"""Of work of which only so much may go on at once, only so much does."""

import threading

import pytest

from socialops.lib.seats import seat
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ANY = 1  # organization; they are everybody's


def test_a_seat_is_one_connection_s_until_it_leaves() -> None:
    seated, left = threading.Event(), threading.Event()

    def first() -> bool:
        with seat("look", 1) as free:
            seated.set()
            left.wait(10)
        return free

    def second() -> list[bool]:
        seated.wait(10)
        found = []
        for most in (1, 2):
            with seat("look", most) as free:
                found.append(free)
        left.set()
        return found

    assert at_once(ANY, first, second) == [True, [False, True]]


def test_and_is_free_when_that_connection_has_ended() -> None:
    def taken() -> bool:
        with seat("look", 1) as free:
            return free

    assert at_once(ANY, taken) == [True]
    assert at_once(ANY, taken) == [True]
