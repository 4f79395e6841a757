"""Floor 3: teams."""

from teams.models.level import Level
from teams.models.team import Team, TeamMember, UseCase

__all__ = ["Level", "Team", "TeamMember", "UseCase"]
