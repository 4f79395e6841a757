"""What an adapter is: frozen shapes that cross the border to a network, and one abstract class per ability.

Nothing here knows Django, a database or HTTP. A missing ability is a class an adapter does not inherit,
so that the page can leave the button out (`isinstance(adapter, Replies)`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, BinaryIO, Self

PART_BEFORE = "@part-before"
"""Stands in a frozen draft for the id that the part before it will have."""


class DraftKind(StrEnum):
    POST = "post"
    PART = "part"  # of a thread of ours, after the first; a first comment too
    REPLY = "reply"
    DELETE = "delete"  # takes away `target`; its text is what is taken away


class InboundKind(StrEnum):
    MENTION = "mention"
    COMMENT = "comment"
    REPLY = "reply"
    DIRECT = "direct"


class MediaKind(StrEnum):
    IMAGE = "image"
    GIF = "gif"  # animated; one that stands still is an image
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class MediaLimit:
    """What files of one kind may be, and how many of them one post takes. `None`: not limited."""

    most: int
    content_types: frozenset[str]
    most_bytes: int
    widest: tuple[int, int] | None = None  # pixels: width, height
    seconds: tuple[float, float] | None = None  # shortest, longest

    def takes(self, file: "Media") -> bool:
        """Whether a file of this kind is of its types and within its bytes, pixels and seconds."""
        shown = self.within(file.width, file.height)
        return file.content_type in self.content_types and file.size <= self.most_bytes and shown and self.lasts(file)

    def within(self, width: int, height: int) -> bool:
        """Upright or on its side."""
        sides = zip(sorted((width, height)), sorted(self.widest or (width, height)), strict=True)
        return all(side <= most for side, most in sides)

    def lasts(self, file: "Media") -> bool:
        return not self.seconds or file.seconds is None or self.seconds[0] <= file.seconds <= self.seconds[1]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one network can carry. `None` means that there is no such limit or no such thing."""

    text_limit: int
    text_unit: str = "characters"
    media: Mapping[MediaKind, MediaLimit] = field(default_factory=dict)  # one kind in a post, never mixed
    alt_text_limit: int = 1000
    wordless: bool = False  # files alone are a post
    threads: bool = False
    first_comment: bool = False
    push: bool = False
    read_lag_seconds: int = 0

    def most(self, kind: MediaKind) -> int:
        """How many files of `kind` one post takes."""
        limit = self.media.get(kind)
        return limit.most if limit else 0


@dataclass(frozen=True, slots=True)
class Media:
    """A file that leaves with a draft. `name` is where our storage keeps it, `sha256` says which bytes those are."""

    name: str
    kind: MediaKind
    content_type: str
    size: int  # bytes
    sha256: str
    width: int
    height: int
    seconds: float | None = None  # of a video
    alt_text: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "kind": MediaKind(data["kind"])})


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that the network holds for a post to come; nobody else sees it, and it is gone after `expires_at`.

    `marker` is what a post made with it shows, so that the post can be told from another with the same words.
    While the network still works on it `ready_at` says when to ask again.
    """

    media_id: str
    marker: str
    expires_at: datetime | None = None
    ready_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """Exactly what is to leave. Frozen into the outbox as JSON; its hash goes into every Attempt.

    `uploads` is not frozen: what the network made of `media`, in their order, filled in before it is published or
    looked for (then with all that were ever made of them). Nor is `uploads_known`: whether those are all, so that what
    shows other files is another post. After an older state of the database came back they may not be.
    """

    kind: DraftKind
    text: str
    in_reply_to: str | None = None
    thread_id: str | None = None
    media: tuple[Media, ...] = ()
    target: str | None = None
    uploads: tuple[Uploaded, ...] = ()
    uploads_known: bool = True

    @property
    def markers(self) -> frozenset[str]:
        return frozenset(upload.marker for upload in self.uploads if upload.marker)

    def as_json(self) -> dict[str, Any]:
        frozen = asdict(self)
        del frozen["uploads"], frozen["uploads_known"]
        return {**frozen, "kind": str(self.kind), "media": [asdict(one) for one in self.media]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            kind=DraftKind(data["kind"]),
            text=data["text"],
            in_reply_to=data.get("in_reply_to"),
            thread_id=data.get("thread_id"),
            media=tuple(Media.from_json(one) for one in data.get("media", ())),
            target=data.get("target"),
        )


@dataclass(frozen=True, slots=True)
class Published:
    """The network's answer to a write that it confirmed."""

    remote_id: str
    permalink: str
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the credentials belong to, as the network says."""

    remote_id: str
    name: str
    handle: str
    url: str = ""
    avatar_url: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    remote_id: str
    name: str
    handle: str = ""
    avatar_url: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A normalised thing that came in, before it is stored. Unique per profile by `remote_id`.

    `parent_id` is the message it answers, `root_post_id` the post beneath which it stands; either may be
    ours, somebody's, or None where the network does not say. `author` is None where the network hides it.
    `from_self` marks what the profile itself wrote (our own echo, or a colleague using the network directly).
    """

    remote_id: str
    kind: InboundKind
    text: str
    sent_at: datetime
    author: Author | None
    permalink: str = ""
    parent_id: str | None = None
    root_post_id: str | None = None
    from_self: bool = False


@dataclass(frozen=True, slots=True)
class InboundChange:
    """How something that came in stands on the network now. None: nothing is said of that.

    `text` is what its writer says by now, `hidden` whether only its writer and friends see it.
    """

    remote_id: str
    text: str | None = None
    hidden: bool | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class InboundPage:
    """One drained batch. The cursor may be stored only together with the items.

    `changes` are of what came in before, or now. `listed` says beneath which posts (remote ids) everything from which
    moment on stands among the two, as far as the network's lists tell: what does not is perhaps gone.
    """

    items: tuple[Inbound, ...]
    cursor: Mapping[str, Any]
    changes: tuple[InboundChange, ...] = ()
    listed: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RemotePostSeen:
    """A post found on the profile itself, whoever wrote it."""

    remote_id: str
    text: str
    permalink: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Metrics:
    """Numbers of one remote object at `as_of`. A key that is absent, or None, is not known; 0 is a real zero.

    `missing` says per key why a number is not known, in words for people.
    """

    remote_id: str
    as_of: datetime
    values: Mapping[str, int | None]
    missing: Mapping[str, str] = field(default_factory=dict)


class CallKind(StrEnum):
    """What a limit counts."""

    READS = "reads"
    WRITES = "writes"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What an answer said of one of the network's limits: how much is used up (1 is all of it) until `resets_at`."""

    counts: CallKind
    used: float
    resets_at: datetime
    whole_app: bool = False
    """All who use the operator's app share it; otherwise it is the profile's own."""


@dataclass(frozen=True, slots=True)
class Access:
    """All that an adapter may know of a profile: where to call, as whom, with what.

    `credentials` is the decrypted JSON of CONTRACT.md; it must never be logged. `app` holds the operator's
    keys, by the names that the manifest gives them.
    `on_limit` is told what each answer says of the network's limits, `keep_alive` that a long piece of work goes on.
    """

    remote_id: str
    handle: str
    base_url: str
    credentials: Mapping[str, Any] = field(repr=False)
    app: Mapping[str, str] = field(default_factory=dict, repr=False)
    on_limit: Callable[[RateLimit], None] = field(default=lambda limit: None, repr=False, compare=False)
    keep_alive: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)


class Adapter(ABC):
    """The one thing that speaks to a network, for one profile, during one piece of work (never shared by threads)."""

    network: str
    label: str
    capabilities: Capabilities

    def __init__(self, access: Access) -> None:
        self.access = access

    @abstractmethod
    def identify(self) -> Identity:
        """Ask the network who the credentials belong to. Raises `Disconnected` when it does not accept them."""

    @classmethod
    @abstractmethod
    def measure_text(cls, text: str) -> int:
        """Length of `text` as the network counts it, in `capabilities.text_unit`. Pure."""


class Publishes(ABC):
    @abstractmethod
    def publish(self, draft: Draft) -> Published:
        """Write once, never retry inside. Raises the classes of `networks.errors`, nothing else."""

    @abstractmethod
    def find(self, draft: Draft, *, since: datetime, taken: Collection[str] = ()) -> Published | None:
        """Look on the profile itself whether `draft` is there, asked after an ambiguous outcome.

        None means "looked properly and it is not there". Not being able to look raises. Remote ids in `taken`
        belong to other drafts and do not count, even when they say the same.
        """


class Uploads(ABC):
    """Takes files for posts to come. None of it is published by that, so all of it may be repeated."""

    @abstractmethod
    def upload(self, media: Media, file: BinaryIO) -> Uploaded:
        """Brings one file to the network, with its alt text. Calls may take long: it calls `access.keep_alive` between.

        Raises the classes of `networks.errors`; Ambiguous leaves as Unavailable, for nothing can have been published.
        """

    @abstractmethod
    def check_upload(self, held: Uploaded) -> Uploaded:
        """The same as it stands now. Raises Refused when the network could make nothing of the file, Gone when it holds
        it no longer."""


class Deletes(ABC):
    @abstractmethod
    def delete(self, remote_id: str) -> None:
        """Takes away what the profile published. May be repeated: what is gone already counts as taken away.

        Raises the classes of `networks.errors`; `Gone` never leaves it.
        """


class Replies:
    """Marks an adapter whose `publish` accepts drafts of kind REPLY."""


class Renews(ABC):
    @abstractmethod
    def renew(self) -> Mapping[str, Any]:
        """New credentials for those held, asked for when they are about to end or were just refused.

        The old ones are used up by asking: one caller per profile at a time, and store what comes back before anything
        else. Raises Disconnected when a person must sign in again, Unavailable when it may be tried once more.
        """


class Polls(ABC):
    @abstractmethod
    def fetch_inbound(self, cursor: Mapping[str, Any], *, posts: Sequence[str]) -> InboundPage:
        """Everything new since `cursor` (`{}` the first time), drained completely, oldest first.

        `posts` are remote ids of our recent posts, for networks that list answers per post.
        """


class Refetches(ABC):
    @abstractmethod
    def refetch_inbound(self, remote_ids: Sequence[str]) -> list[InboundChange]:
        """How things that came in stand now. Those of which the network says nothing certain are left out."""


class Pushes(ABC):
    """Receives webhooks. All of it is pure: raw bytes in, shapes out."""

    @classmethod
    @abstractmethod
    def challenge(cls, params: Mapping[str, str], *, secret: str, verify_token: str) -> str | None:
        """The body that answers the network's GET handshake; None means that it must be refused."""

    @classmethod
    @abstractmethod
    def verify_push(cls, body: bytes, headers: Mapping[str, str], *, secret: str) -> bool:
        """Whether `body`, exactly as received, was signed with `secret`. An empty secret verifies nothing."""

    @classmethod
    @abstractmethod
    def parse_push(cls, body: bytes) -> Mapping[str, Sequence[Inbound | InboundChange]]:
        """What came and what changed, by the profile's remote id.

        What is not understood is left out, for polling is the backstop.
        """


class Measures(ABC):
    @abstractmethod
    def measure_posts(self, remote_ids: Iterable[str]) -> list[Metrics]:
        """Numbers of our posts, asked for in the network's batches. Ids the network no longer knows are left out."""

    @abstractmethod
    def measure_profile(self) -> Metrics:
        """Numbers of the profile itself, such as `followers`."""
