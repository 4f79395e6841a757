"""Who is in the organization, and who was."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from foundation.texts.search import MatchesQuery, Parts
from organizations.models import Absence, Member
from organizations.sign_in.admission import SECOND_STEPS

PAGE = 50
BY_NAME = ("user__name", "user__email", "pk")


@dataclass(frozen=True, slots=True)
class PeoplePage:
    rows: list[Member]
    older: int | None  # the last one shown: the next page begins after it


def list_members(q: str = "") -> QuerySet[Member]:
    rows = Member.objects.select_related("user", "organization").order_by(*BY_NAME)
    return rows.filter(name_condition(q)) if q else rows


def name_condition(q: str) -> MatchesQuery:
    return MatchesQuery(Parts("user__name", "user__email"), q)


def people_page(*, q: str = "", left: bool = False, after: int | None = None) -> PeoplePage:
    """By name and address, in one or two queries; `after` is somebody's id. Each row knows whether they are `away`."""
    rows = Member.ever.filter(left_at__isnull=not left).select_related("user").order_by(*BY_NAME)
    if q:
        rows = rows.filter(name_condition(q))
    anchor = Member.ever.select_related("user").filter(pk=after).first() if after else None
    if anchor:
        same = Q(user__name=anchor.user.name)
        rows = rows.filter(Q(user__name__gt=anchor.user.name) | same & Q(user__email__gt=anchor.user.email))
    away = Absence.objects.filter(member=OuterRef("pk"), starts_at__lte=Now(), ends_at__gt=Now())
    found = list(rows.annotate(away=Exists(away))[: PAGE + 1])
    return PeoplePage(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def count_without_mfa() -> int:
    """How many members have neither an authenticator app nor a passkey."""
    second = Authenticator.objects.filter(user=OuterRef("user"), type__in=SECOND_STEPS)
    return Member.objects.filter(~Exists(second)).count()
