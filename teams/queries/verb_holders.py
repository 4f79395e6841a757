"""Which members hold a verb, by their own grants or through a team; admins, who hold every right, are left out."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import QuerySet

from networks.models import ProfileGroupObjectPermission, ProfileUserObjectPermission
from organizations.models import Member
from teams.access import roles_that_can


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


def held_profiles_by_user(verb: str, profile_ids: set[int]) -> dict[int, set[int]]:
    """{user id: on which of `profile_ids` they hold `verb`}"""
    filters = {"content_object__in": profile_ids, "permission__codename": f"{verb}_profile"}
    held: dict[int, set[int]] = defaultdict(set)
    own = ProfileUserObjectPermission.objects.filter(**filters).values_list("user_id", "content_object_id")
    through = ProfileGroupObjectPermission.objects.filter(**filters, group__user__isnull=False)
    for user_id, profile_id in (*own, *through.values_list("group__user", "content_object_id")):
        held[user_id].add(profile_id)
    return held
