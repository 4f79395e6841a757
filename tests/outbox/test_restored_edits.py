"""What is rewritten after an older state came back may be there in the words that it had then."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from django.db.models import F
from django.utils.timezone import now

from networks.actions.outgoing import resolve_outgoing
from networks.adapters.x.adapter import XAdapter
from networks.models import Outgoing, RemotePost, Restoration
from organizations.models import Member, Organization
from organizations.tenancy import scope
from publishing.actions.assets import upload_asset
from publishing.actions.compose import withdraw_post
from publishing.actions.schedule import publish_now, schedule_post
from publishing.models import Post, Revision
from tests import media
from tests.outbox.conftest import Outbox
from tests.outbox.test_restored import AFTER, HOUR, pass_time, restore
from tests.posts import create_post, edit_post

Change = Callable[["Desk"], object]


class Desk:
    """A post as it stood in the backup, on a network where nothing but us keeps it from being there twice."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.network = outbox.network
        self.author = Member.objects.get(role="owner")

    def write(self, text: str = "Bred at nine", **more) -> Post:
        return create_post(self.author, text=text, profiles=[self.outbox.profile.pk], **more)

    def saved(self, text: str = "Bred at nine", **more) -> Post:
        """It was written well before the backup."""
        post = self.write(text, **more)
        long_ago()
        return post

    def edit(self, post: Post, text: str = "Bread at nine", **more) -> None:
        edit_post(self.author, post, text=text, **more)

    def publish(self, post: Post) -> None:
        post.refresh_from_db()
        publish_now(self.author, post)

    def leave(self) -> None:
        """All that is due, with as much time as looking for it takes."""
        self.outbox.step()
        pass_time(self.outbox, 4)

    def row(self) -> Outgoing:
        return Outgoing.objects.exclude(state="cancelled").get(after=None)


def long_ago() -> None:
    for model in (Post, Revision, Outgoing):
        model.objects.update(created_at=now() - 2 * HOUR)


@pytest.fixture
def desk(outbox: Outbox):
    outbox.network.refuses_duplicates = False
    Organization.objects.update(too_late_minutes=None)
    with scope(outbox.profile.organization_id):
        yield Desk(outbox)


def assert_asks(desk: Desk, remote_id: str) -> None:
    row = desk.row()
    assert (row.state, row.needs_person) == ("unknown", True)
    assert "earlier words" in row.reason
    assert remote_id in row.reason  # where to look
    assert not RemotePost.objects.exists()


def edited_draft(desk: Desk) -> Post:
    post = desk.saved()
    restore()
    desk.edit(post)
    return post


def edited_plan(desk: Desk) -> Post:
    post = desk.saved()
    schedule_post(desk.author, post, at=now() + 3 * HOUR)
    long_ago()
    restore()
    desk.edit(post)
    return post


def edited_twice(desk: Desk) -> Post:
    post = edited_draft(desk)
    desk.edit(post, "Bread at ten")
    return post


def edited_variant(desk: Desk) -> Post:
    post = desk.saved("Elsewhere", variants={"x": "Bred at nine"})
    restore()
    edit_post(desk.author, post, variants={"x": "Bread at nine"})
    return post


def edited_after_it_failed(desk: Desk) -> Post:
    post = desk.saved()
    schedule_post(desk.author, post, at=now())
    long_ago()
    Outgoing.objects.update(state="failed")
    restore()
    desk.edit(post)
    return post


def edited_between_two_returns(desk: Desk) -> Post:
    post = edited_draft(desk)
    Revision.objects.filter(text="Bread at nine").update(created_at=now())
    restore()
    desk.edit(post, "Bread at ten")
    return post


@pytest.mark.parametrize(
    "edited",
    [edited_draft, edited_plan, edited_twice, edited_variant, edited_after_it_failed, edited_between_two_returns],
)
def test_what_left_in_its_former_words_waits_for_a_person(desk: Desk, edited: Callable[[Desk], Post]) -> None:
    remote_id = desk.network.add("Bred at nine")
    desk.publish(edited(desk))
    desk.leave()
    assert desk.network.published_texts() == ["Bred at nine"]
    assert_asks(desk, remote_id)


def test_what_did_not_leave_in_its_former_words_leaves_in_its_new_ones(desk: Desk) -> None:
    desk.publish(edited_draft(desk))
    desk.leave()
    assert desk.network.published_texts() == ["Bread at nine"]
    assert [word for _kind, word in desk.outbox.ledger(desk.row())][-1] == "sent"


def test_a_person_may_send_the_new_words_all_the_same(desk: Desk) -> None:
    desk.network.add("Bred at nine")
    desk.publish(edited_draft(desk))
    desk.leave()
    resolve_outgoing(desk.author, desk.row(), there=False)
    desk.outbox.step(after=AFTER)
    assert desk.network.published_texts() == ["Bred at nine", "Bread at nine"]
    assert desk.row().state == "sent"


def test_who_makes_the_same_change_again_has_it_found(desk: Desk) -> None:
    desk.network.add("Bread at nine")  # changed after the backup, and then published
    desk.publish(edited_draft(desk))
    desk.leave()
    assert desk.network.published_texts() == ["Bread at nine"]
    assert desk.row().state == "sent"


def test_what_was_taken_back_and_planned_again_is_found(desk: Desk) -> None:
    post = desk.saved()
    schedule_post(desk.author, post, at=now() + HOUR)
    long_ago()
    remote_id = desk.network.add("Bred at nine")
    restore()
    withdraw_post(desk.author, post)
    desk.publish(post)
    desk.leave()
    assert desk.network.published_texts() == ["Bred at nine"]
    assert RemotePost.objects.get().remote_id == remote_id


def test_each_part_of_a_thread_is_looked_for_in_its_former_words(desk: Desk) -> None:
    post = desk.saved("One", thread=["Tow", "Three"])
    restore()
    desk.network.add("Tow", parent=desk.network.add("One"))
    desk.edit(post, "One", thread=["Two", "Three"])
    desk.publish(post)
    desk.leave()
    assert desk.network.published_texts() == ["One", "Tow"]
    first, second, third = Outgoing.objects.exclude(state="cancelled").order_by("part")
    assert (first.state, second.state, second.needs_person) == ("sent", "unknown", True)
    assert (third.state, third.held) == ("waiting", "chain")


def test_the_same_words_with_another_picture_are_not_taken_for_it(desk: Desk, settings, tmp_path, monkeypatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(XAdapter, "capabilities", replace(XAdapter.capabilities, media=media.X_TAKES))
    one, other = (
        upload_asset(desk.author, BytesIO(media.picture(colour=colour)), alt_text="A") for colour in ("teal", "red")
    )
    post = desk.saved(media=[one.pk])
    restore()
    remote_id = desk.network.add("Bred at nine", media=["7001"])
    desk.edit(post, "Bred at nine", media=[other.pk])
    desk.publish(post)
    desk.leave()
    assert desk.network.published_texts() == ["Bred at nine"]
    assert_asks(desk, remote_id)


def test_words_that_it_had_given_up_before_the_backup_are_nothing_to_it(desk: Desk) -> None:
    post = desk.saved("Bun at nine")
    desk.edit(post, "Bred at nine")
    long_ago()
    Revision.objects.filter(number=1).update(created_at=now() - 3 * HOUR)
    desk.network.add("Bun at nine")
    restore()
    desk.edit(post)
    desk.publish(post)
    desk.leave()
    assert desk.network.published_texts() == ["Bun at nine", "Bread at nine"]


def test_what_was_edited_where_nothing_came_back_leaves_as_ever(desk: Desk) -> None:
    post = desk.saved()
    desk.edit(post)
    desk.publish(post)
    desk.outbox.step()
    assert desk.outbox.ledger(desk.row()) == [("send", "sent")]


def test_what_left_before_an_earlier_return_is_found_after_the_next_too(desk: Desk) -> None:
    """The draft stood in both backups, and left between the first and its return."""
    post = desk.saved()
    remote_id = desk.network.add("Bred at nine", at=now() - 30 * HOUR)
    restore()
    long_ago()
    Restoration.objects.update(dumped_at=now() - 40 * HOUR, noticed_at=now() - 20 * HOUR)
    Restoration.objects.update(written_before=F("noticed_at"))
    Revision.objects.update(created_at=now() - 50 * HOUR)
    restore()
    desk.publish(post)
    desk.leave()
    assert desk.network.published_texts() == ["Bred at nine"]
    assert RemotePost.objects.get().remote_id == remote_id
