"""Every search finds alike: conversations by message and by person, posts by any wording, people, profiles."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client

from inbox.actions.ingest import ingest_inbound
from inbox.conversation_filters import ConversationFilters
from inbox.queries.conversation_list import filter_conversations
from networks.contract import Author
from networks.models import Profile
from organizations.models import User
from organizations.tenancy import scope
from publishing.composing.threads import VariantWording
from publishing.queries.posts import list_posts
from tests.cast import Cast
from tests.inbox.talk import says
from tests.posts import create_post, edit_post
from tests.rest.caller import caller
from tests.search.remembered import EVERYWHERE, NOT_FOUND

Look = Callable[[str], bool]
CASES = [(*pair, True) for pair in EVERYWHERE] + [(*pair, False) for pair in NOT_FOUND[::2]]


@pytest.fixture
def looks(cast: Cast, sign_in: Callable[..., Client]) -> Callable[[str], dict[str, Look]]:
    """looks(text): the text stands wherever something can be looked for; by door, whether it is found there."""

    def placed(text: str) -> dict[str, Look]:
        page, rest = sign_in(cast.olive), caller(cast.olive)
        with scope(cast.acme):
            [heard] = ingest_inbound(cast.x, [says(text)])
            [named] = ingest_inbound(cast.page, [says("Hello", author=Author("777", text[:200], "someone"))])
            post = create_post(cast.olive, text=text, profiles=[cast.x.pk])
        User.objects.filter(pk=cast.vic.user_id).update(name=text[:150])
        Profile.unscoped.filter(pk=cast.page.pk).update(name=text[:200])

        def shows(path: str, mark: str) -> Look:
            return lambda q: mark in page.get(path, {"q": q}).content.decode()

        def listed(path: str, pk: int) -> Look:
            return lambda q: pk in [one["id"] for one in rest.get(f"{path}?{urlencode({'q': q})}").json()["results"]]

        return {
            "messages, page": shows("/o/acme/inbox/", f"/o/acme/inbox/{heard.conversation_id}/"),
            "messages, REST": listed("conversations/", heard.conversation_id),
            "contacts, page": shows("/o/acme/inbox/", f"/o/acme/inbox/{named.conversation_id}/"),
            "contacts, REST": listed("conversations/", named.conversation_id),
            "posts, page": shows("/o/acme/posts/", f"/o/acme/posts/{post.pk}/"),
            "posts, REST": listed("posts/", post.pk),
            "people, page": shows("/o/acme/settings/people/", f"/o/acme/settings/people/{cast.vic.pk}/"),
            "people, REST": listed("members/", cast.vic.pk),
            "people and profiles, rights": shows("/o/acme/teams/rights/", f'value="{cast.vic.pk}"'),
            "profiles, composer": shows("/o/acme/compose/profiles/", f'value="{cast.page.pk}"'),
        }

    return placed


@pytest.mark.parametrize(("text", "q", "there"), CASES)
def test_it_is_found_everywhere_or_nowhere(looks, text: str, q: str, there: bool) -> None:
    doors = looks(text)
    assert {name: look(q) for name, look in doors.items()} == dict.fromkeys(doors, there)


@pytest.mark.parametrize("q", ["Feines", "zweiter Teil", "Später darunter", "Nur auf X", "Mehr dort"])
def test_posts_are_found_by_every_wording(cast: Cast, sign_in: Callable[..., Client], q: str) -> None:
    """The common text, the thread's parts, the first comment, and what is said in its place on one network."""
    with scope(cast.acme):
        post = create_post(
            cast.olive,
            text="Etwas Feines",
            profiles=[cast.x.pk, cast.page.pk],
            thread=["Ein zweiter Teil"],
            first_comment="Später\ndarunter",
            variants={"x": VariantWording("Nur auf X", ("Mehr dort",))},
        )
        other = create_post(cast.olive, text="Something else", profiles=[cast.x.pk])
    found = caller(cast.olive).get(f"posts/?{urlencode({'q': q})}").json()["results"]
    assert [one["id"] for one in found] == [post.pk]
    page = sign_in(cast.olive).get("/o/acme/posts/", {"q": q}).content.decode()
    assert (f"/o/acme/posts/{post.pk}/" in page, f"/o/acme/posts/{other.pk}/" in page) == (True, False)


def test_words_are_looked_for_within_one_wording(cast: Cast) -> None:
    """What was said before an edit, and what only two texts together say, is not found."""
    with scope(cast.acme):
        post = create_post(cast.olive, text="Older words", profiles=[cast.x.pk])
        edit_post(cast.olive, post, text="Newer words", variants={"x": VariantWording("Other thing")})
        found = {q: list_posts(cast.olive, q=q).exists() for q in ("older", "newer words", "newer thing", "other")}
    assert found == {"older": False, "newer words": True, "newer thing": False, "other": True}


def test_nobody_finds_what_they_may_not_see(cast: Cast) -> None:
    with scope(cast.acme):
        create_post(cast.olive, text="Secret plan", profiles=[cast.page.pk])
        ingest_inbound(cast.page, [says("Secret plan")])
        assert not list_posts(cast.cole, q="secret").exists()
        assert not filter_conversations(cast.cole, ConversationFilters(q="secret")).exists()
    with scope(cast.globex):
        assert not list_posts(cast.mallory, q="secret").exists()
        assert not filter_conversations(cast.mallory, ConversationFilters(q="secret")).exists()
