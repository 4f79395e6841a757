"""The crisis stop as people and programs see it: the page, the banner, releasing, and the same by REST."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks.models import Outgoing, Profile
from organizations.tenancy import scope
from publishing.actions.schedule import schedule_post
from teams.actions.pauses import pause_publishing, release_pause
from teams.models import Pause
from tests import builders
from tests.cast import Cast
from tests.posts import create_post

pytestmark = pytest.mark.usefixtures("in_acme")
PAGE = "/o/acme/pauses/"
HOSTILE = "<script>alert(1)</script> {{ 7|add:1 }} ‮"


def planned(cast: Cast, *profiles: Profile, late: timedelta = timedelta(0), text: str = "Bread"):
    """A scheduled post whose time has passed by `late`."""
    post = create_post(cast.priya, text=text, profiles=[one.pk for one in profiles])
    schedule_post(cast.priya, post, at=now() + timedelta(minutes=1))
    at = now() - late
    Outgoing.objects.filter(delivery__post=post).update(planned_at=at, due_at=at)
    return post


def test_pausing_takes_one_small_form(cast: Cast, sign_in) -> None:
    client = sign_in(cast.lena)
    assert f'value="team:{cast.team.pk}" selected' in client.get(f"{PAGE}?of=team:{cast.team.pk}").content.decode()
    answer = client.post(PAGE, {"of": f"team:{cast.team.pk}", "note": HOSTILE}, follow=True)
    text = answer.content.decode()
    assert "Publishing is paused for the team Care" in text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text
    pause = Pause.objects.get()
    assert (pause.by, pause.keeps_replies) == (cast.lena, False)


@pytest.mark.parametrize(
    "body", [{}, {"of": ""}, {"of": "planet"}, {"of": "team:"}, {"of": "team:1\0"}, {"of": "x" * 99}]
)
def test_what_cannot_be_paused_is_said_beside_the_field(cast: Cast, sign_in, body) -> None:
    answer = sign_in(cast.olive).post(PAGE, body)
    assert answer.status_code == 422
    assert not Pause.objects.exists()


def test_a_reason_that_is_too_long_keeps_what_was_chosen(cast: Cast, sign_in) -> None:
    answer = sign_in(cast.olive).post(PAGE, {"of": f"profile:{cast.x.pk}", "note": "x" * 301})
    assert answer.status_code == 422
    assert f'value="profile:{cast.x.pk}" selected' in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("ava", 403), ("cole", 404)])
def test_seen_is_not_allowed_and_unseen_is_not_there(cast: Cast, sign_in, who: str, status: int) -> None:
    client = sign_in(getattr(cast, who))
    assert client.post(PAGE, {"of": f"profile:{cast.page.pk}"}).status_code == status
    pause = pause_publishing(cast.olive, cast.page)
    for answer in (client.get(f"{PAGE}{pause.pk}/release/"), client.post(f"{PAGE}{pause.pk}/release/")):
        assert answer.status_code == status
    assert Profile.objects.get(pk=cast.page.pk).pause == "all"


def test_those_who_may_pause_nothing_see_no_form(cast: Cast, sign_in) -> None:
    text = sign_in(cast.cole).get(PAGE).content.decode()
    assert "Nothing is paused." in text
    assert "Pause publishing now" not in text


@pytest.mark.parametrize(("who", "offer"), [("olive", "End the pause"), ("priya", "All pauses"), ("vic", "All pauses")])
def test_everybody_reads_it_on_every_page_and_those_who_may_can_release(cast: Cast, sign_in, who, offer) -> None:
    pause_publishing(cast.olive, cast.acme, keeps_replies=True, note="Wrong price")
    for address in ("/o/acme/", "/o/acme/banners/"):
        text = sign_in(getattr(cast, who)).get(address).content.decode()
        assert "Publishing is paused for Acme since" in text
        assert f"by {cast.olive.name}: Wrong price. Replies still leave." in text
        assert f">{offer}</a>" in text


def test_a_pause_is_no_banner_for_those_whom_it_does_not_touch(cast: Cast, sign_in) -> None:
    pause_publishing(cast.olive, cast.page, note="Secret plan")
    assert "Secret plan" not in sign_in(cast.cole).get("/o/acme/").content.decode()
    assert "Secret plan" in sign_in(cast.ava).get("/o/acme/").content.decode()
    assert "Secret plan" not in sign_in(cast.mallory).get("/o/globex/").content.decode()


def test_many_pauses_are_few_lines(cast: Cast, sign_in) -> None:
    for _ in range(5):
        pause_publishing(cast.olive, builders.profile(cast.acme, "x"))
    text = sign_in(cast.olive).get("/o/acme/banners/").content.decode()
    assert text.count("Publishing is paused") == 3
    assert "There are more than 3 pauses." in text


def test_the_page_says_what_was_on_its_way(cast: Cast, sign_in) -> None:
    planned(cast, cast.x, cast.page)
    Outgoing.objects.filter(profile=cast.x).update(state="sending")
    pause_publishing(cast.olive, cast.team)
    pause_publishing(cast.olive, cast.page)
    text = sign_in(cast.olive).get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert text.count("1 thing was on its way already and cannot be called back.") == 1


def test_releasing_asks_about_what_is_overdue_by_profile(cast: Cast, sign_in) -> None:
    for late in (timedelta(hours=3), timedelta(minutes=9)):
        planned(cast, cast.x, late=late)
    planned(cast, cast.page, late=timedelta(minutes=9))
    pause = pause_publishing(cast.olive, cast.acme)
    text = sign_in(cast.olive).get(f"{PAGE}{pause.pk}/release/").content.decode()
    assert "3 posts should have left by now" in text
    assert text.index(cast.x.handle) < text.index(cast.page.handle)
    assert 'value="recent"' in text
    assert "checked" in text
    answer = sign_in(cast.olive).post(f"{PAGE}{pause.pk}/release/", {"kept": "recent"}, follow=True)
    assert "2 overdue posts leave now. 1 waits for a person." in answer.content.decode()
    again = sign_in(cast.olive).post(f"{PAGE}{pause.pk}/release/", {"kept": "cancel"}, follow=True)
    assert "This pause has ended already." in again.content.decode()
    assert not Outgoing.objects.filter(state="cancelled").exists()


def test_a_leader_is_told_how_many_wait_on_profiles_that_they_may_not_see(cast: Cast, sign_in) -> None:
    hidden = builders.profile(cast.acme, "x", handle="vault")
    with scope(cast.acme):
        cast.team.profiles.add(hidden)
    post = create_post(cast.olive, text="Bread", profiles=[hidden.pk])
    schedule_post(cast.olive, post, at=now())
    pause = pause_publishing(cast.lena, cast.team)
    text = sign_in(cast.lena).get(f"{PAGE}{pause.pk}/release/").content.decode()
    assert "vault" not in text.lower()
    assert "Profiles that you may not see" in text


def test_a_choice_that_there_is_not_releases_nothing(cast: Cast, sign_in) -> None:
    pause = pause_publishing(cast.olive, cast.acme)
    assert sign_in(cast.olive).post(f"{PAGE}{pause.pk}/release/", {"kept": "burn"}).status_code == 422
    assert Pause.objects.get().released_at is None


def test_posts_say_that_they_are_paused(cast: Cast, sign_in) -> None:
    post = planned(cast, cast.x, text="Fresh bread")
    pause_publishing(cast.olive, cast.x)
    client = sign_in(cast.priya)
    for address in ("/o/acme/posts/", f"/o/acme/posts/{post.pk}/", "/o/acme/posts/?state=paused", "/o/acme/calendar/"):
        text = client.get(address).content.decode()
        assert "Paused" in text, address
    assert "Publishing is paused" in client.get("/o/acme/queue/?state=held").content.decode()
    assert "Paused" in client.get(f"/o/acme/profiles/{cast.x.pk}/").content.decode()


def test_earlier_pauses_page_by_key(cast: Cast, sign_in) -> None:
    for number in range(27):
        release_pause(cast.olive, pause_publishing(cast.olive, cast.x, note=f"Number {number}."))
    client = sign_in(cast.olive)
    first = client.get(PAGE)
    text = first.content.decode()
    assert "Number 26." in text
    assert "Number 1." not in text
    rest = client.get(PAGE, {"before": first.context["older"]}).content.decode()
    assert "Number 1." in rest
    assert "Number 26." not in rest


@pytest.mark.parametrize(("who", "page", "release", "banners"), [("olive", 10, 7, 7), ("lena", 14, 10, 11)])
def test_the_cost_of_the_pages(cast: Cast, sign_in, django_assert_num_queries, who, page, release, banners) -> None:
    for target in (cast.acme, cast.team, cast.x, cast.page):
        pause = pause_publishing(cast.olive, target)
    client = sign_in(getattr(cast, who))
    client.get(PAGE)
    with django_assert_num_queries(page):
        client.get(PAGE)
    with django_assert_num_queries(release):
        client.get(f"{PAGE}{pause.pk}/release/")
    with django_assert_num_queries(banners):
        client.get("/o/acme/banners/")


def test_by_rest(cast: Cast, api) -> None:
    lena = api(cast.lena)
    made = lena.post("pauses/", {"scope": "team", "team": cast.team.pk, "keeps_replies": True, "note": "Wrong price"})
    assert made.status_code == 201
    found = made.json()
    assert (found["scope"], found["team"], found["by"], found["in_flight"]) == ("team", cast.team.pk, cast.lena.pk, 0)
    assert [one["id"] for one in api(cast.cole).get("pauses/").json()["results"]] == [found["id"]]
    assert api(cast.cole).post(f"pauses/{found['id']}/release/").status_code == 403
    assert api(cast.mallory).post(f"pauses/{found['id']}/release/").status_code == 404
    planned(cast, cast.x, late=timedelta(hours=2))
    ended = lena.post(f"pauses/{found['id']}/release/", {"overdue": "hold"})
    assert ended.json()["done"] == {"sent": 0, "held": 1, "cancelled": 0}
    assert ended.json()["released_by"] == cast.lena.pk
    assert lena.post(f"pauses/{found['id']}/release/").status_code == 409
    assert lena.get("pauses/?state=holds").json()["results"] == []
    assert len(lena.get("pauses/?state=released").json()["results"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"scope": "planet"},
        {"scope": "team"},
        {"scope": "organization", "team": 1},
        {"scope": "profile", "profile": 1, "team": 1},
        {"scope": "organization", "note": "x" * 301},
        {"scope": "organization", "extra": 1},
    ],
)
def test_by_rest_what_is_no_pause_is_named(cast: Cast, api, body) -> None:
    assert api(cast.olive).post("pauses/", body).status_code == 400
    assert not Pause.objects.exists()
