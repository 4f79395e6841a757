"""Who is in the organization, and the keys of a member."""

from django.db.models import QuerySet

from organizations.models import ApiToken, Member


def members() -> QuerySet[Member]:
    return Member.objects.select_related("user", "organization").order_by("user__name", "user__email", "pk")


def tokens_of(member: Member) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(member=member, revoked_at=None).order_by("-pk")
