"""What waits for an approval never waits for nobody: somebody is named, or it is said who could name them."""

import pytest

from foundation.errors import Invalid
from networks.models import Profile
from organizations.actions.leaving import offboard_member
from organizations.actions.people import change_role
from organizations.models import AuditEntry, Member, Notification
from organizations.queries.leaving import gaps_between
from publishing.actions.review import approve_post, submit_post
from publishing.models import Post
from publishing.queries.deciders import find_undecidable_posts
from publishing.queries.posts import posts_to_decide
from teams.access import verbs_on
from teams.actions.grants import set_grants
from tests import builders
from tests.cast import Cast
from tests.posts import create_post, edit_post

pytestmark = pytest.mark.usefixtures("in_acme")


@pytest.fixture
def only_ava(cast: Cast) -> Cast:
    """Besides the owner, Ava alone may approve."""
    for profile in (cast.x, cast.page):
        set_grants(cast.olive, profile, members={cast.lena.pk: ["view", "draft", "publish"]})
    return cast


@pytest.fixture
def post(only_ava: Cast) -> Post:
    """The owner's own words, which the owner may not approve."""
    return asks(only_ava.olive, only_ava.x, only_ava.page)


def asks(writer: Member, *profiles: Profile) -> Post:
    return submit_post(writer, create_post(writer, text="Bread", profiles=[one.pk for one in profiles]))


def address(member: Member) -> str:
    return f"/o/acme/settings/people/{member.pk}/leave/"


def page_of(client, post: Post) -> str:
    return client.get(f"/o/acme/posts/{post.pk}/").content.decode()


def test_whoever_is_named_may_approve_from_then_on(cast: Cast, post: Post) -> None:
    offboard_member(cast.olive, cast.ava, successor=cast.ana, successors={"approvals": cast.priya})
    assert verbs_on(cast.priya, [cast.x.pk, cast.page.pk]) == dict.fromkeys(
        [cast.x.pk, cast.page.pk], frozenset({"view", "draft", "publish", "approve"})
    )
    assert "approve" not in verbs_on(cast.ana, [cast.x.pk])[cast.x.pk]
    named = AuditEntry.objects.get(verb="post.decider_named")
    assert (named.actor_id, named.change) == (cast.olive.pk, {"decider": ["Ava", "Priya"]})
    given = AuditEntry.objects.filter(verb="grant.changed", change__member="Priya", actor_id=cast.olive.pk)
    assert [entry.change["rights"][1][0] for entry in given.order_by("-pk")[:2]] == ["approve", "approve"]
    notice = Notification.objects.get(member=cast.priya, kind="approval_asked")
    assert notice.title.endswith("named you to approve a post for 2 profiles")
    assert approve_post(cast.priya, post).state == "approved"


def test_the_successor_decides_where_nobody_else_is_named(cast: Cast, post: Post) -> None:
    offboard_member(cast.olive, cast.ava, successor=cast.cole)
    assert post in posts_to_decide(cast.cole)


def test_nobody_is_named_for_their_own_words(cast: Cast, post: Post) -> None:
    with pytest.raises(Invalid) as error:
        offboard_member(cast.olive, cast.ava, successor=cast.olive)
    assert list(error.value.fields) == ["approvals"]
    assert Member.objects.filter(pk=cast.ava.pk).exists()


def test_nor_for_words_that_they_wrote_into_it(cast: Cast, only_ava: Cast) -> None:
    post = create_post(cast.olive, text="Bread", profiles=[cast.x.pk])
    submit_post(cast.lena, edit_post(cast.lena, post, text="Fresh bread"))
    with pytest.raises(Invalid):
        offboard_member(cast.olive, cast.ava, successor=cast.olive, successors={"approvals": cast.lena})
    offboard_member(cast.olive, cast.ava, successor=cast.ed, successors={"approvals": cast.lena})
    assert post in posts_to_decide(cast.ed)


def test_where_others_may_decide_nobody_gets_anything(cast: Cast, only_ava: Cast) -> None:
    post = asks(cast.ed, cast.x)  # the owner may
    offboard_member(cast.olive, cast.ava, successor=cast.cole)
    assert "approve" not in verbs_on(cast.cole, [cast.x.pk])[cast.x.pk]
    assert post in posts_to_decide(cast.olive)


def test_an_admin_who_steps_down_and_leaves_names_somebody_too(cast: Cast, only_ava: Cast) -> None:
    amy = builders.member(cast.acme, "Amy", role="admin")
    post = asks(cast.olive, cast.x)
    set_grants(cast.olive, cast.x, members={cast.ava.pk: ["view"]})
    offboard_member(amy, amy, successor=cast.ed)
    assert post in posts_to_decide(cast.ed)


def test_what_nobody_is_left_to_decide_is_a_draft_again(cast: Cast, post: Post) -> None:
    for one in (cast.lena, cast.ed, cast.priya, cast.cole, cast.ana):
        change_role(cast.olive, one, role="viewer")
    offboard_member(cast.olive, cast.ava, successor=cast.olive)
    post.refresh_from_db()
    assert post.state == "draft"


def test_the_page_lists_them_and_asks_for_a_name(
    cast: Cast, post: Post, sign_in, django_assert_max_num_queries
) -> None:
    client = sign_in(cast.olive)
    with django_assert_max_num_queries(38):
        page = client.get(address(cast.ava)).content.decode()
    assert "1 approval that nobody else may give" in page
    assert "“Bread”" in page
    assert "others may approve too" not in page
    assert "Name somebody who has not written it" in page
    sent = {"successor": cast.olive.pk, "scheduled": "keep", "name": "Ava"}
    refused = client.post(address(cast.ava), sent)
    assert refused.status_code == 422
    assert 'id="id_to_approvals_error"' in refused.content.decode()
    page = client.get(address(cast.ava), {**sent, "to_approvals": cast.ed.pk}).content.decode()
    assert "Ed decides, and may approve on Acme" in page
    done = client.post(address(cast.ava), {**sent, "to_approvals": cast.ed.pk}, follow=True)
    assert "Ava has left" in done.content.decode()
    assert post in posts_to_decide(cast.ed)


def test_a_deputy_is_told_what_nobody_decides_meanwhile(cast: Cast, post: Post) -> None:
    assert "1 post waits for an approval that nobody else may give." in gaps_between(cast.ava, cast.ed)
    assert not any("nobody else" in one for one in gaps_between(cast.ed, cast.ava))


def test_a_post_that_only_its_writer_could_approve_says_who_could_help(
    cast: Cast, post: Post, sign_in, django_assert_max_num_queries
) -> None:
    assert "Nobody else may approve here" not in page_of(sign_in(cast.ed), post)
    for profile in (cast.x, cast.page):
        set_grants(cast.olive, profile, members={cast.ava.pk: ["view"]})
    assert find_undecidable_posts(Post.objects.all()) == [post]
    assert f"ask {cast.olive.name} to give somebody the right" in page_of(sign_in(cast.ed), post)
    client = sign_in(cast.olive)
    client.get("/o/acme/")  # the first page of a session is noted down
    with django_assert_max_num_queries(20):
        own = page_of(client, post)
    assert "Give somebody the right to approve on" in own
    assert f'href="/o/acme/profiles/{cast.x.pk}/#rights-title"' in own


def test_why_says_so_too(cast: Cast, only_ava: Cast, sign_in) -> None:
    why = f"/o/acme/teams/rights/why/{cast.olive.pk}/{cast.x.pk}/?verb=approve"
    client = sign_in(cast.olive)
    assert "Nobody else may approve here" not in client.get(why).content.decode()
    set_grants(cast.olive, cast.x, members={cast.ava.pk: ["view"]})
    assert f"ask {cast.olive.name} to give somebody else" in client.get(why).content.decode()
