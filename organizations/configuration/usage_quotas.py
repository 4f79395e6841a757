"""What an organization's programs and open pages use at this moment, counted in Redis."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.processes import ratelimit, redis_permits
from foundation.texts.number_format import format_number
from organizations.configuration.quotas import Quota, register_quota

DAY_SECONDS = 86_400


def register_quotas() -> None:
    register_quota(
        Quota(
            "calls",
            gettext_lazy("REST calls today"),
            lambda: settings.CALLS_PER_DAY,
            lambda organization: ratelimit.count_calls(calls_key(organization.pk), DAY_SECONDS),
            format_usage,
            gettext_lazy("Programs are refused until midnight UTC; pages go on."),
            place=2,
        )
    )
    register_quota(
        Quota(
            "streams",
            gettext_lazy("Pages that update by themselves"),
            lambda: settings.STREAMS_AT_ONCE,
            lambda organization: redis_permits.count_permits(streams_key(organization.pk)),
            format_usage,
            gettext_lazy("Further pages work and do not update by themselves."),
            place=3,
        )
    )


def calls_key(organization_id: int) -> str:
    return f"calls-of:{organization_id}"


def streams_key(organization_id: int) -> str:
    return f"streams-of:{organization_id}"


def format_usage(used: int, limit: int) -> str:
    return _("%(used)s of %(limit)s") % {"used": format_number(used), "limit": format_number(limit)}
