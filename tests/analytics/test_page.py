"""The page of numbers, as people open it."""

import pytest

from organizations.models import Member
from organizations.tenancy import scope
from tests import builders
from tests.analytics.conftest import send

ADDRESS = "/o/acme/analytics/"


@pytest.fixture
def page(sign_in):
    def opened(member, **params):
        return sign_in(member).get(ADDRESS, params)

    return opened


def test_it_shows_every_figure_with_its_definition(cast, page, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(cast.x)
    text = page(cast.ana).content.decode()
    for wanted in ("Posts sent", "Followers", "Counted by SocialOps", "Posts behind the numbers", "text 0"):
        assert wanted in text


def test_bad_days_are_told_beside_their_field_and_kept(cast, page):
    answer = page(cast.ana, **{"from": "soon", "to": "2026-01-01"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="soon"' in text
    assert "Give a day as YYYY-MM-DD." in text


def test_htmx_gets_the_report_alone(cast, sign_in):
    text = sign_in(cast.ana).get(ADDRESS, headers={"HX-Request": "true"}).content.decode()
    assert text.lstrip().startswith('<div class="report"')


def test_a_new_organization_is_told_how_to_begin(db, sign_in):
    fresh = builders.organization("fresh", owner="fay")
    with scope(fresh):
        owner = Member.objects.select_related("user").get()
    assert "Connect a profile" in sign_in(owner).get("/o/fresh/analytics/").content.decode()


def test_somebody_without_the_right_is_told_so(cast, page):
    assert "none whose numbers you may see" in page(cast.ed).content.decode()


def test_foreign_profiles_are_not_there(cast, page):
    assert page(cast.ana, profile=cast.theirs.pk).status_code == 404


@pytest.mark.parametrize("params", [{"metric": "luck", "order": "luck", "rows": "-1", "days": "0"}, {"team": ""}])
def test_nonsense_in_the_address_means_the_usual(cast, page, params):
    assert page(cast.ana, **params).status_code == 200


def test_queries_stay_few(cast, sign_in, django_assert_max_num_queries):
    for _ in range(30):
        send(cast.x)
    client = sign_in(cast.ana)
    with django_assert_max_num_queries(15):
        client.get(ADDRESS)
