"""Invitations: by their link, and those that are open."""

from django.db.models import QuerySet

from foundation.database.keyset import KeyPage, page_by_key
from organizations.models import Invitation
from organizations.signals import teams_asked

PAGE = 50
LONGEST_SECRET = 100


def open_invitations() -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(accepted_at=None, revoked_at=None).order_by("-pk")  # index invitation_open
    return rows.select_related("invited_by__user")


def invitation_page(*, before: int | None = None) -> KeyPage[Invitation]:
    return page_by_key(open_invitations(), ["-pk"], size=PAGE, after=before)


def find_invitation_by_secret(secret: str) -> Invitation | None:
    """The invitation that this link opens, over or not."""
    if not secret or len(secret) > LONGEST_SECRET:
        return None
    # unscoped: the link decides which organization comes into scope
    rows = Invitation.unscoped.select_related("organization", "invited_by__user")
    return rows.filter(digest=Invitation.hash(secret)).first()


def joinable_teams() -> dict[int, str]:
    """{id: name} of the teams that somebody can be put into, by name."""
    found: dict[int, str] = {}
    for teams in teams_asked.ask(Invitation):
        found.update(teams)
    return found
