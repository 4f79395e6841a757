"""What this floor does when the floors below tell it something."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from networks.models import Profile
from networks.signals import profile_added, profile_disconnected
from organizations.actors import Actor
from organizations.models import Member
from organizations.people.member_handover import Handover, Holding
from organizations.signals import gaps_asked, holdings_asked, member_joined, member_leaving, teams_asked
from teams.actions.memberships import add_to_teams, end_memberships
from teams.actions.pauses import apply_pauses, lock_pauses
from teams.actions.task_handover import hand_over_tasks
from teams.models import Team
from teams.notices import notify_disconnected
from teams.queries.memberships import list_deputy_gaps, list_team_holdings
from teams.queries.tasks import task_holdings


@receiver(teams_asked, dispatch_uid="teams.teams_asked")
def list_team_names(sender: object, **_: Any) -> dict[int, str]:
    return dict(Team.objects.order_by("name").values_list("pk", "name"))


@receiver(member_joined, dispatch_uid="teams.member_joined")
def join_teams(sender: object, member: Member, team_ids: list[int], actor: Actor, **_: Any) -> None:
    add_to_teams(actor, member, team_ids)


@receiver(member_leaving, dispatch_uid="teams.member_leaving")
def leave_teams(sender: object, member: Member, actor: Actor, handover: Handover, **_: Any) -> None:
    hand_over_tasks(actor, handover)
    end_memberships(actor, handover)


@receiver(holdings_asked, dispatch_uid="teams.holdings_asked")
def list_holdings(sender: object, handover: Handover, **_: Any) -> list[Holding]:
    return [*list_team_holdings(handover), *task_holdings(handover)]


@receiver(gaps_asked, dispatch_uid="teams.gaps_asked")
def compare_with_deputy(sender: object, member: Member, deputy: Member, **_: Any) -> Iterable[str]:
    return list_deputy_gaps(member, deputy)


@receiver(profile_added, dispatch_uid="teams.profile_added")
def pause_new_profile(sender: object, profile: Profile, **_: Any) -> None:
    """What is connected while the organization is paused is paused, too."""
    lock_pauses()
    apply_pauses(Profile.objects.filter(pk=profile.pk))
    profile.refresh_from_db(fields=["pause"])


@receiver(profile_disconnected, dispatch_uid="teams.profile_disconnected")
def call_for_reconnection(sender: object, profile: Profile, **_: Any) -> None:
    notify_disconnected(profile)
