"""A photo that a network does not take leaves as the copy that was made for it: the same bytes at every try, once."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from networks.adapters.facebook.photo_uploads import MEDIA_LIMITS
from networks.contract import MediaKind
from networks.models import Outgoing
from organizations.models import Member
from organizations.tenancy import scope
from publishing.actions.assets import upload_asset
from publishing.actions.schedule import publish_now
from publishing.models import Asset
from tests import media
from tests.posts import create_post
from tests.publishing.test_positions import TELLING, exif

MOST = MEDIA_LIMITS[MediaKind.IMAGE].most_bytes


@pytest.fixture
def photo(settings, tmp_path) -> bytes:
    """As a good camera takes it: larger than any network takes."""
    settings.MEDIA_ROOT = tmp_path
    return media.noise((2600, 1900), quality=97, exif=exif())


@pytest.mark.parametrize("fault", ["", "cut_after", "error_after"])
def test_a_page_is_shown_its_copy_once(page, photo: bytes, fault: str) -> None:
    assert len(photo) > MOST
    with scope(page.profile.organization_id):
        owner = Member.objects.get()
        asset = upload_asset(owner, io.BytesIO(photo), alt_text="A hut")
        post = create_post(owner, text="Look", profiles=[page.profile.pk], media=[asset.pk])
        publish_now(owner, post)
        row = Outgoing.objects.get()
    for call in (fault, fault):  # once on the way of the file, once on that of the post
        page.network.fail_next(call) if call else None
    for number in range(6):
        page.step(after=timedelta(seconds=45 * number))
    assert page.row(row).state == "sent"
    assert len(page.network.published_media()) == 1
    (shown,) = page.network.published_media()[0]
    (copy,) = asset.renditions
    brought = {held.content for held in page.network.held.values()}
    assert page.network.held[shown].alt_text == "A hut"
    assert [len(content) for content in brought] == [copy["size"]], "every try brought the same bytes"
    (content,) = brought
    assert len(content) <= MOST
    assert not [told for told in TELLING if told in content]
    found = Image.open(io.BytesIO(content))
    assert (found.format, found.width < found.height) == ("JPEG", True), "it stands upright"


def test_another_network_gets_what_it_takes(page, photo: bytes) -> None:
    with scope(page.profile.organization_id):
        upload_asset(Member.objects.get(), io.BytesIO(photo))
        asset = Asset.objects.get()
    assert asset.bytes > MOST > asset.renditions[0]["size"]
    assert asset.original["bytes"] == len(photo) > asset.bytes
