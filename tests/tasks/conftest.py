"""Tasks in a few words."""

from collections.abc import Callable

import pytest

from organizations.models import Member
from teams.actions.tasks import create_task
from teams.models import Task


@pytest.fixture
def give(in_acme) -> Callable[..., Task]:
    """give(giver, "title", member=…, team=…, …) -> a task."""

    def given(giver: Member, title: str = "Bake bread", **more) -> Task:
        return create_task(giver, title=title, **more)

    return given
