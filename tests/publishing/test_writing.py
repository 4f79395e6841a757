"""What writing, editing and deleting a post keep, write down, tell and refuse."""

from dataclasses import replace
from datetime import UTC, timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid, NotFound, PermissionDenied
from foundation.overtaking import Overtaken
from networks.adapters.x.adapter import XAdapter
from networks.models import Outgoing, Profile
from organizations.models import AuditEntry, Member
from publishing.actions import compose, content
from publishing.actions.compose import unplan_post, withdraw_post
from publishing.actions.content import Content, content_of
from publishing.actions.draft_deletion import delete_post
from publishing.actions.review import submit_post
from publishing.actions.schedule import cancel_post, move_post, schedule_post
from publishing.composing.post_input import PostInput
from publishing.composing.threads import VariantWording
from publishing.models import Asset, Post, Revision
from teams.actions.grants import set_grants
from tests.cast import Cast
from tests.posts import create_post, edit_post, rewrite_post
from tests.publishing.parts import spring

pytestmark = pytest.mark.usefixtures("in_acme")
F = ("a file",)
BOTH = ["Acme (x)", "Acmepage (facebook)"]


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


def fresh(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)


class TestWriting:
    def test_a_new_one(self, cast: Cast, tomorrow, hints) -> None:
        key = uuid4()
        made = create_post(
            cast.ed,
            text="Hello",
            profiles=[cast.x.pk, cast.page.pk, cast.x.pk],
            variants={"x": "Mine", "facebook": " "},
            thread=["Two"],
            first_comment="More",
            planned_at=tomorrow,
            planned_zone="Asia/Tokyo",
            form_key=key,
            unfinished=True,
        )
        post = fresh(made)
        assert (post.author, post.form_key, post.state, post.planned_at, post.planned_zone) == (
            cast.ed,
            key,
            "draft",
            tomorrow,
            "Asia/Tokyo",
        )
        assert post.planned_wall == (tomorrow + timedelta(hours=9)).replace(tzinfo=UTC)
        assert set(post.profiles.all()) == {cast.x, cast.page}
        found = content_of(post)
        assert (found.text, found.thread, found.comment, found.variants) == (
            "Hello",
            ("Two",),
            "More",
            {"x": VariantWording("Mine")},
        )
        assert entry("post.created") == ("Ed", str(post.pk), {"profiles": BOTH})
        assert said(hints) == about(cast, post)
        with pytest.raises(Conflict) as refused:
            create_post(cast.ed, text="Hello", profiles=[cast.x.pk], form_key=key)
        assert refused.value.user_message == "This was saved already."

    def test_a_time_that_has_passed_is_none(self, cast: Cast) -> None:
        with pytest.raises(Invalid) as refused:
            create_post(cast.ed, text="Hello", profiles=[cast.x.pk], planned_at=now() - timedelta(hours=1))
        assert list(refused.value.fields) == ["scheduled_at"]

    def test_what_was_meant_by_a_time_is_kept(self, cast: Cast, tomorrow) -> None:
        made = create_post(cast.ed, text="Hello", profiles=[cast.x.pk], planned_at=tomorrow)
        assert made.planned_zone == "Europe/Madrid"
        assert made.planned_wall.hour in (13, 14)

    def test_what_was_meant_is_kept_where_the_clocks_go_forward(self, cast: Cast) -> None:
        at, skipped = spring("Europe/Madrid")
        made = create_post(cast.ed, text="Hello", profiles=[cast.x.pk], planned_at=at, planned_wall=skipped)
        assert made.planned_wall == skipped

    def test_an_edit_says_what_changed_without_the_words(self, cast: Cast, write, hints) -> None:
        post = write(cast.ed)
        hints.clear()
        changed = edit_post(
            cast.ed,
            post,
            text="Bye",
            profiles=[cast.x.pk],
            variants={"x": VariantWording("Mine", ("Too",))},
            thread=["Two", "Three"],
            first_comment="More",
            unfinished=True,
        )
        assert entry("post.edited") == (
            "Ed",
            str(post.pk),
            {
                "profiles": [BOTH, BOTH[:1]],
                "text": "changed",
                "thread": [0, 2],
                "first comment": "changed",
                "variants": ["x"],
                "state": ["draft", "draft"],
            },
        )
        assert said(hints) == about(cast, post, cast.x)
        assert changed.revision_id != post.revision_id
        edit_post(cast.ed, post, variants={}, unfinished=True)
        assert entry("post.edited")[2] == {"variants": ["x"], "state": ["draft", "draft"]}

    @pytest.mark.parametrize(
        ("before", "after", "told"),
        [
            ({}, {}, {}),
            ({}, {"text": "B"}, {"text": "changed"}),
            ({"thread": ("B",)}, {}, {"thread": [1, 0]}),
            ({"comment": "C"}, {}, {"first comment": "changed"}),
            ({"files": (("f", "g"), ("h",))}, {}, {"files": [3, 0]}),
            (
                {"variants": {"x": VariantWording("X")}},
                {"variants": {"b": VariantWording("Y")}},
                {"variants": ["b", "x"]},
            ),
        ],
    )
    def test_only_what_changed_is_written_down(self, before: dict, after: dict, told: dict) -> None:
        usual: dict = {"text": "A", "profiles": (), "variants": {}}
        assert compose.content_changes(Content(**(usual | before)), Content(**(usual | after))) == told

    def test_an_edit_takes_files_with_words_given_for_them(self, cast: Cast, write, upload) -> None:
        first, second = upload(cast.ed), upload(cast.ed)
        words = {first.pk: "Bread", second.pk: "Butter"}
        post = write(cast.ed, "One", cast.x, thread=["Two"])
        edited = edit_post(cast.ed, post, media=[first.pk], thread_media=[[second.pk]], alt_texts=words)
        placed = [[(one.asset, one.media.alt_text) for one in part] for part in content_of(edited).files]
        assert placed == [[(first.pk, "Bread")], [(second.pk, "Butter")]]
        assert dict(Asset.objects.values_list("pk", "alt_text")) == words
        assert entry("asset.described")[0] == "Ed"

    def test_an_edit_may_be_unfinished_and_what_was_said_of_the_words_before_is_gone(self, cast: Cast, write) -> None:
        post = write(cast.ed, "One", cast.x)
        Post.objects.filter(pk=post.pk).update(review_note="Shorter")
        with pytest.raises(Invalid):
            edit_post(cast.ed, post, text="x" * 281)
        edit_post(cast.ed, post, text="x" * 281, unfinished=True)
        assert fresh(post).review_note == ""

    def test_what_fits_no_more_can_be_withdrawn(self, cast: Cast, write) -> None:
        post = write(cast.ed, "x" * 281, cast.x, unfinished=True)
        Post.objects.filter(pk=post.pk).update(state="in_review")
        assert withdraw_post(cast.ed, post).state == "draft"

    def test_an_edit_without_a_change_is_none(self, cast: Cast, write, hints) -> None:
        post = write(
            cast.ed,
            "Hello",
            cast.x,
            cast.page,
            thread=["Two"],
            first_comment="",
            variants={"x": VariantWording("A", ("B",))},
        )
        hints.clear()
        same = edit_post(cast.ed, post, text="Hello", profiles=[cast.page.pk, cast.x.pk], thread=["Two"])
        assert same.revision_id == post.revision_id
        assert said(hints) == []
        assert Revision.objects.count() == 1
        assert edit_post(cast.ed, post, restart=True).revision_id != post.revision_id

    def test_an_edit_of_what_was_changed_or_by_whom_may_not_is_refused(self, cast: Cast, write) -> None:
        post = write(cast.ed)
        seen = post.mark
        edit_post(cast.ed, post, text="Bye", seen=seen)
        for act in (
            lambda: edit_post(cast.ed, post, text="Again", seen=seen),
            lambda: withdraw_post(cast.ed, post, seen=seen),
            lambda: unplan_post(cast.ed, post, seen=seen),
            lambda: delete_post(cast.ed, post, seen=seen),
            lambda: move_post(cast.ed, post, at=now() + timedelta(days=1), seen=seen),
            lambda: submit_post(cast.ed, post, seen=seen),
            lambda: cancel_post(cast.ed, post, seen=seen),
            lambda: rewrite_post(cast.ed, post, text="Again", seen=seen),
        ):
            with pytest.raises(Overtaken):
                act()
        for act in (
            lambda: edit_post(cast.ana, post, text="Again"),
            lambda: unplan_post(cast.ana, post),
            lambda: delete_post(cast.ana, post),
            lambda: move_post(cast.ana, post, at=now() + timedelta(days=1)),
            lambda: cancel_post(cast.ana, post),
            lambda: submit_post(cast.ana, post),
            lambda: schedule_post(cast.ed, post, at=now() + timedelta(days=1)),
        ):
            with pytest.raises(PermissionDenied):
                act()

    def test_planned_no_more(self, cast: Cast, write, tomorrow, hints) -> None:
        post = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
        hints.clear()
        unplanned = unplan_post(cast.priya, post)
        assert (unplanned.state, unplanned.planned_at, unplanned.planned_wall, unplanned.planned_zone) == (
            "draft",
            None,
            None,
            "",
        )
        assert entry("post.unplanned") == ("Priya", str(post.pk), {"at": [tomorrow.isoformat(), None]})
        assert said(hints) == sorted(about(cast, post) * 2)
        assert {state for _network, state, _text in self.rows()} == {"cancelled"}
        unplan_post(cast.priya, post)
        assert AuditEntry.objects.filter(verb="post.unplanned").count() == 1

    def rows(self) -> list[tuple[str, str, str]]:
        return [
            (row.profile.network, row.state, row.draft["text"]) for row in Outgoing.objects.select_related("profile")
        ]

    def test_a_draft_is_deleted_with_a_line_that_says_what_it_was(self, cast: Cast, write, hints, tomorrow) -> None:
        post = write(cast.ed, "Hello")
        pk = post.pk
        hints.clear()
        delete_post(cast.ed, post)
        assert entry("post.deleted") == ("Ed", str(pk), {"text": ["Hello", None]})
        assert said(hints) == [(cast.acme.pk, "posts", pk, one.pk, None) for one in (cast.x, cast.page)]
        with pytest.raises(NotFound):
            delete_post(cast.ed, post)
        planned = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
        for refused in (planned, withdraw_post(cast.priya, planned)):
            with pytest.raises(Conflict) as met:
                delete_post(cast.priya, refused)
            assert met.value.user_message == "Only a draft that was never scheduled can be deleted. Cancel it instead."

    def test_withdrawn_it_is_a_draft_of_the_same_words(self, cast: Cast, write, tomorrow) -> None:
        post = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
        back = withdraw_post(cast.priya, post, seen=post.mark)
        assert (back.state, back.revision_id == post.revision_id) == ("draft", False)
        assert content_of(back) == content_of(post)
        assert entry("post.edited")[2] == {"state": ["scheduled", "draft"]}


class TestJudging:
    def problems(self, cast: Cast, actor: Member | None = None, **given) -> dict[str, list[str]]:
        unfinished = given.pop("unfinished", False)
        usual = {"text": "Hello", "profiles": [cast.x.pk]}
        try:
            content.checked_content(actor or cast.ed, PostInput(**(usual | given)), unfinished=unfinished)
        except Invalid as refused:
            return refused.fields
        return {}

    @pytest.mark.parametrize(
        ("given", "fields"),
        [
            ({"text": " "}, {"text": ["Write something first."]}),
            ({"text": "a\0"}, {"text": ["Line 1, character 2 cannot be shown (U+0000). Remove it."]}),
            ({"thread": ["Two", ""]}, {"thread": ["Part 3: Write something first."]}),
            ({"thread": ["x"] * 25}, {"thread": ["A thread has at most 25 parts."]}),
            ({"thread": ["x"] * 24}, {}),
            ({"first_comment": " "}, {}),
            ({"first_comment": "a\0", "unfinished": True}, {"first_comment": ["Line 1, character 2 cannot be shown (U+0000). Remove it."]}),
            ({"first_comment": "x" * 281}, {"first_comment": ["X: "]}),
            ({"variants": {"x": "a\0"}}, {"variants": ["X: Line 1, character 2 cannot be shown (U+0000). Remove it."]}),
            ({"variants": {"x": VariantWording("A", ("",))}}, {"variants": ["X: Part 2: Write something first."]}),
            ({"variants": {"x": VariantWording("", ("A",))}}, {"variants": ["X: Write something first."]}),
            ({"variants": {"x": ""}}, {}),
            ({"variants": {"myspace": "A"}}, {"variants": ["No network “myspace” is known."]}),
            ({"profiles": []}, {"profiles": ["Choose at least one profile."]}),
            ({"profiles": [], "unfinished": True}, {}),
            ({"profiles": list(range(1, 52))}, {"profiles": ["Choose at most 50 profiles for one post."]}),
            ({"text": "x" * 281}, {"text": ["X: "]}),
            ({"text": "x" * 281, "unfinished": True}, {}),
            ({"thread": ["x" * 281]}, {"thread": ["X, part 2: "]}),
            ({"variants": {"x": "x" * 281}}, {"variants": ["X: "]}),
            ({"variants": {"x": "A"}, "thread": ["Two"]}, {"variants": ["X gets only its own wording: the other part of the thread stays away."]}),
            ({"variants": {"x": "A"}, "thread": ["Two", "3"]}, {"variants": ["X gets only its own wording: the other 2 parts of the thread stay away."]}),
            ({"variants": {"x": VariantWording("A", ())}, "thread": ["Two"]}, {}),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_named_beside_its_field(self, cast: Cast, given: dict, fields: dict) -> None:
        found = self.problems(cast, **given)
        assert set(found) == set(fields)
        for field, texts in fields.items():
            assert len(found[field]) == len(texts)
            if "myspace" not in str(given):
                assert all(one.startswith(other) for one, other in zip(found[field], texts, strict=True)), found

    @pytest.mark.parametrize(
        ("given", "fields"),
        [
            ({"text": ""}, ["text"]),
            ({"text": "", "files": (F,)}, []),
            ({"text": "", "files": ((), F)}, ["text"]),
            ({"thread": ("",), "files": ((), F)}, []),
            ({"thread": ("", "B"), "files": (F, (), F)}, ["thread"]),
            ({"thread": ("", ""), "files": ((), F, F)}, []),
            ({"variants": {"x": VariantWording("")}, "files": (F,)}, []),
            ({"variants": {"x": VariantWording("")}, "files": ((), F)}, ["variants"]),
            ({"variants": {"x": VariantWording("B", ("",))}, "files": ((), F)}, []),
            ({"variants": {"x": VariantWording("B", ("",))}, "files": (F, ())}, ["variants"]),
            ({"variants": {"x": VariantWording("a\0"), "facebook": VariantWording("B")}}, ["variants"]),
        ],
    )
    def test_where_there_are_files_no_words_are_needed(self, given: dict, fields: list[str]) -> None:
        usual: dict = {"text": "A", "profiles": (), "variants": {}}
        assert list(content.text_problems(Content(**(usual | given)))) == fields

    def test_each_part_that_says_nothing_is_named(self) -> None:
        assert content.thread_problems(["", "B", " "], []) == [
            "Part 2: Write something first.",
            "Part 4: Write something first.",
        ]
        assert content.thread_problems(["", ""], [(), F]) == ["Part 2: Write something first."]

    def test_a_network_without_first_comments_says_so(self, cast: Cast, monkeypatch) -> None:
        monkeypatch.setattr(XAdapter, "capabilities", replace(XAdapter.capabilities, first_comment=False))
        told = "X has no first comments. Leave it out, or send there on its own."
        assert self.problems(cast, first_comment="C") == {"first_comment": [told]}
        assert self.problems(cast) == {}

    def test_a_comment_of_white_space_is_none(self, cast: Cast) -> None:
        found = content.checked_content(cast.ed, PostInput("A", [cast.page.pk], first_comment=" \n"))
        assert found.comment == ""

    def test_as_many_profiles_as_may_be_are_looked_up(self, cast: Cast) -> None:
        found = self.problems(cast, profiles=[cast.x.pk, *range(10**6, 10**6 + 49)])
        assert found["profiles"][0] == "There is no profile 1000000."

    def test_profiles_that_one_does_not_see_are_not_there(self, cast: Cast) -> None:
        strange = [cast.theirs.pk, 0, -1, 2**63]
        found = self.problems(cast, profiles=[cast.x.pk, *strange])
        assert found == {"profiles": [f"There is no profile {pk}." for pk in sorted(strange)]}

    def test_who_may_not_write_for_all_of_them_is_refused(self, cast: Cast) -> None:
        for actor, profiles in ((cast.ana, []), (cast.cole, [cast.x.pk]), (cast.ana, [cast.x.pk, cast.page.pk])):
            with pytest.raises(PermissionDenied) as refused:
                self.problems(cast, actor, profiles=profiles, unfinished=True)
            assert refused.value.user_message == "You may not write for all of these profiles."
        set_grants(cast.olive, cast.page, members={cast.ed.pk: ["view"]})
        with pytest.raises(PermissionDenied):
            self.problems(cast, profiles=[cast.x.pk, cast.page.pk])
        assert self.problems(cast, profiles=[], unfinished=True) == {}

    def test_each_network_says_what_it_would_not_take(self, cast: Cast) -> None:
        found = self.problems(cast, text="x" * 281, profiles=[cast.page.pk, cast.x.pk], first_comment="C")
        assert list(found) == ["text"]
        assert all(text.startswith("X") for texts in found.values() for text in texts)

    def test_line_ends_are_line_feeds_from_the_start(self, cast: Cast) -> None:
        given = PostInput(
            text="A\r\nB",
            profiles=[cast.page.pk],
            variants={"facebook": VariantWording("C\rD", ("E\r\nF",)), "x": " "},
            thread=["G\r\nH"],
            first_comment="I\r\nJ",
        )
        found = content.checked_content(cast.ed, given)
        assert (found.text, found.thread, found.comment, found.variants) == (
            "A\nB",
            ("G\nH",),
            "I\nJ",
            {"facebook": VariantWording("C\nD", ("E\nF",))},
        )
        assert (found.ids, found.names) == ({cast.page.pk}, ["Acmepage (facebook)"])

    @pytest.mark.parametrize(
        ("text", "files", "at", "kept"),
        [(" ", (("f",),), 0, ""), (" ", ((), ("f",)), 0, " "), ("A", (("f",),), 0, "A"), (" ", (("f",),), 1, " ")],
    )
    def test_nothing_is_written_beside_files_where_nobody_would_see_it(self, text, files, at, kept) -> None:
        assert content.text_beside_files(text, files, at) == kept
