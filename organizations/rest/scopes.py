"""What an API token may be used for. A scope only ever takes away: its member's rights stay the ceiling."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

AREAS = ("publishing", "inbox", "analytics", "teams", "people")
FULL_SCOPES = ("read", "write")
SCOPES = (*FULL_SCOPES, *(f"{area}:{mode}" for area in AREAS for mode in FULL_SCOPES))

SCOPE_LABELS = {
    "read": _("Read everything"),
    "write": _("Read and change everything"),
    "publishing:read": _("Read posts and what went out"),
    "publishing:write": _("Write, schedule and cancel posts"),
    "inbox:read": _("Read conversations"),
    "inbox:write": _("Answer and sort conversations"),
    "analytics:read": _("Read numbers"),
    "analytics:write": _("Change goals and reports"),
    "teams:read": _("Read teams, profiles and rights"),
    "teams:write": _("Change teams and rights"),
    "people:read": _("Read members, absences and invitations"),
    "people:write": _("Invite people, change roles and off-board members"),
}


def required_scope(area: str, method: str) -> str:
    """The narrowest scope that lets a call of this HTTP method into `area` through."""
    return f"{area}:{'read' if method in {'GET', 'HEAD', 'OPTIONS'} else 'write'}"


def covers_scope(held: Collection[str], scope: str) -> bool:
    """Whether `held` includes `scope`: who may write may read, and a scope without an area is for all of them."""
    area, _colon, mode = scope.partition(":")
    enough = {scope, mode, f"{area}:write", "write"}
    return not enough.isdisjoint(held)
