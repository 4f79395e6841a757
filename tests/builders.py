"""Makes what a test begins with, always through the product's own actions, so that no test begins impossibly."""

import itertools
from collections.abc import Mapping
from typing import Any

from networks.actions.profiles import store_connected_profile
from networks.contract import Identity
from networks.models import Profile
from organizations.actions.organizations import create_member, create_organization
from organizations.actors import System
from organizations.models import Member, Organization, Role
from organizations.tenancy import scope
from teams.actions.grants import set_grants
from teams.levels import LEVELS

PASSWORD = "correct horse battery"  # long enough for every validator
SETUP = System("setup")
numbers = itertools.count(1)


def organization(slug: str = "acme", *, owner: str = "olive") -> Organization:
    return create_organization(
        SETUP,
        name=slug.capitalize(),
        slug=slug,
        owner_email=f"{owner}@{slug}.example",
        owner_password=PASSWORD,
        time_zone="Europe/Madrid",
    )


def member(organization: Organization, name: str, *, role: str = Role.MEMBER) -> Member:
    email = f"{name.lower()}@{organization.slug}.example"
    with scope(organization):
        return create_member(SETUP, organization, email=email, role=role, password=PASSWORD, name=name)


def profile(
    organization: Organization,
    network: str = "x",
    *,
    handle: str = "",
    grants: Mapping[Member, str] | None = None,
    secrets: Mapping[str, Any] | None = None,
    sandbox: bool = False,
) -> Profile:
    """A connected profile; `grants` maps members to level names."""
    number = next(numbers)
    handle = handle or f"{organization.slug}{number}"
    identity = Identity(remote_id=str(1000 + number), name=handle.capitalize(), handle=handle)
    with scope(organization):
        made = store_connected_profile(
            SETUP, network, dict(secrets or {"access_token": "t"}), identity, sandbox=sandbox
        )
        set_grants(SETUP, made, members={who.pk: LEVELS[level] for who, level in (grants or {}).items()})
    return made
