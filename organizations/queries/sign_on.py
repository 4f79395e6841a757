"""Which organization's sign-on is meant: asked before anybody is signed in, so outside every fence."""

from foundation.internet.domain_names import domain_of_email
from organizations.models import OrganizationSignOn, SignOnDomain


def find_sign_on_by_slug(slug: str) -> OrganizationSignOn | None:
    # unscoped: who comes to sign in is in no organization yet
    return OrganizationSignOn.unscoped.select_related("organization").filter(organization__slug=slug).first()


def find_sign_on_by_email(email: str) -> OrganizationSignOn | None:
    """Of the organization that has proved the address's domain: whether somebody has this address is not told."""
    # unscoped: as above
    rows = SignOnDomain.unscoped.filter(name=domain_of_email(email)).exclude(proved_at=None)
    organizations = rows.values("organization")
    # unscoped: as above
    found = OrganizationSignOn.unscoped.select_related("organization").defer("client_secret")
    return found.filter(organization__in=organizations).first()
