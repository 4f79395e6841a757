"""One right more for somebody, beside what they hold."""

from django.db import transaction

from networks.models import Profile, ProfileUserObjectPermission
from organizations.actors import Actor
from organizations.models import Member
from teams.actions.grants import lock_profile_row, set_grants


@transaction.atomic
def grant_verb(actor: Actor, profile: Profile, member: Member, verb: str) -> None:
    """Raises Invalid, NotFound, and PermissionDenied where the actor may not give it."""
    lock_profile_row(profile)  # before reading what they hold, so that no change in between is undone
    rows = ProfileUserObjectPermission.objects.filter(user=member.user_id, content_object=profile)
    held = {codename.removesuffix("_profile") for codename in rows.values_list("permission__codename", flat=True)}
    set_grants(actor, profile, members={member.pk: held | {verb}})
