"""Which organization stands around a page that belongs to none, such as one's account or an error.

It is the one that was open last in this session, and only while the gate would open to it: nothing is shown around a
page that would not be shown behind the gate.
"""

from django.http import HttpRequest

from foundation.processes import realtime
from organizations.access import memberships_of
from organizations.models import Member
from organizations.sign_in.admission import hindrance

LAST_ORGANIZATION = "last_organization"  # in the session: its id


def remember_organization(request: HttpRequest, member: Member) -> None:
    """To be called for a whole page only: parts of pages in two tabs would take turns."""
    if request.session.get(LAST_ORGANIZATION) != member.organization_id:
        request.session[LAST_ORGANIZATION] = member.organization_id


def preferred_membership(request: HttpRequest, memberships: list[Member]) -> Member | None:
    """The organization that was open last, else the first one, of those that this session may enter now."""
    last = request.session.get(LAST_ORGANIZATION)
    ordered = sorted(memberships, key=lambda one: one.organization_id != last)
    return next((one for one in ordered if hindrance(one, request.session) is None), None)


def attach_organization(request: HttpRequest) -> None:
    """Sets what the gate sets (`member`, `memberships`, `as_of`), for the shell; nothing where none may be entered."""
    user = getattr(request, "user", None)  # before the middleware has run there is none
    if getattr(request, "member", None) is not None or user is None or not user.is_authenticated:
        return
    as_of = realtime.current_moment()
    memberships = memberships_of(user)
    if member := preferred_membership(request, memberships):
        request.as_of, request.memberships, request.member = as_of, memberships, member  # type: ignore[attr-defined]  # set before a view begins
