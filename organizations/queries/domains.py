"""The domains of an organization's sign-on, as its page shows them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from foundation.database.lookups import get_or_not_found
from organizations.models import SignOnDomain
from organizations.sign_in.domain_records import LookupResult

NOT_PROVED_TEXT = noop("Make this TXT record where your domain is looked after, then check.")
LOOKUP_TEXTS: dict[str, str] = {
    LookupResult.ABSENT: noop("No such record was found. A new one may take an hour to be seen everywhere."),
    LookupResult.OTHER: noop(
        "There is a record of this name, and it says something else. Compare the two, letter by letter."
    ),
    LookupResult.SILENT: noop("Your name servers did not answer, so nothing is known. Check again in some minutes."),
}


@dataclass(frozen=True, slots=True)
class DomainRow:
    pk: int
    name: str
    host: str
    record: str
    face: str  # of socialops.templatetags.state_faces
    label: str
    explanation: str  # what is, and what to do
    checked_at: datetime | None
    by_record: bool  # the record is what proves it, or would
    works: bool


def domain_rows() -> list[DomainRow]:
    rows = list(SignOnDomain.objects.order_by("name"))
    # unscoped: whether somebody else was first
    others = SignOnDomain.unscoped.filter(name__in=[row.name for row in rows if not row.proved_at])
    taken = set(others.exclude(proved_at=None).values_list("name", flat=True))
    return [domain_row(row, row.name in taken) for row in rows]


def domain_row(row: SignOnDomain, is_taken: bool) -> DomainRow:
    face, label, text = domain_state(row, is_taken)
    return DomainRow(
        row.pk,
        name=str(row),
        host=row.host,
        record=row.record,
        face=face,
        label=label,
        explanation=text,
        checked_at=row.checked_at,
        by_record=row.proved_by != "operator",
        works=row.proved_at is not None,
    )


def domain_state(row: SignOnDomain, is_taken: bool) -> tuple[str, str, str]:
    if row.missing_since:
        ends = row.missing_since + timedelta(days=settings.DOMAIN_GRACE_DAYS)
        text = _("The record is gone. Put it back by %s, or the sign-on stops for this domain.")
        return "expiring", _("Record gone"), text % ends.date().isoformat()
    if row.proved_at:
        by_operator = _("This server's operator has vouched for it.")
        kept = _("Leave the record where it is: it is looked for again and again.")
        return "connected", _("Proved"), by_operator if row.proved_by == "operator" else kept
    if is_taken:
        text = _("Another organization on this server has proved it. Ask the operator of the server if it is yours.")
        return "failed", _("Taken"), text
    text = _(LOOKUP_TEXTS.get(row.answer, NOT_PROVED_TEXT))
    if row.known_until and row.known_until > now():
        text += " " + _("Until %s it still lets in whom it let in before.") % row.known_until.date().isoformat()
    return "pending", _("Not proved"), text


def access_domain(pk: int) -> SignOnDomain:
    """Raises NotFound."""
    return get_or_not_found(SignOnDomain.objects.all(), pk)
