"""What somebody wants to say and where, as every door hands it in: composer, REST, demo."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from publishing.composing.threads import VariantWording


@dataclass(frozen=True, slots=True)
class PostInput:
    """None says nothing of a field: what stands there is kept, and a new post has nothing there."""

    text: str | None = None
    profiles: Collection[int] | None = None  # ids
    variants: Mapping[str, VariantWording | str] | None = None  # by network
    thread: Sequence[str] | None = None  # goes on with these
    first_comment: str | None = None
    media: Sequence[int] | None = None  # ids of the files that go with the text
    thread_media: Sequence[Sequence[int]] | None = None  # and with each that it goes on with
    alt_texts: Mapping[int, str] | None = None  # words given for some of the files just now, by id


NOTHING_GIVEN = PostInput()
