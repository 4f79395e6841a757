"""Who is in the organization, and who was."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from foundation.database.keyset import KeyPage, page_by_key
from foundation.texts.search import MatchesQuery, Parts
from organizations.models import ADMIN_ROLES, Absence, Member
from organizations.sign_in.admission import SECOND_STEPS

PAGE = 50
BY_NAME = ("user__name", "user__email", "pk")


def list_members(q: str = "") -> QuerySet[Member]:
    rows = Member.objects.select_related("user", "organization").order_by(*BY_NAME)
    return rows.filter(name_condition(q)) if q else rows


def list_admins() -> QuerySet[Member]:
    """Owners and admins, in no order."""
    return Member.objects.filter(role__in=ADMIN_ROLES).select_related("user", "organization")


def name_condition(q: str) -> MatchesQuery:
    return MatchesQuery(Parts("user__name", "user__email"), q)


def people_page(*, q: str = "", left: bool = False, after: int | None = None) -> KeyPage[Member]:
    """By name and address, in one or two queries; `after` is somebody's id. Each row knows whether they are `away`."""
    rows = Member.ever.filter(left_at__isnull=not left).select_related("user")
    if q:
        rows = rows.filter(name_condition(q))
    edge = Member.ever.filter(pk=after).values_list(*BY_NAME).first() if after else None
    away = Absence.objects.filter(member=OuterRef("pk"), starts_at__lte=Now(), ends_at__gt=Now())
    return page_by_key(rows.annotate(away=Exists(away)), BY_NAME, size=PAGE, after=edge)


def count_without_mfa() -> int:
    """How many members have neither an authenticator app nor a passkey."""
    second = Authenticator.objects.filter(user=OuterRef("user"), type__in=SECOND_STEPS)
    return Member.objects.filter(~Exists(second)).count()
