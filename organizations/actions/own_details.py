"""What people say of themselves, and how they look."""

import secrets
from zoneinfo import available_timezones

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from foundation.errors import Invalid
from foundation.processes import realtime
from foundation.texts.names import checked_name
from organizations.actions.logo import delete_on_commit
from organizations.auditing import audit
from organizations.models import Member, User
from organizations.people.portraits import PORTRAIT_SIDE, render_portrait

LONGEST_NAME = 120


@transaction.atomic
def change_own_details(member: Member, *, name: str, time_zone: str = "") -> User:
    """Their own name and clock, in every organization; without a zone each organization's holds.

    Raises Invalid (name, time_zone).
    """
    name = checked_name(name, LONGEST_NAME)
    if time_zone and time_zone not in available_timezones():
        raise Invalid({"time_zone": [_("There is no time zone of that name.")]})
    user = lock_user(member)
    before = {"name": user.name, "time_zone": user.time_zone}
    user.name, user.time_zone = name, time_zone
    if change := audit.changed_fields(before, {"name": name, "time_zone": time_zone}):
        user.save(update_fields=["name", "time_zone"])
        audit.record(member, "member.described", member, change)
        realtime.ping(member.organization_id, "rights")
    return user


@transaction.atomic
def set_picture(member: Member, *, content: bytes) -> User:
    """Their own face, one in every organization, from any JPEG, PNG or WebP. Raises Invalid (picture), NoRoom.

    The file has a new name each time, so browsers may keep it; the one before goes once this is committed.
    """
    small = render_portrait(content)
    user = lock_user(member)
    before = user.picture.name or ""
    name = f"faces/{user.pk}-{secrets.token_hex(8)}.webp"
    save_picture(user, default_storage.save(name, ContentFile(small)))
    change = {"picture": ["one" if before else "", f"{PORTRAIT_SIDE} × {PORTRAIT_SIDE}"]}
    audit.record(member, "member.picture_changed", member, change)
    delete_on_commit(before)
    realtime.ping(member.organization_id, "rights")
    return user


@transaction.atomic
def remove_picture(member: Member) -> User:
    """Back to the initials. Nothing happens where there is none."""
    user = lock_user(member)
    if before := user.picture.name:
        save_picture(user, "")
        audit.record(member, "member.picture_removed", member, {"picture": ["one", ""]})
        delete_on_commit(before)
        realtime.ping(member.organization_id, "rights")
    return user


def lock_user(member: Member) -> User:
    """The person as they are now; until the transaction ends nobody changes them."""
    return User.objects.select_for_update().get(pk=member.user_id)


def save_picture(user: User, name: str) -> None:
    user.picture.name = name
    user.save(update_fields=["picture"])
