"""A machine of states: where each event leads, what is said where it leads nowhere, and which rows it moves."""

import pytest

from foundation.states import IllegalMove, Machine, Stale, move, move_all
from networks.models import Outgoing
from tests.outbox.rows import put

MACHINE = Machine({"send_it": {"not_sent": "sending", "failed": "sending"}, "settle": {"sending": "sent"}})


def test_an_event_leads_where_its_arrow_points():
    assert MACHINE.target("not_sent", "send_it") == "sending"
    assert MACHINE.sources("send_it") == ["not_sent", "failed"]
    assert MACHINE.allows("failed", "send_it")
    assert not MACHINE.allows("failed", "settle")


@pytest.mark.parametrize(("state", "event"), [("not_sent", "settle"), ("not_sent", "take_back")])
def test_where_there_is_no_arrow_both_are_named_in_words(state, event):
    with pytest.raises(IllegalMove) as refused:
        MACHINE.target(state, event)
    assert refused.value.user_message == f"This is not sent, so it cannot {event.replace('_', ' ')}."


@pytest.mark.usefixtures("in_acme")
class TestMoving:
    def test_only_a_row_that_stands_where_it_was_read_is_moved(self, cast):
        row = put(cast.x)
        Outgoing.objects.update(state="cancelled")
        with pytest.raises(Stale) as met:
            move(row, "begin", reason="Bread")
        assert "Somebody else" in met.value.user_message
        assert list(Outgoing.objects.values_list("state", "reason")) == [("cancelled", "")]
        assert row.state == "waiting"

    def test_what_must_match_matches(self, cast):
        row = put(cast.x)
        with pytest.raises(Stale):
            move(row, "begin", match={"held": "chain"})
        move(row, "begin", match={"held": ""}, reason="Bread")
        assert (row.state, row.reason) == ("sending", "Bread")
        assert list(Outgoing.objects.values_list("state", "reason")) == [("sending", "Bread")]

    def test_of_many_those_are_moved_that_stand_where_the_event_begins(self, cast):
        for state in ("waiting", "failed", "sent", "sending"):
            put(cast.x, state=state)
        assert move_all(Outgoing.objects.all(), "cancel", reason="Bread") == 2
        assert sorted(Outgoing.objects.values_list("state", "reason")) == [
            ("cancelled", "Bread"),
            ("cancelled", "Bread"),
            ("sending", ""),
            ("sent", ""),
        ]
