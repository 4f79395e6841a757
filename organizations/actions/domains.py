"""Domains of an organization's sign-on: what the name servers or the operator say of whose they are."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from foundation.database.lookups import get_or_not_found
from foundation.errors import Conflict, Invalid, NotFound
from foundation.internet.domain_names import is_public_domain, normalize_domain
from foundation.texts.number_format import format_number
from organizations.access import require_owner
from organizations.actors import Actor, System
from organizations.auditing import audit
from organizations.models import Member, Organization, Role, SignOnDomain
from organizations.notifications.notices import notify, settle_notices
from organizations.sign_in.domain_records import LookupResult

MOST_DOMAINS = 20


def checked_domain_names(domains: Iterable[str]) -> list[str]:
    """As they are compared, in order. Raises Invalid (domains)."""
    entered_names = [text.strip() for text in domains if text.strip()]
    names = {normalize_domain(text): text for text in entered_names}
    invalid_names = [
        text for text in entered_names if not normalize_domain(text) or is_public_domain(normalize_domain(text))
    ]
    if invalid_names:
        wrong = _("%s cannot be used: give the domain of your own e-mail addresses, such as acme.example.")
        raise Invalid({"domains": [wrong % invalid_names[0][:80]]})
    if not 1 <= len(names) <= MOST_DOMAINS:
        raise Invalid({"domains": [_("Give 1 to %s domains, such as acme.example.") % format_number(MOST_DOMAINS)]})
    return sorted(names)


@transaction.atomic
def claim_domains(actor: Actor, organization: Organization, names: list[str]) -> list[list[str]] | None:
    """Claims these and gives up all others; [before, after] where that is a change. The caller writes it down."""
    require_owner(actor)
    rows = {row.name: row for row in SignOnDomain.objects.select_for_update()}
    SignOnDomain.objects.filter(pk__in=[row.pk for name, row in rows.items() if name not in names]).delete()
    for name in names:
        if name not in rows:
            SignOnDomain.objects.create(organization=organization, name=name)
    settle_notices(*(domain_cause(row) for name, row in rows.items() if name not in names))
    return [sorted(rows), names] if sorted(rows) != names else None


@transaction.atomic
def store_domain_lookup(actor: Actor, domain: SignOnDomain, result: LookupResult, *, at: datetime) -> SignOnDomain:
    """Keeps what the name servers said: proved by it, proved no longer, or told once that the record is gone.

    An outage says nothing: only a sure “not there” counts. Raises NotFound, PermissionDenied.
    """
    require_owner(actor)
    first = domain.checked_at is None
    row = lock_domain(domain)
    row.checked_at, row.answer = at, result
    row.save(update_fields=["checked_at", "answer"])
    if result == LookupResult.FOUND:
        accept_found_record(actor, row)
    elif result != LookupResult.SILENT and row.proved_by == "record":
        note_missing_record(row, at)
    if first and row.known_until and not row.proved_at:
        notify_owners(
            row,
            _("Prove that %s is yours") % row,
            _("Until then the single sign-on brings in nobody new, and after %s nobody at all.")
            % row.known_until.date().isoformat(),
        )
    return row


def accept_found_record(actor: Actor, row: SignOnDomain) -> None:
    settle_notices(domain_cause(row))
    if row.missing_since:
        row.missing_since = None
        row.save(update_fields=["missing_since"])
    if not row.proved_at:
        store_domain_proof(actor, row, "record")


def store_domain_proof(actor: Actor, row: SignOnDomain, by: str) -> bool:
    """Whether it is the organization's from now on: not where another was first."""
    before = row.proved_by or None
    row.proved_at, row.proved_by, row.known_until, row.missing_since = now(), by, None, None
    try:
        with transaction.atomic():
            row.save(update_fields=["proved_at", "proved_by", "known_until", "missing_since"])
    except IntegrityError:
        row.refresh_from_db()
        return False
    audit.record(actor, "domain.proved", row, {"proved_by": [before, by]})
    return True


def note_missing_record(row: SignOnDomain, at: datetime) -> None:
    """Once with notice; gone for good only when it is still not there after the days of grace."""
    grace = timedelta(days=settings.DOMAIN_GRACE_DAYS)
    if row.missing_since is None:
        row.missing_since = at
        row.save(update_fields=["missing_since"])
        audit.record(System("domains"), "domain.missing", row)
        notify_owners(
            row,
            _("The record that proves %s is gone") % row,
            _("Put it back by %s, or the single sign-on no longer works for its addresses.")
            % (at + grace).date().isoformat(),
        )
    elif at - row.missing_since >= grace:
        revoke_domain_proof(System("domains"), row)
        notify_owners(
            row,
            _("%s is no longer proved") % row,
            _("The single sign-on does not work for its addresses. Whoever has no password gets one by e-mail."),
        )


def revoke_domain_proof(actor: Actor, row: SignOnDomain) -> None:
    before, row.proved_at, row.proved_by, row.missing_since = row.proved_by, None, "", None
    row.save(update_fields=["proved_at", "proved_by", "missing_since"])
    audit.record(actor, "domain.lapsed", row, {"proved_by": [before, None]})
    settle_notices(domain_cause(row))


@transaction.atomic
def prove_by_operator(actor: System, organization: Organization, name: str) -> SignOnDomain:
    """The operator knows whose it is: proved without a record, until it is taken back.

    Raises Invalid (domains), Conflict where another organization has proved it.
    """
    (name,) = checked_domain_names([name])
    row, _made = SignOnDomain.objects.select_for_update().get_or_create(organization=organization, name=name)
    if row.proved_by != "operator" and not store_domain_proof(actor, row, "operator"):
        # unscoped: the operator may know of every organization
        other = SignOnDomain.unscoped.exclude(proved_at=None).select_related("organization").get(name=name)
        raise Conflict(
            f"{row} is proved for the organization “{other.organization.slug}” already. Take it back there first."
        )
    settle_notices(domain_cause(row))
    return row


@transaction.atomic
def revoke_proof_by_operator(actor: System, organization: Organization, name: str) -> SignOnDomain:
    """Proved no longer; a record that is there proves it again at the next look. Raises NotFound."""
    rows = SignOnDomain.objects.select_for_update().exclude(proved_at=None)
    row = rows.filter(name=normalize_domain(name)).first()
    if row is None:
        raise NotFound(f"{name} is not proved for {organization.slug}.")
    revoke_domain_proof(actor, row)
    return row


def lock_domain(domain: SignOnDomain) -> SignOnDomain:
    row = get_or_not_found(SignOnDomain.objects.select_for_update(), domain.pk)
    return row


def notify_owners(row: SignOnDomain, title: str, about: str) -> None:
    """A new notice each time: what was told before is over."""
    settle_notices(domain_cause(row))
    owners = Member.objects.filter(role=Role.OWNER).select_related("user", "organization")
    organization = Organization.objects.get(pk=row.organization_id)
    url = reverse("organizations:security", args=[organization.slug])
    notify(owners, domain_cause(row), kind="sign_on_domain", title=title, about=about, url=url)


def domain_cause(row: SignOnDomain) -> str:
    return f"domain-{row.pk}"
