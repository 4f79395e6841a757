"""What an organization's programs and open pages use at this moment, counted in Redis."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.processes import places, ratelimit
from foundation.texts.numbers import spelt_number
from organizations.configuration.quotas import Quota, register

DAY = 86_400


def register_quotas() -> None:
    register(
        Quota(
            "calls",
            gettext_lazy("REST calls today"),
            lambda: settings.CALLS_PER_DAY,
            lambda organization: ratelimit.counted(calls_of(organization.pk), DAY),
            spell_number,
            gettext_lazy("Programs are refused until midnight UTC; pages go on."),
            place=2,
        )
    )
    register(
        Quota(
            "streams",
            gettext_lazy("Pages that update by themselves"),
            lambda: settings.STREAMS_AT_ONCE,
            lambda organization: places.taken(streams_of(organization.pk)),
            spell_number,
            gettext_lazy("Further pages work and do not update by themselves."),
            place=3,
        )
    )


def calls_of(organization_id: int) -> str:
    return f"calls-of:{organization_id}"


def streams_of(organization_id: int) -> str:
    return f"streams-of:{organization_id}"


def spell_number(used: int, limit: int) -> str:
    return _("%(used)s of %(limit)s") % {"used": spelt_number(used), "limit": spelt_number(limit)}
