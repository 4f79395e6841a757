"""Null and absent are two things: where null is taken, it is written down here what it means."""

import importlib

from organizations.rest.serializers import StrictSerializer
from tests.cast import Cast
from tests.rest.caller import caller

MEANINGS = {
    "PostChange.scheduled_at": "no planned time: a scheduled post is a draft again",
    "PostBody.scheduled_at": "no planned time, as when absent: there is none yet to keep",
    "ScheduleBody.scheduled_at": "no time; refused, unless it is publish_now",
    "VariantBody.thread": "nobody has said what it goes on with, as when absent: the wording is given whole",
    "AssignBody.member": "nobody; an assignment is given whole",
    "AssignBody.team": "no team; an assignment is given whole",
    "TaskBody.member": "nobody, as when absent: there is none yet to keep",
    "TaskBody.team": "no team, as when absent: there is none yet to keep",
    "TaskBody.due_at": "no due time, as when absent: there is none yet to keep",
    "HandOverBody.member": "nobody; whoever takes it over is given whole",
    "HandOverBody.team": "no team; whoever takes it over is given whole",
}


def bodies(base: type[StrictSerializer] = StrictSerializer) -> list[type[StrictSerializer]]:
    return [one for kind in base.__subclasses__() for one in (kind, *bodies(kind))]


def test_each_null_that_is_taken_has_a_meaning() -> None:
    importlib.import_module("socialops.api")
    taken = {
        f"{body.__name__}.{name}" for body in bodies() for name, field in body().fields.items() if field.allow_null
    }
    assert taken == set(MEANINGS), "Say in MEANINGS what null means there, apart from absent, and test it at its door."


def test_a_change_of_nothing_changes_nothing_and_null_is_no_value(cast: Cast) -> None:
    olive = caller(cast.olive)
    for path, fields in (
        (f"teams/{cast.team.pk}/", ("name", "department", "use_case", "purpose", "leaders", "members", "profiles")),
        (f"members/{cast.ed.pk}/", ("role",)),
    ):
        before = olive.get(path).json()
        for field in fields:
            answer = olive.patch(path, {field: None})
            assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.content
        olive.patch(path, {})
        assert olive.get(path).json() == before
