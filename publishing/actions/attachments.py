"""Which files go with which text: what was asked for, checked, and kept with a revision."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from foundation.errors import PermissionDenied
from foundation.texts.number_format import format_number
from organizations.actors import Actor
from publishing.access import assets_for
from publishing.actions.assets import describe_asset
from publishing.composing.threads import Files
from publishing.limits import alt_text_problems, normalize_alt_text
from publishing.models import Asset, Attachment, Revision

MOST_FILES = 40  # with one text, whatever the network; more is a mistake or an attack
Problems = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class FilePlacement:
    """Assets by id: with the first text, and with each that the thread goes on with. None keeps what is there.

    `alt_texts` are words given for some of them just now.
    """

    first: Sequence[int] | None = ()
    others: Sequence[Sequence[int]] | None = ()
    alt_texts: Mapping[int, str] = field(default_factory=dict)

    def by_part(self, texts: int) -> list[Sequence[int] | None]:
        """For each of so many texts."""
        if self.others is None:
            return [self.first, *[None] * (texts - 1)]
        return [self.first, *self.others, *[()] * (texts - 1 - len(self.others))]


def resolve_placed_files(
    actor: Actor, placement: FilePlacement, texts: int, kept: Sequence[Files], problems: Problems
) -> tuple[Files, ...]:
    """What goes with each text; empty where nothing does. Notes in `problems` (media, thread_media) what cannot."""
    asked = placement.by_part(texts)
    assets = visible_assets(actor, (pk for part in asked for pk in part or ()))
    words = {pk: asset.alt_text for pk, asset in assets.items()} | {
        pk: normalize_alt_text(text) for pk, text in placement.alt_texts.items()
    }
    found: list[Files] = []
    for at, part in enumerate(asked):
        wrong = (
            attachment_problems(part or (), assets, words)
            if at < texts
            else [_("The thread has no part %s.") % format_number(at + 1)]
        )
        if wrong:
            problems.setdefault("thread_media" if at else "media", []).extend(wrong)
        elif part is None:
            found.append(kept[at] if at < len(kept) else ())
        else:
            found.append(tuple(assets[pk].attached(words[pk]) for pk in dict.fromkeys(part)))
    return tuple(found) if any(found) else ()


def visible_assets(actor: Actor, pks: Iterable[int]) -> dict[int, Asset]:
    wanted = {pk for pk in pks if 0 < pk < 2**63}
    return {asset.pk: asset for asset in assets_for(actor).filter(pk__in=wanted)} if wanted else {}


def attachment_problems(part: Sequence[int], assets: Mapping[int, Asset], words: Mapping[int, str]) -> list[str]:
    if len(part) > MOST_FILES:
        return [_("Choose at most %s files for one text.") % format_number(MOST_FILES)]
    strange = [_("There is no file %s.") % pk for pk in part if pk not in assets]
    return strange or [wrong for pk in part for wrong in alt_text_problems(words[pk])]


def store_attachments(revision: Revision, files: Sequence[Files]) -> None:
    """Freezes them into `revision`."""
    Attachment.objects.bulk_create(
        Attachment(
            organization_id=revision.organization_id,
            revision=revision,
            asset_id=one.asset,
            part=part,
            place=place,
            alt_text=one.media.alt_text,
        )
        for part, together in enumerate(files, start=1)
        for place, one in enumerate(together, start=1)
    )


def update_alt_texts(actor: Actor, files: Sequence[Files], alt_texts: Mapping[int, str]) -> None:
    """Words given while writing are the file's own from now on, where the actor may say so."""
    words = {one.asset: one.media.alt_text for part in files for one in part if one.asset in alt_texts}
    for asset in Asset.objects.filter(pk__in=words) if words else ():
        if asset.alt_text != words[asset.pk]:
            with suppress(PermissionDenied):
                describe_asset(actor, asset, alt_text=words[asset.pk])
