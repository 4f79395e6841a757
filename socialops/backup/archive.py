"""The archive: a plain tar of the media, the database's dump and, last of all, the manifest that names everything.

So one that was cut off has no manifest. Nothing in it is believed before its checksum was compared.
"""

import hashlib
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any

from socialops.backup.backup_refusal import BackupRefused

ARCHIVE_FORMAT = 1
MANIFEST, DUMP, MEDIA = "manifest.json", "database.dump", "media/"
LONGEST_MANIFEST = 256 * 1_048_576
CHUNK_SIZE = 1_048_576
NO_BACKUP_MESSAGE = "This is no backup of SocialOps, or not a whole one: "


@dataclass(frozen=True, slots=True)
class BackupManifest:
    version: str
    made_at: str  # RFC 3339: nothing that happened after this is in it
    schema: str
    server: int
    migrations: list[str]  # app.name of each that was applied
    keys: dict[str, list[str]]  # prints, never keys
    counts: dict[str, int]
    files: dict[str, list[Any]] = field(default_factory=dict)  # member: [bytes, SHA-256]
    vanished: int = 0  # files that were removed while they were being saved

    @property
    def saved_at(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


class HashingReader:
    """What is read through it is summed up."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.source.read(size)
        self.sum.update(piece)
        return piece


class ArchiveWriter:
    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.files: dict[str, list[Any]] = {}

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """`size` bytes of `source`. A second one of the same name counts instead of the first."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashing = HashingReader(source)
        self.tar.addfile(info, hashing)
        self.files[name] = [size, hashing.sum.hexdigest()]

    def close(self, manifest: BackupManifest) -> None:
        body = json.dumps({"format": ARCHIVE_FORMAT, **asdict(manifest)}).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(body), 0o600
        self.tar.addfile(info, BytesIO(body))


@dataclass(frozen=True, slots=True)
class Archive:
    """One that was read wholly, and holds what its manifest says."""

    tar: tarfile.TarFile
    manifest: BackupManifest
    members: dict[str, tarfile.TarInfo]

    def media(self) -> list[str]:
        return [name.removeprefix(MEDIA) for name in self.members if name.startswith(MEDIA)]

    def extract(self, member: str, to: Path) -> None:
        """Compared once more: the file may have been changed meanwhile. Raises Refused."""
        source = self.tar.extractfile(self.members[member])
        assert source
        hashing = HashingReader(source)
        with to.open("xb") as file:
            while piece := hashing.read(CHUNK_SIZE):
                file.write(piece)
        if hashing.sum.hexdigest() != self.manifest.files[member][1]:
            raise BackupRefused(f"{NO_BACKUP_MESSAGE}{member} is not what was saved. Nothing was changed.")


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Raises Refused for whatever is no whole backup that this version can read."""
    try:
        tar = tarfile.open(path, "r:")  # noqa: SIM115 - closed below
    except (tarfile.TarError, EOFError):
        raise BackupRefused(f"{NO_BACKUP_MESSAGE}{path} is no archive.") from None
    with tar:
        yield verify_archive(tar, path)


def verify_archive(tar: tarfile.TarFile, path: Path) -> Archive:
    sums: dict[str, list[Any]] = {}
    members: dict[str, tarfile.TarInfo] = {}
    body = b""
    try:
        for member in tar:
            require_plain_file(member)
            source = tar.extractfile(member)
            assert source
            if member.name == MANIFEST:
                body = source.read(LONGEST_MANIFEST)
                continue
            sums[member.name] = [member.size, sha256_of(source)]
            members[member.name] = member
    except (tarfile.TarError, EOFError, UnicodeError):
        raise BackupRefused(f"{NO_BACKUP_MESSAGE}{path} breaks off.") from None
    manifest = parse_manifest(body)
    if DUMP not in members or sums != manifest.files:
        wrong = sorted(name for name in {*sums, *manifest.files, DUMP} if sums.get(name) != manifest.files.get(name))
        raise BackupRefused(f"{NO_BACKUP_MESSAGE}{(wrong or [DUMP])[0]} is missing, or is not what was saved.")
    return Archive(tar, manifest, members)


def require_plain_file(member: tarfile.TarInfo) -> None:
    """Files alone, under the names that we give: nothing that leads anywhere else."""
    path = PurePosixPath(member.name)
    odd = path.is_absolute() or any(part.startswith(".") or "\\" in part or "\0" in part for part in path.parts)
    ours = member.name in (MANIFEST, DUMP) or (member.name.startswith(MEDIA) and len(path.parts) > 1)
    if odd or not ours or str(path) != member.name or not member.isreg() or member.issparse():
        raise BackupRefused(f"{NO_BACKUP_MESSAGE}it holds “{member.name[:80]!a}”, which no backup does.")


def sha256_of(source: IO[bytes]) -> str:
    return hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]  # it only reads


def parse_manifest(body: bytes) -> BackupManifest:
    if not body:
        raise BackupRefused(f"{NO_BACKUP_MESSAGE}its manifest, which comes last, is missing.")
    try:
        parsed = json.loads(body)
        number = parsed.pop("format")
        if number > ARCHIVE_FORMAT:
            raise BackupRefused("The backup was made by a newer version of SocialOps. Update this installation first.")
        manifest = BackupManifest(**parsed)
        if manifest.saved_at.tzinfo is None:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BackupRefused(f"{NO_BACKUP_MESSAGE}its manifest cannot be read.") from None
    return manifest
