"""A member leaves: what becomes of what they planned, and of what waits for them to decide."""

from datetime import datetime

import pytest

from foundation.errors import Invalid
from networks.models import Outgoing
from organizations.models import AuditEntry
from organizations.people.member_handover import Handover
from publishing.actions.post_handover import hand_over_approvals, hand_over_posts
from publishing.actions.review import submit_post
from publishing.actions.schedule import schedule_post
from publishing.models import Post
from teams.access import verbs_on
from teams.actions.grants import set_grants
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("in_acme")


def states() -> dict[str, str]:
    return dict(Post.objects.values_list("revision__text", "state"))


class TestWhatWasPlanned:
    @pytest.fixture
    def planned(self, cast: Cast, write, tomorrow: datetime) -> list[Post]:
        """Two of Priya's and one of Lena's."""
        writers = {"One": cast.priya, "Two": cast.priya, "Lena's": cast.lena}
        return [schedule_post(who, write(who, text, cast.x), at=tomorrow) for text, who in writers.items()]

    def test_goes_out_as_planned(self, cast: Cast, planned: list[Post]) -> None:
        hand_over_posts(Handover(cast.priya, cast.ed, cast.olive))
        assert set(states().values()) == {"scheduled"}

    def test_or_comes_back_and_nobody_elses_does(self, cast: Cast, planned: list[Post]) -> None:
        hand_over_posts(Handover(cast.priya, cast.ed, cast.olive, keep_scheduled=False))
        assert states() == {"One": "draft", "Two": "draft", "Lena's": "scheduled"}
        found = AuditEntry.objects.filter(verb="post.edited").order_by("pk")
        assert [(one.actor_name, one.target_id) for one in found] == [
            ("Off-boarding", str(post.pk)) for post in planned[:2]
        ]

    def test_but_not_what_is_leaving_at_this_moment(self, cast: Cast, planned: list[Post]) -> None:
        Outgoing.objects.filter(delivery__post=planned[0]).update(state="sending")
        hand_over_posts(Handover(cast.priya, cast.ed, cast.olive, keep_scheduled=False))
        assert states() == {"One": "scheduled", "Two": "draft", "Lena's": "scheduled"}


class TestWhatWaits:
    @pytest.fixture
    def waiting(self, cast: Cast, write) -> list[Post]:
        """The owner's own words, twice: besides the owner Ava alone may approve."""
        for profile in (cast.x, cast.page):
            set_grants(cast.olive, profile, members={cast.lena.pk: ["view", "draft", "publish"]})
        return [submit_post(cast.olive, write(cast.olive, text, cast.x)) for text in ("One", "Two")]

    def test_has_somebody_who_is_told_and_may_decide_it(self, cast: Cast, waiting: list[Post]) -> None:
        hand_over_approvals(cast.olive, Handover(cast.ava, cast.priya, cast.olive))
        found = AuditEntry.objects.filter(verb="post.decider_named").order_by("pk")
        assert {(one.actor_name, one.target_id, str(one.change)) for one in found} == {
            (cast.olive.name, str(post.pk), str({"decider": ["Ava", "Priya"]})) for post in waiting
        }
        assert "approve" in verbs_on(cast.priya, [cast.x.pk])[cast.x.pk]
        assert "approve" not in verbs_on(cast.priya, [cast.page.pk])[cast.page.pk]
        assert set(states().values()) == {"in_review"}

    def test_is_decided_by_nobody_on_their_own_words(self, cast: Cast, waiting: list[Post]) -> None:
        with pytest.raises(Invalid) as refused:
            hand_over_approvals(cast.olive, Handover(cast.ava, cast.olive, cast.olive))
        assert refused.value.fields == {
            "approvals": ["Name somebody who has not written it. Nobody decides on their own words."]
        }
