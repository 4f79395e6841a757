"""How much an organization may use of what all share. Each floor registers its own quotas; an operator may set others.

A quota is asked in the scope of its organization. What is not known (Redis is away) refuses nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from foundation.errors import AppError
from organizations.models import Organization

NEAR_PERCENT = 80  # percent from which owners are told


@dataclass(frozen=True, slots=True)
class Quota:
    name: str
    label: str | Promise  # "Files"
    default: Callable[[], int]
    used: Callable[[Organization], int | None]
    format_usage: Callable[[int, int], str]  # (used, limit) -> "3.2 of 20 GB"
    full: str | Promise  # what happens when nothing is left
    place: int  # among the others on the settings page


@dataclass(frozen=True, slots=True)
class QuotaUse:
    quota: Quota
    used: int | None
    limit: int

    @property
    def percent(self) -> int:
        return min(100, 100 * (self.used or 0) // self.limit)

    @property
    def is_near(self) -> bool:
        return self.percent >= NEAR_PERCENT

    @property
    def warning(self) -> str:
        return "" if self.used is None else self.quota.format_usage(self.used, self.limit)


class QuotaReached(AppError):
    """The organization has used up what it may."""

    def __init__(self, user_message: str, *, status: int) -> None:
        super().__init__(user_message)
        self.status = status


QUOTAS: dict[str, Quota] = {}


def register_quota(quota: Quota) -> None:
    """Called when an app is ready."""
    QUOTAS[quota.name] = quota


def quota_limit(organization: Organization, name: str) -> int:
    """As the operator has set it for this organization, else for all."""
    own = organization.quotas.get(name)
    return int(own) if own else QUOTAS[name].default()


def quota_uses(organization: Organization) -> list[QuotaUse]:
    return [
        QuotaUse(one, one.used(organization), quota_limit(organization, one.name))
        for one in sorted(QUOTAS.values(), key=lambda one: one.place)
    ]
