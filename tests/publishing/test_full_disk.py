"""A disk without room is said in words, at every door; nothing half-written stays, and what was typed is kept."""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from publishing.models import Asset, Post
from socialops import health
from tests.cast import Cast
from tests.disks import FullDisk, full  # noqa: F401 - a fixture
from tests.rest.caller import caller

NO_ROOM = "There is no room left"


def noise(width: int, height: int) -> SimpleUploadedFile:
    """A picture that cannot be made smaller: three bytes for each point."""
    kept = io.BytesIO()
    Image.frombytes("RGB", (width, height), os.urandom(width * height * 3)).save(kept, "PNG")
    return SimpleUploadedFile("noise.png", kept.getvalue(), "image/png")


def small() -> SimpleUploadedFile:
    return noise(400, 400)


def large() -> SimpleUploadedFile:
    """Spooled to the disk while it comes in."""
    return noise(1100, 1000)


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and path.name != "ballast"]


@pytest.fixture
def page(cast: Cast, networks_take: None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(cast.priya.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def media_full(full: tuple[Path, FullDisk], networks_take: None, settings) -> tuple[Path, FullDisk]:  # noqa: F811
    settings.MEDIA_ROOT = full[0]
    return full


@pytest.fixture
def temporary_full(full: tuple[Path, FullDisk], settings) -> tuple[Path, FullDisk]:  # noqa: F811
    settings.FILE_UPLOAD_TEMP_DIR = str(full[0])
    return full


def test_a_full_media_folder_is_said_in_the_tray(page: Client, media_full: tuple[Path, FullDisk]) -> None:
    folder, disk = media_full
    with disk():
        answer = page.post("/o/acme/media/", {"file": small(), "part": "1"})
    assert answer.status_code == 507
    assert NO_ROOM in answer.content.decode()
    assert 'class="field__error"' in answer.content.decode()
    assert left(folder) == []
    assert not Asset.unscoped.exists()


def test_and_over_rest(cast: Cast, media_full: tuple[Path, FullDisk]) -> None:
    folder, disk = media_full
    program = caller(cast.priya)
    with disk():
        answer = upload(program, small())
    assert answer.status_code == 507
    assert answer["Content-Type"] == "application/problem+json"
    assert NO_ROOM in answer.json()["detail"]
    assert left(folder) == []


def test_a_full_folder_for_temporary_files(cast: Cast, page: Client, temporary_full: tuple[Path, FullDisk]) -> None:
    folder, disk = temporary_full
    program = caller(cast.priya)
    with disk():
        answers = [page.post("/o/acme/media/", {"file": large(), "part": "1"}), upload(program, large())]
    for answer in answers:
        assert answer.status_code == 507
        assert NO_ROOM in answer.content.decode()
    assert left(folder) == []


@pytest.mark.parametrize("file", [small, large])
def test_what_was_typed_stays_in_a_form_without_scripts(
    cast: Cast,
    page: Client,
    media_full: tuple[Path, FullDisk],
    temporary_full: tuple[Path, FullDisk],
    file,
) -> None:
    _folder, disk = media_full
    form = {
        "text": "Twelve loaves, typed by hand",
        "profiles": [cast.x.pk],
        "files": file(),
        "when": "none",
        "do": "draft",
    }
    with disk():
        answer = page.post("/o/acme/compose/", form)
    said = answer.content.decode()
    assert answer.status_code == 422, said[:500]
    assert NO_ROOM in said
    assert "Twelve loaves, typed by hand" in said
    assert not Post.unscoped.exists()


@pytest.fixture
def database_full(db: None) -> None:
    """PostgreSQL says of new revisions and files what it says when its disk is full."""
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"""
        )
        for table in ("publishing_revision", "publishing_asset"):
            cursor.execute(f"CREATE TRIGGER no_room BEFORE INSERT ON {table} EXECUTE FUNCTION no_room()")


def test_a_full_database_is_said_and_no_defect(cast: Cast, page: Client, settings, database_full: None) -> None:
    form = {"text": "Twelve loaves", "profiles": [cast.x.pk], "when": "none", "do": "draft"}
    answer = page.post("/o/acme/compose/", form)
    assert answer.status_code == 507
    assert NO_ROOM in answer.content.decode()
    assert NO_ROOM in answer["HX-Trigger"]
    told = caller(cast.priya).post("posts/", {"text": "Twelve loaves", "profiles": [cast.x.pk]})
    assert told.status_code == 507
    assert NO_ROOM in told.json()["detail"]
    assert page.post("/o/acme/media/", {"file": small(), "part": "1"}).status_code == 507
    assert left(Path(settings.MEDIA_ROOT)) == [], "what the database did not take is not kept beside it"


def test_readyz_names_the_folders(
    db: None,
    full: tuple[Path, FullDisk],  # noqa: F811
    settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert health.check_disks() == {}
    folder, disk = full
    settings.MEDIA_ROOT = folder
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with disk():
        found = health.find_missing()
    assert "MEDIA_STORAGE_URL" in found["media"]
    assert "TMPDIR" in found["temporary files"]
    assert left(folder) == []


@pytest.fixture
def database_without_room() -> Iterator[None]:
    """PostgreSQL may write nothing that does not fit into memory, as where its disk is full."""
    name = connection.get_connection_params()["dbname"]
    with closing(psycopg2.connect(**connection.get_connection_params())) as admin, admin.cursor() as cursor:
        admin.autocommit = True
        cursor.execute(f'ALTER ROLE CURRENT_USER IN DATABASE "{name}" SET temp_file_limit = 0')
        yield
        cursor.execute(f'ALTER ROLE CURRENT_USER IN DATABASE "{name}" RESET temp_file_limit')


def test_readyz_names_the_database(db: None, database_without_room: None) -> None:
    assert "no room" in health.find_missing()["database"]


def upload(program, file: SimpleUploadedFile):
    return program.client.post("/api/v1/media/", {"file": file}, headers={"Authorization": f"Bearer {program.secret}"})
