"""Living API tokens, newest first, page by page."""

from dataclasses import dataclass
from typing import Any

from organizations.models import ApiToken, Member
from organizations.queries.audit import is_id

PAGE = 50


@dataclass(frozen=True, slots=True)
class TokenPage:
    tokens: list[ApiToken]
    older: int | None
    newer: int | None


def token_page(*, member: Member | None = None, before: str = "", after: str = "") -> TokenPage:
    """Of one member, or of everybody; index token_newest."""
    rows: Any = ApiToken.objects.filter(revoked_at=None, member__left_at=None).select_related("member__user")
    if member is not None:
        rows = rows.filter(member=member)
    if is_id(after):
        found = list(rows.filter(pk__gt=int(after)).order_by("pk")[: PAGE + 1])
        shown = found[:PAGE][::-1]
        return TokenPage(shown, shown[-1].pk if shown else None, shown[0].pk if len(found) > PAGE else None)
    if is_id(before):
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    return TokenPage(
        shown, shown[-1].pk if len(found) > PAGE else None, shown[0].pk if shown and is_id(before) else None
    )
