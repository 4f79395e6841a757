"""What members can be told of. Each floor registers its own kinds; a kind knows its words and its default channels."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from organizations.models import Member

CHANNELS = ("bell", "email", "digest")


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """What an e-mail shows of the thing itself: its whole words, and pictures as (JPEG bytes, description)."""

    text: str = ""
    pictures: list[tuple[bytes, str]] = field(default_factory=list)


# (whom it is told, the notice's cause) -> what may be shown to them at this moment; None where nothing may.
ContentFinder = Callable[["Member", str], NoticeContent | None]


@dataclass(frozen=True, slots=True)
class NoticeKind:
    name: str
    label: str | Promise  # "Work is given to me"
    icon: str
    defaults: frozenset[str] = frozenset({"bell"})
    shows: ContentFinder | None = None


NOTICE_KINDS: dict[str, NoticeKind] = {}


def register_notice_kind(
    name: str, label: str | Promise, icon: str, *defaults: str, shows: ContentFinder | None = None
) -> None:
    """Called when an app is ready; in the order in which the settings page shows them."""
    NOTICE_KINDS[name] = NoticeKind(name, label, icon, frozenset(defaults or ("bell",)), shows)
