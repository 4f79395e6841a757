"""Which members hold a verb, by their own grants or through a team; admins, who hold every right, are left out."""

from collections.abc import Collection

from django.db.models import QuerySet

from organizations.models import Member
from teams.access import roles_that_can
from teams.rights.grant_rows import held_profiles_by_user

__all__ = ["held_profiles_by_member", "held_profiles_by_user", "members_holding"]


def members_holding(verb: str, profile_ids: Collection[int]) -> QuerySet[Member]:
    """Members who hold `verb` on every one of `profile_ids`; nobody where there is none."""
    wanted = set(profile_ids)
    users = [pk for pk, profiles in held_profiles_by_user(verb, wanted).items() if wanted and profiles >= wanted]
    return Member.objects.filter(user__in=users, role__in=roles_that_can(verb)).select_related("user", "organization")


def held_profiles_by_member(verb: str, profile_ids: Collection[int]) -> dict[int, set[int]]:
    """{member id: on which of `profile_ids` they hold `verb`}, in three queries."""
    held = held_profiles_by_user(verb, set(profile_ids))
    people = Member.objects.filter(user__in=held, role__in=roles_that_can(verb)).values_list("pk", "user_id")
    return {pk: held[user_id] for pk, user_id in people}
