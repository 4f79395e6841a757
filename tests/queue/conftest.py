"""Rows of the outbox wherever a test wants them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from networks.actions.outgoing import enqueue_outgoing
from networks.contract import Draft, DraftKind
from networks.models import Outgoing, Profile
from publishing.models import Delivery, Post, Revision
from tests.cast import Cast


@pytest.fixture
def lay(cast: Cast, in_acme: None) -> Callable[..., Outgoing]:
    """lay("Bread", profile, minutes=-5, state="sent", ...) -> a row with its post, planned so many minutes from now."""

    def laid(text: str = "Bread", profile: Profile | None = None, *, minutes: float = 5, **stamps: Any) -> Outgoing:
        profile = profile or cast.x
        at = now() + timedelta(minutes=minutes)
        post = Post.objects.create(author=cast.ed, state="scheduled", planned_at=at)
        post.revision = Revision.objects.create(post=post, number=1, text=text, author=cast.ed)
        post.save()
        post.profiles.add(profile)
        row = enqueue_outgoing(profile, Draft(DraftKind.POST, text), key=f"queue:{post.pk}", due_at=at)
        Outgoing.objects.filter(pk=row.pk).update(**stamps)
        Delivery.objects.create(post=post, revision=post.revision, profile=profile, outgoing=row)
        row.refresh_from_db()
        return row

    return laid
