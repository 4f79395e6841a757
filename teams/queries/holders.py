"""Which members hold a verb, by their own grants or through a team; admins, who hold every right, are left out."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import QuerySet

from networks.models import ProfileGroupObjectPermission, ProfileUserObjectPermission
from organizations.models import Member


def who_may(verb: str, profile_ids: Collection[int]) -> QuerySet[Member]:
    """Members who hold `verb` on every one of `profile_ids`; nobody where there is none."""
    wanted = set(profile_ids)
    asked = {"content_object__in": wanted, "permission__codename": f"{verb}_profile"}
    held: dict[int, set[int]] = defaultdict(set)
    own = ProfileUserObjectPermission.objects.filter(**asked).values_list("user_id", "content_object_id")
    through = ProfileGroupObjectPermission.objects.filter(**asked).values_list("group__user", "content_object_id")
    for user_id, profile_id in (*own, *through):
        held[user_id].add(profile_id)
    users = [pk for pk, profiles in held.items() if pk and wanted and profiles >= wanted]
    return Member.objects.filter(user__in=users).select_related("user", "organization")
