"""What is decided about one profile's copy of a post, by whom, and what of it is refused."""

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid, PermissionDenied
from foundation.overtaking import Overtaken
from networks.models import Outgoing, Profile, RemotePost
from organizations.models import AuditEntry
from publishing.actions import deliveries, delivery_times
from publishing.actions.delivery_times import move_delivery, send_delivery_now
from publishing.actions.schedule import publish_now
from publishing.models import Delivery, Post
from tests.cast import Cast
from tests.publishing.parts import delivery, settle

pytestmark = pytest.mark.usefixtures("in_acme")


def entry(verb: str) -> tuple[str, str, dict]:
    found = AuditEntry.objects.filter(verb=verb).latest("pk")
    return found.actor_name, found.target_id, found.change


def about(cast: Cast, post: Post, *profiles: Profile) -> list[tuple]:
    """The hints of one change."""
    return [(cast.acme.pk, "posts", post.pk, one.pk, None) for one in profiles or (cast.x, cast.page)]


def said(hints: list[tuple]) -> list[tuple]:
    """Those about posts, which are then forgotten."""
    found = sorted(hint for hint in hints if hint[1] == "posts")
    hints.clear()
    return found


class Silent:
    label = "Silent"


class TestOneProfilesCopy:
    @pytest.fixture
    def copy(self, cast: Cast, write) -> Delivery:
        return delivery(publish_now(cast.priya, write(cast.priya, "One", cast.x)))

    def test_is_called_off(self, cast: Cast, copy: Delivery, hints) -> None:
        hints.clear()
        deliveries.cancel_delivery(cast.priya, copy, seen=copy.outgoing.mark)
        assert entry("delivery.cancelled") == ("Priya", str(copy.pk), {"state": ["waiting", "cancelled"]})
        assert said(hints) == about(cast, copy.post, cast.x)
        assert copy.outgoing.state == "cancelled"

    def test_is_not_called_off_while_it_is_looked_for(self, cast: Cast, copy: Delivery) -> None:
        Outgoing.objects.update(state="unknown")
        with pytest.raises(Conflict) as refused:
            deliveries.cancel_delivery(cast.priya, copy)
        assert refused.value.user_message.startswith("It may have left: it is being looked for")
        Outgoing.objects.update(needs_person=True)
        deliveries.cancel_delivery(cast.priya, copy)
        assert copy.outgoing.state == "cancelled"

    def test_is_tried_again_unless_its_post_was_cancelled(self, cast: Cast, copy: Delivery, hints) -> None:
        Outgoing.objects.update(state="failed")
        hints.clear()
        deliveries.retry_delivery(cast.priya, copy)
        assert copy.outgoing.state == "waiting"
        assert said(hints) == about(cast, copy.post, cast.x)
        Outgoing.objects.update(state="failed")
        Post.objects.update(state="cancelled")
        with pytest.raises(Conflict) as refused:
            deliveries.retry_delivery(cast.priya, copy)
        assert refused.value.user_message.startswith("This post was cancelled, so nothing more of it leaves.")
        Outgoing.objects.update(state="unknown", needs_person=True)
        with pytest.raises(Conflict):
            deliveries.resolve_delivery(cast.priya, copy, there=False)
        deliveries.resolve_delivery(
            cast.priya, copy, there=True, remote_id=" 77 ", permalink=" https://x.com/a/status/77 "
        )
        post = RemotePost.objects.get()
        assert (post.remote_id, post.permalink) == ("77", "https://x.com/a/status/77")

    def test_is_there_at_an_address_or_not_at_all(self, cast: Cast, copy: Delivery) -> None:
        Outgoing.objects.update(state="unknown", needs_person=True)
        with pytest.raises(Invalid) as refused:
            deliveries.resolve_delivery(cast.priya, copy, there=True, remote_id="77", permalink="x.com/77")
        assert list(refused.value.fields) == ["permalink"]
        deliveries.resolve_delivery(cast.priya, copy, there=False, remote_id="77")
        assert (copy.outgoing.state, RemotePost.objects.exists()) == ("waiting", False)

    def test_is_decided_about_by_whoever_may_and_sees_it_as_it_stands(
        self, cast: Cast, copy: Delivery, tomorrow
    ) -> None:
        for act in (
            deliveries.retry_delivery,
            deliveries.cancel_delivery,
            lambda *given, **more: deliveries.resolve_delivery(*given, there=False, **more),
            lambda *given, **more: move_delivery(*given, at=tomorrow, **more),
            send_delivery_now,
        ):
            with pytest.raises(Overtaken):
                act(cast.priya, copy, seen="something else")
            with pytest.raises(PermissionDenied):
                act(cast.ed, copy)

    def test_is_taken_away_again_and_written_down(self, cast: Cast, copy: Delivery, hints) -> None:
        settle(1, "sent")
        hints.clear()
        deleted = deliveries.delete_delivery(cast.priya, copy)
        assert (deleted, deleted.outgoing.state) == (copy, "sent")
        assert entry("delivery.deleted") == ("Priya", str(copy.pk), {"posts": ["901"]})
        assert said(hints) == about(cast, copy.post, cast.x)
        (row,) = Outgoing.objects.filter(draft__kind="delete")
        assert (row.profile, row.draft["target"], row.state) == (cast.x, "901", "waiting")

    @pytest.mark.parametrize(
        ("state", "reason"),
        [
            ("sending", "It is not known yet what of it is there. Wait until that is clear."),
            ("unknown", "It is not known yet what of it is there. Wait until that is clear."),
            ("failed", "Nothing of it is there."),
        ],
    )
    def test_is_not_taken_away_where_nothing_is_known_to_be_there(self, cast: Cast, copy, state, reason) -> None:
        RemotePost.objects.create(profile=cast.x, remote_id="77", published_at=now())  # a colleague's
        Outgoing.objects.update(state=state)
        with pytest.raises(Conflict) as refused:
            deliveries.delete_delivery(cast.priya, copy)
        assert refused.value.user_message == reason

    def test_of_a_network_that_takes_nothing_away_stays(self, cast: Cast, copy: Delivery, monkeypatch) -> None:
        monkeypatch.setattr(deliveries, "adapter_class", lambda network: Silent)
        with pytest.raises(Conflict) as refused:
            deliveries.delete_delivery(cast.priya, copy)
        assert refused.value.user_message == "Silent does not let us delete what was published."

    def test_of_another_post_that_was_cancelled_says_nothing_of_this(self, cast: Cast, copy: Delivery, write) -> None:
        Post.objects.filter(pk=write(cast.priya).pk).update(state="cancelled")
        Outgoing.objects.update(state="failed")
        deliveries.retry_delivery(cast.priya, copy)
        assert copy.outgoing.state == "waiting"

    def test_the_last_that_was_too_late_on_its_profile_ends_the_notice(
        self, cast: Cast, copy: Delivery, write, tomorrow, monkeypatch
    ) -> None:
        ended: list[int] = []
        monkeypatch.setattr(delivery_times, "settle_too_late", ended.append)
        second, off, page = (
            delivery(publish_now(cast.priya, write(cast.priya, text, profile)))
            for text, profile in (("Two", cast.x), ("Three", cast.x), ("Four", cast.page))
        )
        Outgoing.objects.update(held="too_late")
        Outgoing.objects.filter(pk=off.outgoing_id).update(state="cancelled")
        move_delivery(cast.priya, copy, at=tomorrow)
        assert ended == []
        move_delivery(cast.priya, second, at=tomorrow)
        assert ended == [cast.x.pk]
        assert Outgoing.objects.get(pk=page.outgoing_id).held == "too_late"

    @pytest.mark.parametrize(
        ("network", "permalink", "remote_id"),
        [
            ("x", "https://x.com/acme/status/77", "77"),
            ("x", "https://x.com/acme1/status/77/photo", "77"),
            ("x", "", ""),
            ("x", "https://x.com/acme", ""),
            ("x", "https://x.com/a/77?comment_id=88", "77"),
            ("facebook", "https://www.facebook.com/acme/posts/77", "1_77"),
            ("facebook", "https://www.facebook.com/1_77", "1_77"),
            ("facebook", "https://www.facebook.com/1_77?comment_id=88", "77_88"),
            ("facebook", "https://www.facebook.com/77?comment_id=88", "77_88"),
            ("facebook", "https://www.facebook.com/77?comment_id=bread", "1_77"),
        ],
    )
    def test_an_address_carries_the_id(self, network: str, permalink: str, remote_id: str) -> None:
        assert deliveries.parse_remote_id(permalink, Profile(network=network, remote_id="1")) == remote_id

    @pytest.mark.parametrize(
        ("remote_id", "permalink", "field"),
        [
            ("77", "", None),
            ("77", "https://x.com/" + "a" * 986, None),
            ("a:b.c-d_" + "e" * 192, "", None),
            ("77", "https://x.com/" + "a" * 987, "permalink"),
            ("77", "x.com/77", "permalink"),
            ("77", "https://x.com/a b", "permalink"),
            ("", "", "remote_id"),
            ("a" * 201, "", "remote_id"),
            ("ä", "", "remote_id"),
        ],
    )
    def test_what_a_person_names_is_checked(self, cast: Cast, copy: Delivery, remote_id, permalink, field) -> None:
        if field is None:
            deliveries.validate_reference(copy.outgoing, remote_id, permalink)
            return
        with pytest.raises(Invalid) as refused:
            deliveries.validate_reference(copy.outgoing, remote_id, permalink)
        assert list(refused.value.fields) == [field]
        assert refused.value.user_message.startswith("Paste the address of the post")

    def test_what_is_another_post_of_ours_is_not_this_one(self, cast: Cast, copy: Delivery, write) -> None:
        other = delivery(publish_now(cast.priya, write(cast.priya, "Two", cast.x)))
        made = RemotePost.objects.create(profile=cast.x, remote_id="77", published_at=now(), outgoing=other.outgoing)
        with pytest.raises(Invalid) as refused:
            deliveries.validate_reference(copy.outgoing, "77", "")
        assert refused.value.fields == {"remote_id": ["That is another post of ours on this profile."]}
        deliveries.validate_reference(other.outgoing, "77", "")
        there = delivery(publish_now(cast.priya, write(cast.priya, "Three", cast.page)))
        RemotePost.objects.create(profile=cast.page, remote_id="78", published_at=now(), outgoing=there.outgoing)
        deliveries.validate_reference(copy.outgoing, "78", "")  # on another profile ids are others'
        made.outgoing = None
        made.save()
        deliveries.validate_reference(copy.outgoing, "77", "")

    def test_the_first_part_that_is_not_there_is_decided_about(self, cast: Cast, posted: Post) -> None:
        copy = delivery(posted)
        settle(1, "sent")
        assert deliveries.lock_decided_row(cast.priya, copy).part == 2
        Outgoing.objects.update(state="sent")
        assert deliveries.lock_decided_row(cast.priya, copy).part == 1

    def test_moves_alone(self, cast: Cast, write, tomorrow, hints) -> None:
        post = publish_now(cast.priya, write(cast.priya))
        copy = Delivery.objects.select_related("profile", "post", "outgoing").get(post=post, profile=cast.x)
        before = copy.outgoing.planned_at
        hints.clear()
        move_delivery(cast.priya, copy, at=tomorrow, seen=copy.outgoing.mark)
        assert entry("delivery.moved") == ("Priya", str(copy.pk), {"at": [before.isoformat(), tomorrow.isoformat()]})
        assert Outgoing.objects.get(profile=cast.x).due_at == tomorrow
        assert Outgoing.objects.get(profile=cast.page).due_at < tomorrow
        assert said(hints) == about(cast, post, cast.x)
        send_delivery_now(cast.priya, copy)
        assert Outgoing.objects.get(profile=cast.x).due_at <= now()
        Outgoing.objects.update(state="failed")
        with pytest.raises(Conflict) as refused:
            move_delivery(cast.priya, copy, at=tomorrow)
        assert refused.value.user_message == "It does not wait any more: look at where it stands now."
