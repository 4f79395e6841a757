"""The plan for a silent network: who makes it, what is written down, and what is said through the other profile."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils.timezone import now

from foundation.errors import Invalid, PermissionDenied
from foundation.overtaking import Overtaken
from networks.adapters.facebook.adapter import FacebookAdapter
from networks.adapters.x.adapter import XAdapter
from networks.contract import Media, MediaKind
from networks.models import FallbackPlan, Outgoing, Profile
from networks.models.fallback import NO_PLAN
from organizations.models import AuditEntry, Notification
from publishing.actions import fallback_plans
from publishing.actions.fallback_plans import (
    fit_into_template,
    remove_fallback_plan,
    send_through_stand_in,
    set_fallback_plan,
)
from publishing.actions.schedule import publish_now
from publishing.composing.threads import AttachedFile
from publishing.models import Decision, Delivery, Post
from tests import media
from tests.cast import Cast
from tests.outbox.test_standing_in import silence
from tests.posts import create_post

pytestmark = pytest.mark.usefixtures("in_acme")
LATER = timedelta(minutes=31)


def planned(cast: Cast, **more) -> FallbackPlan:
    usual = {"after_minutes": 30, "profile": cast.page, "text": "{text}", "told": []}
    return set_fallback_plan(cast.olive, "x", **(usual | more))


def entry(verb: str) -> tuple[str, str, dict]:
    found = AuditEntry.objects.filter(verb=verb).latest("pk")
    return found.actor_name, found.target_id, found.change


class TestPlanning:
    def test_it_is_kept_changed_and_written_down(self, cast: Cast) -> None:
        plan = planned(cast, text="Look:\r\n{text}", told=[cast.lena], seen=NO_PLAN)
        row = FallbackPlan.objects.get()
        assert (row.network, row.after_minutes, row.profile, row.text, list(row.told.all())) == (
            "x",
            30,
            cast.page,
            "Look:\n{text}",
            [cast.lena],
        )
        change = {
            "after_minutes": [None, 30],
            "profile": [None, "Acmepage (facebook)"],
            "text": [None, "Look:\n{text}"],
        }
        assert entry("fallback.planned") == ("olive@acme.example", str(plan.pk), change)
        again = planned(cast, after_minutes=60, seen=row.mark)
        assert again.pk == plan.pk
        assert list(again.told.all()) == []
        assert entry("fallback.changed")[2]["after_minutes"] == [None, 60]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (" ", "Say what shall leave there."),
            ("a\0", "Line 1, character 2 cannot be shown (U+0000). Remove it."),
        ],
    )
    def test_words_that_say_nothing_are_refused(self, cast: Cast, text: str, said: str) -> None:
        with pytest.raises(Invalid) as refused:
            planned(cast, text=text)
        assert refused.value.fields == {"text": [said]}
        with pytest.raises(Invalid) as refused:
            planned(cast, profile=cast.x)
        assert refused.value.fields == {"profile": ["Choose a profile on another network."]}
        assert not FallbackPlan.objects.exists()

    def test_what_was_changed_meanwhile_stays(self, cast: Cast) -> None:
        mark = planned(cast).mark
        planned(cast, after_minutes=60)
        for seen in (mark, NO_PLAN):
            with pytest.raises(Overtaken):
                planned(cast, after_minutes=90, seen=seen)
            with pytest.raises(Overtaken):
                remove_fallback_plan(cast.olive, "x", seen=seen)
        assert FallbackPlan.objects.get().after_minutes == 60

    def test_removed_it_is_written_down_once(self, cast: Cast) -> None:
        plan = planned(cast)
        remove_fallback_plan(cast.olive, "facebook")
        assert FallbackPlan.objects.exists()
        for _ in range(2):
            remove_fallback_plan(cast.olive, "x", seen=plan.mark)
        assert not FallbackPlan.objects.exists()
        (found,) = AuditEntry.objects.filter(verb="fallback.removed")
        assert (found.actor_name, found.target_id) == ("olive@acme.example", str(plan.pk))

    def test_only_admins_do(self, cast: Cast) -> None:
        planned(cast)
        with pytest.raises(PermissionDenied):
            set_fallback_plan(cast.lena, "x", after_minutes=1, profile=cast.page, text="A", told=[])
        with pytest.raises(PermissionDenied):
            remove_fallback_plan(cast.lena, "x")
        assert FallbackPlan.objects.get().after_minutes == 30


class TestStandingIn:
    @pytest.fixture
    def post(self, cast: Cast) -> Post:
        post = publish_now(cast.olive, create_post(cast.olive, text="Bread at nine", profiles=[cast.x.pk]))
        silence(cast.x)
        return post

    def test_the_other_profile_says_it_and_the_original_waits(self, cast: Cast, post: Post, hints) -> None:
        plan = planned(cast, text="From X: {text}", told=[cast.lena])
        hints.clear()
        Notification.objects.all().delete()
        at = now() + LATER
        original = Delivery.objects.get()
        assert send_through_stand_in(plan, original, at) is True
        other = Delivery.objects.exclude(pk=original.pk).select_related("outgoing").get()
        assert (other.post, other.revision, other.profile) == (post, original.revision, cast.page)
        assert (other.outgoing.key, other.outgoing.due_at, other.outgoing.draft["text"]) == (
            f"fallback:{original.outgoing_id}",
            at,
            "From X: Bread at nine",
        )
        row = Outgoing.objects.get(pk=original.outgoing_id)
        assert (row.state, row.held, row.reason) == (
            "waiting",
            "too_late",
            "Acmepage stands in for it; this waits for a person.",
        )
        found = AuditEntry.objects.get(verb="post.stood_in")
        assert (found.actor_kind, found.actor_name, found.target_id, found.change) == (
            "system",
            "fallback plan",
            str(post.pk),
            {"profile": ["Acme (x)", "Acmepage (facebook)"], "text": ["Bread at nine", "From X: Bread at nine"]},
        )
        assert (cast.acme.pk, "posts", post.pk, cast.x.pk, None) in hints
        assert cast.lena in {one.member for one in Notification.objects.all()}
        assert send_through_stand_in(plan, original, at) is False

    @pytest.mark.parametrize("carried", [True, False])
    def test_a_first_comment_that_stays_behind_is_written_down(self, cast: Cast, monkeypatch, carried) -> None:
        can = replace(FacebookAdapter.capabilities, first_comment=carried)
        monkeypatch.setattr(FacebookAdapter, "capabilities", can)
        publish_now(cast.olive, create_post(cast.olive, text="Bread", first_comment="The link", profiles=[cast.x.pk]))
        silence(cast.x)
        assert send_through_stand_in(planned(cast), Delivery.objects.get(), now() + LATER) is True
        change = AuditEntry.objects.get(verb="post.stood_in").change
        assert change.get("shortened") == (None if carried else [None, "yes"])

    @pytest.mark.parametrize("columns", [{"state": "failed"}, {"held": "too_late"}])
    def test_only_for_what_waits_for_nothing_else(self, cast: Cast, post: Post, columns: dict) -> None:
        Outgoing.objects.update(**columns)
        assert send_through_stand_in(planned(cast), Delivery.objects.get(), now() + LATER) is False
        assert Outgoing.objects.count() == 1

    def test_for_the_one_that_is_meant_and_no_other(self, cast: Cast, post: Post) -> None:
        second = publish_now(cast.olive, create_post(cast.olive, text="Cake", profiles=[cast.x.pk]))
        original = Delivery.objects.get(post=second)
        assert send_through_stand_in(planned(cast), original, now() + LATER) is True
        held = Outgoing.objects.filter(profile=cast.x).values_list("delivery__post", "held")
        assert dict(held) == {post.pk: "", second.pk: "too_late"}

    def test_not_where_the_other_has_it_already(self, cast: Cast) -> None:
        publish_now(cast.olive, create_post(cast.olive, text="Both", profiles=[cast.x.pk, cast.page.pk]))
        silence(cast.x)
        assert send_through_stand_in(planned(cast), Delivery.objects.get(profile=cast.x), now() + LATER) is False
        assert Outgoing.objects.filter(profile=cast.page).count() == 1

    def test_once_even_where_what_stood_in_was_called_off(self, cast: Cast, post: Post) -> None:
        plan, original, at = planned(cast), Delivery.objects.get(), now() + LATER
        assert send_through_stand_in(plan, original, at) is True
        Outgoing.objects.filter(profile=cast.page).update(state="cancelled")
        Outgoing.objects.filter(profile=cast.x).update(held="")
        assert send_through_stand_in(plan, original, at) is False
        assert Outgoing.objects.filter(profile=cast.page).count() == 1

    @pytest.mark.parametrize(
        ("asked", "approved", "lacks"),
        [(False, None, False), (True, None, True), (True, False, True), (True, True, False)],
    )
    def test_where_the_other_asks_for_approval_it_has_one(self, cast: Cast, post: Post, asked, approved, lacks) -> None:
        Profile.objects.filter(pk=cast.page.pk).update(needs_approval=asked)
        original = Delivery.objects.get()
        if approved is not None:
            Decision.objects.create(revision=original.revision, member=cast.ava, approved=approved)
        assert fallback_plans.lacks_approval(planned(cast), original) is lacks

    def test_whether_the_other_has_it_already(self, cast: Cast, post: Post) -> None:
        plan, original = planned(cast), Delivery.objects.get()
        assert fallback_plans.has_post_already(plan, post) is False
        other = Outgoing.objects.get(pk=original.outgoing_id)
        other.pk, other.key, other.profile = None, "another", cast.page
        other.save()
        Delivery.objects.create(post=post, revision=original.revision, profile=cast.page, outgoing=other)
        assert fallback_plans.has_post_already(plan, post) is True
        Outgoing.objects.filter(pk=other.pk).update(state="cancelled")
        assert fallback_plans.has_post_already(plan, post) is False

    @pytest.mark.parametrize(
        ("holds", "silent"),
        [
            (None, False),
            (frozenset(), False),
            (frozenset({"down"}), True),
            (frozenset({"down", "refused"}), True),
            (frozenset({"down", "paused"}), False),
        ],
    )
    def test_it_stands_in_for_silence_alone(self, holds, silent) -> None:
        assert fallback_plans.is_held_by_network_alone(holds) is silent

    @pytest.mark.parametrize(
        ("without", "shortened", "said"),
        [
            (False, False, "A stands in for it; this waits for a person."),
            (True, False, "A stands in for it, without its pictures and videos; this waits for a person."),
            (False, True, "A stands in for it, with its words shortened; this waits for a person."),
            (True, True, "A stands in for it, shortened and without its pictures and videos; this waits for a person."),
        ],
    )
    def test_what_did_not_come_along_is_said(self, without, shortened, said) -> None:
        assert fallback_plans.stand_in_reason(without, shortened) % "A" == said

    @pytest.mark.parametrize(
        ("template", "words", "expected"),
        [
            ("{text}", "Bread", "Bread"),
            ("{text} {text}", "Bread", "Bread Bread"),
            ("{text}", "x" * 280, "x" * 280),
            ("{text}", "x" * 281, "x" * 267 + "…"),
            ("No words", "Bread", "No words"),
            ("y" * 300, "Bread", "y" * 300),
        ],
    )
    def test_words_are_cut_to_what_the_other_takes(self, template: str, words: str, expected: str) -> None:
        assert fit_into_template(template, words, "x") == expected

    def test_words_that_do_not_fit_and_files_that_stay_behind_are_written_down(
        self, cast: Cast, monkeypatch, settings, tmp_path
    ) -> None:
        from io import BytesIO

        from publishing.actions.assets import upload_asset

        settings.MEDIA_ROOT = tmp_path
        monkeypatch.setattr(XAdapter, "capabilities", replace(XAdapter.capabilities, media={}))
        taking = replace(FacebookAdapter.capabilities, media=media.FACEBOOK_TAKES)
        monkeypatch.setattr(FacebookAdapter, "capabilities", taking)
        asset = upload_asset(cast.olive, BytesIO(media.picture()))
        publish_now(cast.olive, create_post(cast.olive, text="B" * 300, profiles=[cast.page.pk], media=[asset.pk]))
        silence(cast.page)
        plan = set_fallback_plan(cast.olive, "facebook", after_minutes=30, profile=cast.x, text="{text}", told=[])
        assert send_through_stand_in(plan, Delivery.objects.get(), now() + LATER) is True
        change = AuditEntry.objects.get(verb="post.stood_in").change
        assert change["files left out"] == [None, "1"]
        assert change["shortened"] == [None, "yes"]
        assert Outgoing.objects.get(profile=cast.page).reason.startswith("Acme stands in for it, shortened and without")
        assert Outgoing.objects.get(profile=cast.x).draft["media"] == []

    def test_files_come_along_where_all_of_them_are_taken(self, monkeypatch) -> None:
        monkeypatch.setattr(XAdapter, "capabilities", replace(XAdapter.capabilities, media=media.X_TAKES))
        picture = Media("a", MediaKind.IMAGE, "image/png", size=1, sha256="", width=1, height=1)
        two = (AttachedFile(1, picture), AttachedFile(2, picture))
        assert fallback_plans.accepted_media(two, "x") == (picture, picture)
        assert fallback_plans.accepted_media((*two, AttachedFile(3, replace(picture, kind=MediaKind.GIF))), "x") == ()
