"""The media of an archive: brought beside their places and compared, then put there. What is there stays."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings

from socialops.backup.archive import MEDIA, Archive

STAGE_FOLDER = ".restoring"


@contextmanager
def place_media(archive: Archive) -> Iterator[int]:
    """Yields how many files are new. Where the block fails, all is as it was: nothing ever knew of them."""
    root = Path(settings.MEDIA_ROOT)
    stage = root / STAGE_FOLDER
    shutil.rmtree(stage, ignore_errors=True)  # of one that was broken off
    stage.mkdir(parents=True)
    try:
        names = list_lacking_media(archive, root)
        for number, name in enumerate(names):
            archive.extract(f"{MEDIA}{name}", stage / str(number))
        with ExitStack() as undo:
            for number, name in enumerate(names):
                put_file(stage / str(number), root / name, undo)
            yield len(names)
            undo.pop_all()
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def put_file(file: Path, place: Path, undo: ExitStack) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        before = place.rename(file.with_suffix(".before"))
        undo.callback(before.replace, place)
    else:
        undo.callback(place.unlink, missing_ok=True)
    file.replace(place)


def list_lacking_media(archive: Archive, root: Path) -> list[str]:
    """What is not there, or is not whole."""
    return [name for name in archive.media() if not is_same_file(root / name, archive.manifest.files[f"{MEDIA}{name}"])]


def is_same_file(path: Path, recorded: list[object]) -> bool:
    try:
        with path.open("rb") as file:
            return path.stat().st_size == recorded[0] and hashlib.file_digest(file, "sha256").hexdigest() == recorded[1]
    except OSError:
        return False
