"""One archive, whole or not there, whatever happens to the media meanwhile."""

import errno
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from socialops.backup import archive, archive_saving, postgres_programs
from socialops.backup.backup_refusal import BackupRefused
from socialops.management.version import product_version


@pytest.fixture
def media(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "assets").mkdir(parents=True)
    return settings.MEDIA_ROOT


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder / "backup.tar"


def written(media: Path, name: str, content: bytes = b"content") -> Path:
    path = media / name
    path.write_bytes(content)
    return path


def held(writer: archive.ArchiveWriter) -> dict[str, int]:
    return {name: size for name, (size, _sum) in writer.files.items()}


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[archive.ArchiveWriter]:
    with tarfile.open(tmp_path / "some.tar", "w") as tar:
        yield archive.ArchiveWriter(tar)


def test_files_come_and_go_while_they_are_saved(media: Path, writer: archive.ArchiveWriter, monkeypatch) -> None:
    growing, gone = written(media, "assets/growing.png", b"half"), written(media, "assets/gone.png")
    written(media, ".pulse-1")
    (media / ".restoring").mkdir()
    written(media, ".restoring/0")
    seen: archive_saving.SeenFiles = {}
    found = list(archive_saving.files_below(media))
    gone.unlink()
    with monkeypatch.context() as patched:
        patched.setattr(archive_saving, "files_below", lambda root: found)
        assert archive_saving.add_media_files(writer, seen) == 1
    growing.write_bytes(b"whole by now")
    written(media, "assets/new.png")
    assert archive_saving.add_media_files(writer, seen) == 0
    assert held(writer) == {"media/assets/growing.png": 12, "media/assets/new.png": 7}


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["add_media_files", "dump_database"])
def test_a_full_disk_leaves_nothing(media: Path, target: Path, monkeypatch, where: str) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    monkeypatch.setattr(archive_saving, where, full)
    with pytest.raises(BackupRefused, match="The disk is full"):
        archive_saving.save_backup(target)
    assert list(target.parent.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_a_backup_names_the_release_that_made_it(target: Path, monkeypatch) -> None:
    monkeypatch.setattr(postgres_programs, "dump_schema", lambda *args, **options: None)
    assert archive_saving.dump_database(target)["version"] == product_version() != ""


@pytest.mark.django_db
def test_no_backup_takes_the_place_of_another(media: Path, target: Path) -> None:
    target.write_bytes(b"an older one")
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(target))
    with pytest.raises(CommandError, match="is no folder"):
        call_command("backup", str(target.parent / "none" / "backup.tar"))
    assert target.read_bytes() == b"an older one"


@pytest.mark.django_db
def test_a_server_newer_than_our_programs_is_refused(media: Path, target: Path, monkeypatch) -> None:
    monkeypatch.setattr(postgres_programs, "server_version", lambda: 99)
    with pytest.raises(CommandError, match="PostgreSQL 99 is newer than the client programs") as refused:
        call_command("backup", str(target))
    assert "\n" not in str(refused.value)


def test_what_a_program_says_is_one_sentence() -> None:
    said = "pg_dump: error: could not write: No space left on device\npg_dump: detail: x\n"
    assert postgres_programs.describe_program_failure("pg_dump", said).startswith("The disk is full")
    assert "newer version" in postgres_programs.describe_program_failure(
        "pg_restore", "pg_restore: error: unsupported version (9.9) in file header\n"
    )
