"""Floor 3: teams."""

from teams.models.team import Team, TeamMember

__all__ = ["Team", "TeamMember"]
