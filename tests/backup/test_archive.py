"""An archive is believed only where it is whole, ours, and not newer than we are."""

import json
import tarfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from socialops.backup import archive, archive_restoring, database, key_prints, media_placing
from socialops.backup.backup_refusal import BackupRefused

DUMP = b"PGDMP and so on"
Change = Callable[[dict[str, Any], dict[str, bytes]], None]


def facts(files: dict[str, bytes]) -> dict[str, Any]:
    sums = {name: [len(body), sha256(body).hexdigest()] for name, body in files.items()}
    told: dict[str, Any] = {"format": 1, "version": "1", "made_at": now().isoformat(), "schema": "public", "server": 18}
    prints = {"credential": ["01234567"], "secret": ["89abcdef"]}
    return told | {"migrations": [], "keys": prints, "counts": {}, "files": sums, "vanished": 0}


def make(path: Path, change: Change = lambda told, files: None, *, body: bytes | None = None) -> Path:
    files = {"media/assets/1/a.png": b"picture", "database.dump": DUMP}
    told = facts(files)
    change(told, files)
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in [*files.items(), ("manifest.json", body or json.dumps(told).encode())]:
            add(tar, name, content)
    return path


def add(tar: tarfile.TarFile, name: str, content: bytes = b"", **info: Any) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for key, value in info.items():
        setattr(member, key, value)
    tar.addfile(member, BytesIO(content))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.tar"


def refusal(path: Path) -> str:
    with pytest.raises(BackupRefused) as refused, archive.open_archive(path):
        pass
    assert "\n" not in refused.value.user_message
    return refused.value.user_message


def test_a_whole_one_is_believed(file: Path) -> None:
    with archive.open_archive(make(file)) as found:
        assert found.media() == ["assets/1/a.png"]


def test_one_that_was_cut_off_is_not(file: Path) -> None:
    whole = make(file).read_bytes()
    end = len(whole.rstrip(b"\0"))
    for length in (0, 1, 300, 513, 1100, 1600, end // 2, end - 1):
        file.write_bytes(whole[:length])
        assert "no backup of SocialOps, or not a whole one" in refusal(file)


def test_a_changed_byte_is_noticed(file: Path) -> None:
    whole = make(file).read_bytes()
    file.write_bytes(whole.replace(b"picture", b"PICTURE"))
    assert "media/assets/1/a.png is missing, or is not what was saved" in refusal(file)


@pytest.mark.parametrize("member", ["media/assets/1/a.png", "database.dump"])
def test_one_that_changes_while_it_is_brought_back_is_noticed(file: Path, tmp_path: Path, member: str) -> None:
    def long(told: dict[str, Any], files: dict[str, bytes]) -> None:
        files[member] = b"x" * 1_000_000  # more than is read ahead
        told["files"] = facts(files)["files"]

    with archive.open_archive(make(file, long)) as found:
        with file.open("r+b") as changed:  # the same file, as somebody who writes over it does
            changed.seek(found.members[member].offset_data)
            changed.write(b"X")
        with pytest.raises(BackupRefused, match="is not what was saved"):
            found.extract(member, tmp_path / "out")


@pytest.mark.parametrize(
    "name",
    ["media/../../etc/passwd", "/etc/passwd", "../x", "media/.pulse-1", "media/a\\b", "etc/x", "media/", "media//a"],
)
def test_names_that_lead_elsewhere_are_refused(file: Path, name: str) -> None:
    def more(told: dict[str, Any], files: dict[str, bytes]) -> None:
        files[name] = b"x"
        told["files"] = facts(files)["files"]

    assert "which no backup does" in refusal(make(file, more))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_only_plain_files_are_taken(file: Path, kind: bytes) -> None:
    with tarfile.open(file, "w") as tar:
        add(tar, "media/link", type=kind, linkname="/etc/passwd")
    assert "which no backup does" in refusal(file)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "cannot be read"),
        (b"[]", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b'{"format": 1}', "cannot be read"),
        (b'{"format": 2}', "newer version of SocialOps"),
    ],
)
def test_a_strange_manifest(file: Path, body: bytes, said: str) -> None:
    assert said in refusal(make(file, body=body))


def manifest(**changed: Any) -> archive.BackupManifest:
    told = facts({}) | changed
    del told["format"]
    return archive.BackupManifest(**told)


def test_a_newer_schema_is_refused() -> None:
    assert "networks.0016_restorations" in database.list_known_migrations()
    with pytest.raises(BackupRefused, match=r"newer version of SocialOps.*networks\.9999_flying"):
        archive_restoring.require_known_archive(manifest(migrations=["networks.9999_flying"]))


def test_a_missing_key_is_named_and_stands_nowhere(settings, file: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [old]
    saved = manifest(keys=key_prints.list_key_prints())
    assert old not in json.dumps(saved.keys)
    settings.CREDENTIAL_KEYS = [new]
    with pytest.raises(BackupRefused, match=key_prints.print_key(old)):
        archive_restoring.require_known_archive(saved)
    settings.CREDENTIAL_KEYS = [new, old]
    archive_restoring.require_known_archive(saved)


def test_a_failed_restore_leaves_the_media_as_they_were(file: Path, tmp_path: Path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    damaged = settings.MEDIA_ROOT / "assets/1/a.png"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"damaged")
    with archive.open_archive(make(file)) as found:
        assert broken_off(found, damaged) == b"picture"
        assert damaged.read_bytes() == b"damaged"
        damaged.unlink()
        assert broken_off(found, damaged) == b"picture"
        assert not damaged.exists()
        with media_placing.place_media(found) as new:
            assert new == 1
        assert damaged.read_bytes() == b"picture"
    assert not (settings.MEDIA_ROOT / media_placing.STAGE_FOLDER).exists()


def broken_off(found: archive.Archive, place: Path) -> bytes:
    """What stood there when the database could not be loaded."""
    there = b""
    with suppress(RuntimeError), media_placing.place_media(found):
        there = place.read_bytes()
        raise RuntimeError
    return there


def test_commands_say_so_in_one_line(file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"no archive")
    for path, said in ((file, "no backup"), (tmp_path / "none.tar", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(CommandError, match=said) as refused:
            call_command("restore", str(path))
        assert "\n" not in str(refused.value)
