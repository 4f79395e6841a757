"""The only writer of the audit log."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.timezone import now

from organizations.actors import Actor, label
from organizations.models import AuditEntry


def record(actor: Actor, verb: str, target: models.Model, change: Mapping[str, Any] | None = None) -> AuditEntry:
    """Notes that `actor` did `verb` ("post.scheduled") to `target`, in the caller's transaction.

    `change` maps field names to [before, after] (or to one value where there is no before); callers leave secrets out.
    """
    who = label(actor)
    return AuditEntry.objects.create(
        at=now(),
        actor_kind=who.kind,
        actor_id=who.id,
        actor_name=who.name[:200],
        verb=verb,
        target_kind=target._meta.model_name or "",
        target_id=str(target.pk),
        target_name=str(target)[:200],
        change=dict(change or {}),
    )
