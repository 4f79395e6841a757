"""Writing is offered to whoever may draft somewhere: as a button, by its key, in the palette and beside each day and post."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from networks.models import Profile
from organizations.tenancy import scope
from publishing.models import Post
from teams.actions.grants import set_grants
from tests.cast import Cast
from tests.posts import create_post

PAGE = {"Accept": "text/html"}
HTMX = {"HX-Request": "true"}
PAGES = ["", "calendar/", "calendar/?day={day}", "posts/", "posts/{post}/", "tasks/", "settings/", "nothing/"]
WRITERS = ("olive", "lena", "ed", "priya")
READERS = ("vic", "cole", "ana", "ava")


@pytest.fixture
def post(cast: Cast, in_acme: None) -> Post:
    for one in READERS:
        kept = {"view", "reply"} if one == "cole" else {"view", "approve"} if one == "ava" else {"view"}
        set_grants(cast.olive, cast.x, members={getattr(cast, one).pk: kept})
        set_grants(cast.olive, cast.page, members={getattr(cast, one).pk: kept})
    return create_post(cast.ed, text="Bread", profiles=[cast.x.pk])


def offers(client: Client, path: str, post: Post, **headers: str) -> str:
    tomorrow = now() + timedelta(days=1)
    where = path.format(post=post.pk, day=f"{tomorrow:%Y-%m-%d}")
    page = client.get(f"/o/acme/{where}", headers=headers or PAGE).content.decode()
    return page if "/compose/" in page or "data-compose" in page else ""


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", WRITERS)
def test_who_may_draft_is_offered_to(cast: Cast, sign_in, post: Post, name: str, path: str) -> None:
    page = offers(sign_in(getattr(cast, name)), path, post)
    assert "sidebar__compose" in page
    assert "bottombar__item--compose" in page
    assert "<kbd>c</kbd>" in page


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", READERS)
def test_who_may_draft_nowhere_is_not(cast: Cast, sign_in, post: Post, name: str, path: str) -> None:
    assert offers(sign_in(getattr(cast, name)), path, post) == ""


def test_nor_in_a_part_of_a_page(cast: Cast, sign_in, post: Post) -> None:
    for path in ("calendar/?day={day}", "posts/{post}/"):
        assert offers(sign_in(cast.ed), path, post, **HTMX)
        assert not offers(sign_in(cast.cole), path, post, **HTMX)


def test_nor_once_it_is_taken_away(cast: Cast, sign_in, post: Post) -> None:
    client = sign_in(cast.ed)
    assert offers(client, "", post)
    for profile in (cast.x, cast.page):
        set_grants(cast.olive, profile, members={cast.ed.pk: {"view"}})
    assert not offers(client, "", post)


def test_an_admin_is_offered_to_before_the_first_profile(cast: Cast, sign_in) -> None:
    with scope(cast.globex):
        Profile.objects.all().delete()
    page = sign_in(cast.mallory).get("/o/globex/", headers=PAGE).content.decode()
    assert "sidebar__compose" in page
