"""Which organization's sign-on is meant: asked before anybody is signed in, so outside every fence."""

from organizations.models import OrganizationSignOn


def sign_on_at(slug: str) -> OrganizationSignOn | None:
    # unscoped: who comes to sign in is in no organization yet
    return OrganizationSignOn.unscoped.select_related("organization").filter(organization__slug=slug).first()


def sign_ons_for(email: str) -> list[OrganizationSignOn]:
    """By the domain of the address alone: whether somebody has this address is not told. Index sign_on_domains."""
    domain = email.rpartition("@")[2].lower()
    # unscoped: as above
    rows = OrganizationSignOn.unscoped.select_related("organization").defer("client_secret")
    return list(rows.filter(domains__contains=[domain]).order_by("organization__name")[:20])
