"""Floor 3: teams."""

from teams.models.level import Level
from teams.models.pause import Pause
from teams.models.task import Task, TaskStep
from teams.models.team import Team, TeamMember, UseCase

__all__ = ["Level", "Pause", "Task", "TaskStep", "Team", "TeamMember", "UseCase"]
