"""Looks for the records of domains: when somebody asks, and again and again by itself."""

import time
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils.timezone import now

from foundation.errors import NotFound
from organizations.actions.domains import store_domain_lookup
from organizations.actors import Actor, System
from organizations.models import SignOnDomain
from organizations.sign_in.domain_records import look_up_record
from organizations.tenancy import scope

PROVED_EVERY = timedelta(hours=12)
WAITING_EVERY = timedelta(minutes=50)  # less than the hour in which beat comes round
WAITING_FOR = timedelta(days=30)  # then only by hand: it was entered and forgotten
MOST_PER_ROUND = 500
LONGEST_ROUND = 240.0  # seconds of one round: the rest has its turn in the next


def check_domain(actor: Actor, domain: SignOnDomain) -> SignOnDomain:
    """Looks, and draws the consequences. Raises NotFound where it was given up meanwhile, PermissionDenied."""
    return store_domain_lookup(actor, domain, look_up_record(domain), at=now())


def check_due_domains(at: datetime) -> int:
    """Looks for the records of those whose turn it is, proved ones first; how many."""
    ends, looked = time.monotonic() + LONGEST_ROUND, 0
    for domain in list_due_domains(at):
        if time.monotonic() > ends:
            break
        with scope(domain.organization_id):
            try:
                check_domain(System("domains"), domain)
            except NotFound:
                continue  # given up while we looked
        looked += 1
    return looked


def list_due_domains(at: datetime) -> list[SignOnDomain]:
    """One round for all organizations. Index domain_due."""
    rested = Q(checked_at=None) | Q(checked_at__lte=at - WAITING_EVERY)
    proved = Q(proved_by="record") & (Q(checked_at__lte=at - PROVED_EVERY) | Q(missing_since__isnull=False))
    waiting = Q(proved_at=None, entered_at__gt=at - WAITING_FOR)
    # unscoped: one round looks after every organization
    rows = SignOnDomain.unscoped.filter(rested & (proved | waiting))
    return list(
        rows.order_by(F("proved_at").asc(nulls_last=True), F("checked_at").asc(nulls_first=True))[:MOST_PER_ROUND]
    )
