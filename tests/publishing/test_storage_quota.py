"""Files of an organization fit into what it may keep: one sum, asked when something is added."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from organizations.configuration.quotas import QuotaReached
from organizations.models import Organization
from organizations.tenancy import scope
from publishing.media.storage_quota import used_bytes
from publishing.models import Asset
from tests import media
from tests.cast import Cast
from tests.rest.caller import caller


def allow(organization: Organization, limit: int) -> None:
    Organization.objects.filter(pk=organization.pk).update(quotas={"storage": limit})


def files(folder: object) -> int:
    return sum(path.is_file() for path in Path(str(folder)).rglob("*"))


def test_what_does_not_fit_is_refused_at_every_door(cast: Cast, upload, sign_in, settings) -> None:
    kept = upload(cast.priya).bytes
    allow(cast.acme, kept + 1)
    assert used_bytes() == kept
    with pytest.raises(QuotaReached, match="Your text is kept"):
        upload(cast.priya)
    page = sign_in(cast.priya).post(
        "/o/acme/media/", {"file": SimpleUploadedFile("a.png", media.picture()), "part": "1"}
    )
    assert page.status_code == 507
    assert "Your organization has used 0.0 of" in page.content.decode()
    program = caller(cast.priya)
    told = program.client.post(
        "/api/v1/media/",
        {"file": SimpleUploadedFile("a.png", media.picture())},
        headers={"Authorization": f"Bearer {program.secret}"},
    )
    assert told.status_code == 507
    assert "Your organization has used" in told.json()["detail"]
    assert Asset.objects.count() == files(settings.MEDIA_ROOT) == 1


def test_what_fits_exactly_is_taken(cast: Cast, upload) -> None:
    allow(cast.acme, 2 * upload(cast.priya).bytes)
    upload(cast.priya)


def test_others_files_do_not_count(cast: Cast, upload) -> None:
    upload(cast.priya)
    with scope(cast.globex):
        assert used_bytes() == 0


def test_the_sum_has_its_index(cast: Cast, upload) -> None:
    upload(cast.priya)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        # Of few rows any index costs the same, so the other one of this column goes, until the test is over.
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'publishing_asset' AND indexdef LIKE '%(organization_id)'"
        )
        [(other,)] = cursor.fetchall()
        cursor.execute(f"DROP INDEX {other}")
    plan = Asset.objects.order_by().values_list("bytes", "bytes_beside").explain()
    assert "Index Only Scan using asset_kept" in plan
