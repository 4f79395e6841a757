"""Guardian's rows: which verbs somebody, or a team through its group, was given on a profile. Nobody else asks them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.utils.timezone import now

from foundation.texts.graphemes import truncate_text
from networks.models import Profile, ProfileGroupObjectPermission, ProfileUserObjectPermission

Verbs = frozenset[str]


def own_grants(verb: str = "", **where: Any) -> QuerySet[ProfileUserObjectPermission]:
    """What users hold by themselves, of one verb or of all."""
    return ProfileUserObjectPermission.objects.filter(**of_verb(verb), **where)


def team_grants(verb: str = "", **where: Any) -> QuerySet[ProfileGroupObjectPermission]:
    """What the groups of teams hold, of one verb or of all."""
    return ProfileGroupObjectPermission.objects.filter(**of_verb(verb), **where)


def of_verb(verb: str) -> dict[str, str]:
    return {"permission__codename": f"{verb}_profile"} if verb else {}


def verbs_by(rows: QuerySet[Any], *keys: str) -> dict[Any, Verbs]:
    """{value: verbs}, the value being that of the one key, or those of all keys together. One query."""
    found: defaultdict[Any, set[str]] = defaultdict(set)
    for *values, codename in rows.values_list(*keys, "permission__codename"):
        found[values[0] if len(keys) == 1 else tuple(values)].add(codename.removesuffix("_profile"))
    return {value: frozenset(verbs) for value, verbs in found.items()}


def held_profiles_by_user(verb: str, profile_ids: Iterable[int]) -> dict[int, set[int]]:
    """{user id: on which of `profile_ids` they hold `verb`, by themselves or through a team}. Two queries."""
    held: defaultdict[int, set[int]] = defaultdict(set)
    own = own_grants(verb, content_object__in=profile_ids)
    through = team_grants(verb, content_object__in=profile_ids, group__user__isnull=False)
    for rows, user in ((own, "user_id"), (through, "group__user")):
        for user_id, profile_id in rows.values_list(user, "content_object_id"):
            held[user_id].add(profile_id)
    return held


def store_grants(
    rows: QuerySet[Any], key: str, profile: Profile, gone: Iterable[int], new: Iterable[tuple[int, str]], given_by: str
) -> None:
    """Of the table of `rows`: deletes those with the ids `gone`, and adds each (`key`, verb) of `new`."""
    if gone:
        rows.model._default_manager.filter(pk__in=gone).delete()
    if not new:
        return
    permissions = Permission.objects.filter(content_type__app_label="networks", content_type__model="profile")
    ids = dict(permissions.values_list("codename", "pk"))
    given: dict[str, Any] = {"content_object": profile, "given_by": truncate_text(given_by, 200), "given_at": now()}
    rows.model._default_manager.bulk_create(
        rows.model(permission_id=ids[f"{verb}_profile"], **{key: owner}, **given) for owner, verb in new
    )
