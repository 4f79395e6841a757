"""The only writer of the audit log."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.timezone import now

from foundation.texts.graphemes import truncate_text
from organizations import request_origin
from organizations.actors import Actor, actor_label
from organizations.models import AuditEntry

SECRET_NAME = re.compile(r"secret|password|passwd|credential|authorization|digest|access_?token|refresh_?token", re.I)
SECRET_TEXT = re.compile(r"\bso_[\w-]{20,}|\bBearer\s+\S+")
MASK = "•••"


def record(actor: Actor, verb: str, target: models.Model, change: Mapping[str, Any] | None = None) -> AuditEntry:
    """Notes that `actor` did `verb` ("post.scheduled") to `target`, in the caller's transaction.

    `change` maps field names to [before, after]; None stands for what was not there. Verbs that end in ".created" may
    give plain values. What looks like a secret is masked, as a net below the callers, who leave secrets out.
    """
    who = actor_label(actor)
    return AuditEntry.objects.create(
        at=now(),
        actor_kind=who.kind,
        actor_id=who.id,
        actor_name=truncate_text(who.name, 200),
        verb=verb,
        target_kind=target._meta.model_name or "",
        target_id=str(target.pk),
        target_name=truncate_text(str(target), 200),
        change={name: mask_secrets(name, value) for name, value in (change or {}).items()},
        ip=request_origin.current_origin.get(),
    )


def mask_secrets(name: str, value: Any) -> Any:
    if SECRET_NAME.search(name):
        return [part and MASK for part in value] if isinstance(value, list) else value and MASK
    if isinstance(value, Mapping):
        return {key: mask_secrets(str(key), inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask_secrets("", inner) for inner in value]
    return SECRET_TEXT.sub(MASK, value) if isinstance(value, str) else value


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """{field: [before, after]} of what differs."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
