"""The trays of the composer: what goes with each text, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.forms import BoundField

from foundation.errors import AppError
from networks.contract import Adapter
from organizations.gates import MemberRequest
from publishing.actions.assets import upload_asset
from publishing.composing.threads import AttachedFile, Files
from publishing.forms import ComposerForm, alone_field_name, own_field_name
from publishing.media.renditions import most_bytes
from publishing.media.uploads import require_upload_room
from publishing.models.asset import SUFFIXES
from publishing.queries.composer import PartPreview

BLANK_NUMBER = 9999  # stands for the number of a part that the page may have to add by itself


@dataclass(frozen=True, slots=True)
class Tray:
    """The files of one part, by the number of its field."""

    number: int
    files: Files = ()
    problems: Sequence[str] = ()
    adaptations: Mapping[int, Sequence[str]] = field(default_factory=dict)
    types: str = ",".join([*SUFFIXES, "image/heic", "image/heif", "image/avif", ".heic", ".heif"])
    most_bytes: int = field(default_factory=most_bytes)

    @property
    def items(self) -> list[tuple[AttachedFile, Sequence[str]]]:
        """Each file, and what becomes of it on its way to the chosen networks."""
        return [(one, self.adaptations.get(one.asset, ())) for one in self.files]


@dataclass(frozen=True, slots=True)
class ThreadPart:
    """One more text of the thread, and how it stands on each network."""

    number: int
    place: int
    field: BoundField
    bits: Sequence[PartPreview]
    tray: Tray


@dataclass(frozen=True, slots=True)
class OwnPart:
    """One text that a network's own wording goes on with."""

    name: str
    mark: str  # of its counter
    place: int
    text: str
    bits: Sequence[PartPreview]


@dataclass(frozen=True, slots=True)
class OwnWording:
    """What stands for one network alone: the field of its text, its own parts, and whether that is all by choice."""

    network: str
    field: BoundField
    parts: Sequence[OwnPart]
    alone: bool
    away: str  # what stays away from it, where nobody has said so

    @property
    def blank(self) -> OwnPart:
        """A box that the page may have to add by itself."""
        return OwnPart(
            own_field_name(self.network, BLANK_NUMBER), f"{self.network}-{BLANK_NUMBER}", BLANK_NUMBER, "", ()
        )


def build_own_wording(adapter: type[Adapter], form: ComposerForm, following: dict[str, Any]) -> OwnWording:
    network, counters = adapter.network, following["own_counters"]
    parts = [
        OwnPart(own_field_name(network, number), mark, place, text, counters.get(mark, ()))
        for place, (number, text) in enumerate(form.own_boxes(network).items(), start=2)
        if (mark := f"{network}-{place}")
    ]
    alone = bool(form.given.get(alone_field_name(network)))
    return OwnWording(network, form[f"variant_{network}"], parts, alone, following["away"][network])


def build_tray(number: int, form: ComposerForm, following: dict[str, Any]) -> Tray:
    """What goes with a part. Beside the first one stands what was refused and concerns none of them."""
    problems = list(following["misfits"].get(number, ()))
    if number == 1:
        misfit_texts = tuple(text for part in following["misfits"].values() for text in part)
        refused = [*form.beside.get("media", ()), *form.beside.get("thread_media", ())]
        problems += [text for text in refused if not misfit_texts or not text.endswith(misfit_texts)]
    return Tray(number, following["files"].get(number, ()), problems, following["adaptations"])


def upload_sent_files(request: MemberRequest, form: ComposerForm) -> ComposerForm:
    """Takes in what a browser without scripts sends along. It is kept even where the post is refused."""
    taken: list[int] = []
    refused: list[str] = []
    try:
        require_upload_room(request)
    except AppError as error:
        refused.append(error.user_message)
    for file in request.FILES.getlist("files"):
        try:
            taken.append(upload_asset(request.member, file).pk)
        except AppError as error:
            refused.append(f"{file.name}: {error.user_message}")
    if taken:
        form = form.with_media(1, taken)
    if refused:
        form.refuse({"media": refused})
    return form
