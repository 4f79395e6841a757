"""Nothing leaves while it holds: from the whole organization, a team's profiles, or one profile."""

from django.db import models
from django.db.models import Q

from foundation.overtaking import mark_of
from networks.models import Profile
from organizations.models import Organization
from organizations.tenancy import TenantModel
from teams.models.team import Team

PAUSE_HOLDS = Q(released_at=None)
PAUSE_EVERYWHERE = Q(team=None, profile=None)


class Pause(TenantModel):
    """Who paused what, when and why. What the outbox obeys is `Profile.pause`, written by `teams.actions.pauses` alone.

    Without a team and a profile it is of the whole organization.
    """

    team = models.ForeignKey("teams.Team", on_delete=models.CASCADE, null=True, related_name="pauses")
    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, null=True, related_name="pauses")
    keeps_replies = models.BooleanField(default=False)  # posts wait, answers to people still leave
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey("organizations.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    released_by = models.ForeignKey("organizations.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(team=None) | Q(profile=None), name="pause_of_one_thing"),
            models.UniqueConstraint(
                fields=["organization"], condition=PAUSE_HOLDS & PAUSE_EVERYWHERE, name="pause_everywhere_once"
            ),
            models.UniqueConstraint(fields=["team"], condition=PAUSE_HOLDS, name="pause_team_once"),
            models.UniqueConstraint(fields=["profile"], condition=PAUSE_HOLDS, name="pause_profile_once"),
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="pause_newest")]

    def __str__(self) -> str:
        return str(self.target)

    @property
    def mark(self) -> str:
        return mark_of(self.keeps_replies, self.note, self.released_at is None)

    @property
    def target(self) -> Organization | Team | Profile:
        """What is paused."""
        return self.team or self.profile or self.organization

    @property
    def scope(self) -> str:
        return "team" if self.team_id else "profile" if self.profile_id else "organization"
