"""People of one department or brand, and the profiles they are tasked with."""

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.overtaking import mark_of
from organizations.tenancy import TenantModel


class UseCase(models.TextChoices):
    """What a team uses social media for."""

    MARKETING = "marketing", _("Marketing")
    SUPPORT = "support", _("Customer support")
    PR = "pr", _("Public relations")
    CRISIS = "crisis", _("Crisis communication")
    SALES = "sales", _("Sales")
    HR = "hr", _("People and hiring")
    PRODUCT = "product", _("Research and development")
    COMMUNITY = "community", _("Community")
    EXECUTIVE = "executive", _("Leadership")


class Team(TenantModel):
    name = models.CharField(max_length=80)
    department = models.CharField(max_length=80, blank=True)
    use_case = models.CharField(max_length=20, choices=UseCase.choices, blank=True)
    purpose = models.CharField(max_length=300, blank=True)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")  # carries the team's grants
    profiles = models.ManyToManyField("networks.Profile", related_name="teams", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def mark(self) -> str:
        people = sorted((row.member_id, row.leads) for row in self.memberships.all())
        profiles = sorted(profile.pk for profile in self.profiles.all())
        return mark_of(self.name, self.department, self.use_case, self.purpose, people, profiles)


class TeamMember(TenantModel):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    member = models.ForeignKey("organizations.Member", on_delete=models.CASCADE, related_name="team_memberships")
    leads = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "member"], name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.team_id}"
