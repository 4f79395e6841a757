"""Living API tokens, newest first, page by page."""

from foundation.database.keyset import KeyPage, page_by_key
from organizations.models import ApiToken, Member

PAGE = 50


def token_page(
    *, member: Member | None = None, before: int | None = None, after: int | None = None
) -> KeyPage[ApiToken]:
    """Of one member, or of everybody; older than the id `before`, or newer than `after`. Index token_newest."""
    rows = ApiToken.objects.filter(revoked_at=None, member__left_at=None).select_related("member__user")
    if member is not None:
        rows = rows.filter(member=member)
    return page_by_key(rows, ["-pk"], size=PAGE, after=before, before=after)
