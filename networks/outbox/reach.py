"""Whom a circuit or a limit is about (`networks.models.circuit.Reach`), said for a profile, in a query and in SQL."""

from typing import Any, TypeVar

from django.db.models import OuterRef, Q, QuerySet

from networks.models import Profile
from networks.models.circuit import Reach

R = TypeVar("R", bound=Reach)

# Whether a row `r` is about a profile `p`.
REACHES = """
    r.network = p.network AND r.sandbox = p.sandbox
    AND (r.organization_id IS NULL OR r.organization_id = p.organization_id)
"""


def reach_of(profile: Profile) -> dict[str, Any]:
    """The columns of a row about the network of `profile`."""
    own = profile.organization_id if profile.sandbox else None
    return {"network": profile.network, "sandbox": profile.sandbox, "organization_id": own}


def rows_reaching(model: type[R], profile: str = "") -> QuerySet[R]:
    """The rows about the profile of an outer query; `profile` is the way to it, such as "profile__"."""
    own = Q(organization=None) | Q(organization=OuterRef(f"{profile}organization"))
    rows: QuerySet[R] = model._default_manager.filter(
        own, network=OuterRef(f"{profile}network"), sandbox=OuterRef(f"{profile}sandbox")
    )
    return rows
