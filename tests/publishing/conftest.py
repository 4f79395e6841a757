"""Posts in a few sentences."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.utils.timezone import now

from networks.adapters.facebook.adapter import FacebookAdapter
from networks.adapters.x.adapter import XAdapter
from networks.models import Outgoing
from organizations.models import Member
from publishing.actions.assets import upload_asset
from publishing.actions.schedule import publish_now
from publishing.models import Asset, Post
from tests import media
from tests.cast import Cast
from tests.posts import create_post


@pytest.fixture
def tomorrow() -> datetime:
    """At noon, which is the same day wherever the cast lives."""
    return (now() + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def write(cast: Cast, in_acme: None) -> Callable[..., Post]:
    """write(member, "text", profile, ...) -> a draft."""

    def written(author: Member, text: str = "Hello", *profiles, **more) -> Post:
        return create_post(author, text=text, profiles=[p.pk for p in profiles or (cast.x, cast.page)], **more)

    return written


@pytest.fixture
def rows_of(in_acme: None) -> Callable[[Post], list[tuple[str, str, str]]]:
    """rows_of(post) -> [(network, state, text)] of its rows in the outbox, oldest first."""

    def rows(post: Post) -> list[tuple[str, str, str]]:
        found = Outgoing.objects.filter(delivery__post=post).select_related("profile").order_by("pk")
        return [(row.profile.network, row.state, row.draft["text"]) for row in found]

    return rows


@pytest.fixture
def networks_take(settings, tmp_path, monkeypatch) -> None:
    """X takes 4 pictures, a GIF or a video, a page 10 pictures; files are kept in a folder of this test's own."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(XAdapter, "capabilities", replace(XAdapter.capabilities, media=media.X_TAKES))
    monkeypatch.setattr(
        FacebookAdapter, "capabilities", replace(FacebookAdapter.capabilities, media=media.FACEBOOK_TAKES)
    )


@pytest.fixture
def upload(cast: Cast, in_acme: None, networks_take: None) -> Callable[..., Asset]:
    """upload(member, bytes, "alt text") -> an asset."""

    def uploaded(author: Member, content: bytes = b"", alt_text: str = "") -> Asset:
        return upload_asset(author, BytesIO(content or media.picture()), alt_text=alt_text)

    return uploaded


@pytest.fixture
def posted(cast: Cast, write) -> Post:
    """A thread of three that is on its way to X."""
    return publish_now(cast.priya, write(cast.priya, "One", cast.x, thread=["Two", "Three"]))
