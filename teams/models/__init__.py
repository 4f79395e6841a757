"""Floor 3: teams."""

from teams.models.level import Level
from teams.models.task import Task, TaskStep
from teams.models.team import Team, TeamMember, UseCase

__all__ = ["Level", "Task", "TaskStep", "Team", "TeamMember", "UseCase"]
