"""The trays of the composer: what goes with each text, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.forms import BoundField

from organizations.gates import MemberRequest
from publishing.actions.media import most_bytes, upload_asset
from publishing.forms import ComposerForm
from publishing.models.asset import SUFFIXES
from publishing.queries.composer import Bit
from publishing.threads import Files
from socialops.lib.errors import AppError

BLANK = 9999  # stands for the number of a part that the page may have to add by itself


@dataclass(frozen=True, slots=True)
class Tray:
    """The files of one part, by the number of its field."""

    number: int
    files: Files = ()
    problems: Sequence[str] = ()
    types: str = ",".join(SUFFIXES)
    most_bytes: int = field(default_factory=most_bytes)


@dataclass(frozen=True, slots=True)
class Part:
    """One more text of the thread, and how it stands on each network."""

    number: int
    place: int
    field: BoundField
    bits: Sequence[Bit]
    tray: Tray


def tray(number: int, form: ComposerForm, following: dict[str, Any]) -> Tray:
    """What goes with a part. Beside the first one stands what was refused and concerns none of them."""
    problems = list(following["misfits"].get(number, ()))
    if number == 1:
        told = tuple(text for part in following["misfits"].values() for text in part)
        refused = [*form.beside.get("media", ()), *form.beside.get("thread_media", ())]
        problems += [text for text in refused if not told or not text.endswith(told)]
    return Tray(number, following["files"].get(number, ()), problems)


def with_files(request: MemberRequest, form: ComposerForm) -> ComposerForm:
    """Takes in what a browser without scripts sends along. It is kept even where the post is refused."""
    taken: list[int] = []
    refused: list[str] = []
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
