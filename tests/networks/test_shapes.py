"""From what networks send to our shapes, field by field: each where it is there, and where it is not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from networks.adapters.facebook import parse as graph
from networks.adapters.x import parse as x
from networks.contract import (
    Author,
    Draft,
    DraftKind,
    Identity,
    Inbound,
    InboundChange,
    InboundKind,
    Media,
    MediaKind,
    Metrics,
    Published,
    Uploaded,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
THEN = datetime(2026, 11, 19, 8, tzinfo=UTC)
SAID = "2026-11-19T08:00:00Z"
PICTURE = Media("a.jpg", MediaKind.IMAGE, "image/jpeg", size=1, sha256="", width=1, height=1)


def draft(text: str = "Bread", **more: Any) -> Draft:
    return Draft(DraftKind.POST, text, **more)


class TestX:
    USER = {"id": "9", "username": "bob", "name": "Bob &amp; Co", "profile_image_url": "https://pbs.example/b.jpg"}
    REFERENCES = ("referenced_tweets", "referenced_posts")

    def test_who_somebody_is(self) -> None:
        assert x.parse_identity(self.USER) == Identity(
            "9", "Bob & Co", "bob", url="https://x.com/bob", avatar_url="https://pbs.example/b.jpg"
        )
        assert x.parse_identity({"id": 9, "username": "bob"}).name == "bob"
        assert x.parse_identity({}) == Identity("", "", "", url="", avatar_url="")

    def test_where_a_post_is(self) -> None:
        assert x.build_permalink("5", "@Xaver") == "https://x.com/Xaver/status/5"
        assert x.build_permalink("5", "") == "https://x.com/i/status/5"

    @pytest.mark.parametrize(
        ("item", "at"),
        [
            ({"created_at": SAID, "id": str(1 << 60)}, THEN),
            ({"id": str(1541815603606036480)}, datetime(2022, 6, 28, 16, 7, 40, 105000, tzinfo=UTC)),
            ({"id": str(1 << 40)}, datetime(2010, 11, 4, 1, 47, 16, 801000, tzinfo=UTC)),
            ({"id": str((1 << 40) - 1)}, None),
            ({"id": "bread"}, None),
            ({}, None),
        ],
    )
    def test_when_it_was_sent(self, item: dict[str, Any], at: datetime | None) -> None:
        assert x.sent_time_of(item) == at

    @pytest.mark.parametrize("field", ["edit_history_tweet_ids", "edit_history_post_ids"])
    def test_which_versions_it_has(self, field: str) -> None:
        assert x.version_ids({"id": "7", field: ["5", 6, None, "7"]}) == ["5", "6", "7"]
        assert x.version_ids({"id": "7", field: []}) == ["7"]
        assert x.version_ids({"id": "7", field: "5"}) == ["7"]
        assert x.version_ids({"id": "7"}) == ["7"]

    def test_how_it_reads_by_now(self) -> None:
        assert x.parse_change(
            {"id": "7", "edit_history_tweet_ids": ["5", "7"], "text": " A &amp; B "}
        ) == InboundChange("5", text="A & B")
        assert x.parse_change({"id": "7", "text": ""}) == InboundChange("7", text=None)

    def test_which_are_gone(self) -> None:
        gone = "https://api.x.com/2/problems/resource-not-found"
        errors = [{"type": gone, "resource_id": "1"}, {"type": gone, "value": 2}, {"type": "hidden", "value": "3"}]
        assert x.missing_ids({"errors": errors}) == {"1", "2"}
        assert x.missing_ids({}) == set()

    @pytest.mark.parametrize(
        ("body", "done"),
        [
            ({"data": {"deleted": True}}, True),
            ({"data": {"deleted": "yes"}}, False),
            ({"data": {}}, False),
            ({"errors": [{"type": "a/resource-not-found"}, {"type": "b"}]}, True),
            ({"errors": [{"type": "b"}]}, False),
        ],
    )
    def test_whether_a_deletion_is_done(self, body: Any, done: bool) -> None:
        assert x.confirms_deletion(body) is done

    @pytest.mark.parametrize("field", REFERENCES)
    def test_what_it_answers(self, field: str) -> None:
        quoted = {"type": "quoted", "id": "3"}
        assert x.parent_id_of({field: [quoted, {"type": "replied_to", "id": "4"}]}) == "4"
        assert x.parent_id_of({field: [{"type": "replied_to"}]}) is None
        assert x.parent_id_of({field: [quoted]}) is None

    @pytest.mark.parametrize("field", ["in_reply_to_tweet_id", "in_reply_to_post_id"])
    def test_what_a_pushed_one_answers(self, field: str) -> None:
        assert x.parent_id_of({field: 4}) == "4"

    @pytest.mark.parametrize(
        ("keys", "shown"),
        [(["3_77", "7_78", None], {"77", "78"}), (["99"], {"99"}), ("3_77", set()), (None, set())],
    )
    def test_which_files_it_shows(self, keys: Any, shown: set[str]) -> None:
        assert x.attached_media_ids({"attachments": {"media_keys": keys}}) == shown

    def test_what_came_in(self) -> None:
        item = {
            "id": "7",
            "edit_history_tweet_ids": ["5", "7"],
            "text": "Hello",
            "author_id": "9",
            "created_at": SAID,
            "conversation_id": "2",
            "referenced_tweets": [{"type": "replied_to", "id": "4"}],
        }
        bob = Author("9", name="Bob & Co", handle="bob", avatar_url="https://pbs.example/b.jpg")
        assert x.parse_inbound(item, {"9": self.USER}, own_id="1", now=NOW) == Inbound(
            "5",
            InboundKind.REPLY,
            "Hello",
            THEN,
            bob,
            permalink="https://x.com/bob/status/7",
            parent_id="4",
            root_post_id="2",
            from_self=False,
        )

    @pytest.mark.parametrize(
        ("item", "kind", "root"),
        [
            ({"id": "7"}, InboundKind.MENTION, "7"),
            ({"id": "7", "in_reply_to_user_id": "1"}, InboundKind.REPLY, "7"),
            ({"id": "7", "in_reply_to_tweet_id": "4"}, InboundKind.REPLY, "4"),
            ({"id": "7", "in_reply_to_tweet_id": "4", "conversation_id": "2"}, InboundKind.REPLY, "2"),
        ],
    )
    def test_what_is_not_said_of_it(self, item: dict[str, Any], kind: InboundKind, root: str) -> None:
        found = x.parse_inbound(item, {}, own_id="", now=NOW)
        assert found == Inbound(
            "7",
            kind,
            "",
            NOW,
            None,
            permalink="https://x.com/i/status/7",
            parent_id=item.get("in_reply_to_tweet_id"),
            root_post_id=root,
            from_self=False,
        )

    def test_who_wrote_it_and_whether_that_was_us(self) -> None:
        ours = x.parse_inbound({"id": "7", "author_id": "9"}, {}, own_id="9", now=NOW)
        assert ours is not None
        assert (ours.author, ours.from_self) == (Author("9", name="9", handle="", avatar_url=""), True)
        theirs = x.parse_inbound({"id": "7", "author_id": "9"}, {"9": {"username": "bob"}}, own_id="1", now=NOW)
        assert theirs is not None
        assert (theirs.author, theirs.from_self) == (Author("9", name="bob", handle="bob", avatar_url=""), False)
        assert x.parse_inbound({"text": "Hello"}, {}, own_id="1", now=NOW) is None

    def test_people_are_found_by_their_ids(self) -> None:
        assert x.users_by_id({"users": [self.USER]}) == {"9": self.USER}
        assert x.users_by_id(None) == {}

    def test_what_a_write_brought(self) -> None:
        assert x.parse_published({"id": 7, "created_at": SAID}, "bob") == Published(
            "7", "https://x.com/bob/status/7", THEN
        )

    @pytest.mark.parametrize(
        ("numbers", "values", "missing"),
        [
            ({"like_count": 3, "other": 1}, {"likes": 3, "reposts": None}, {"reposts": x._NO_NUMBER}),
            (
                {"like_count": 0, "retweet_count": "2"},
                {"likes": 0, "reposts": 2},
                {},
            ),
            ({"like_count": 3, "repost_count": 5}, {"likes": 3, "reposts": 5}, {}),
            (None, {"likes": None, "reposts": None}, {"likes": x._NO_NUMBERS, "reposts": x._NO_NUMBERS}),
        ],
    )
    def test_numbers_and_why_one_is_not_there(self, numbers: Any, values: dict, missing: dict) -> None:
        names = {key: x.POST_NUMBERS[key] for key in ("likes", "reposts")}
        found = x.parse_metrics({"id": 7, "public_metrics": numbers}, names, as_of=NOW)
        assert found == Metrics("7", NOW, values, missing)

    @pytest.mark.parametrize(
        ("ids", "known", "stated", "newest"),
        [
            (["9", "10"], "8", "", "10"),
            (["9"], "10", "", "10"),
            (["9"], "8", "11", "11"),
            (["", "9"], "", "", "9"),
            ([], "", "", ""),
            (["b", "a"], "9", "", "b"),
            (["b"], "9", "c", "c"),
            ([], "a", "", "a"),
        ],
    )
    def test_where_to_go_on(self, ids: list[str], known: str, stated: str, newest: str) -> None:
        assert x.newest_id(ids, known, stated) == newest

    SHOWN = {"id": "7", "text": "Bread", "attachments": {"media_keys": ["3_77"]}}

    @pytest.mark.parametrize(
        ("item", "written", "same"),
        [
            ({"text": "Bread"}, draft(), True),
            ({"text": "Cake"}, draft(), False),
            ({"text": "Bread", "in_reply_to_tweet_id": "4"}, draft(), False),
            ({"text": "Bread", "in_reply_to_tweet_id": "4"}, draft(in_reply_to="4"), True),
            ({"text": "Bread"}, draft(in_reply_to="4"), False),
            ({"text": "@bob Bread", "in_reply_to_tweet_id": "4"}, draft(in_reply_to="4"), True),
            ({"text": "@bob Bread"}, draft(), False),
            (SHOWN, draft(), False),
            (SHOWN, draft("Bread https://x.com/bob/status/3/photo/1"), False),
            (SHOWN | {"text": "a https://x.com/b/status/3/photo/1"}, draft("a https://x.com/b/status/3/photo/1"), True),
            (SHOWN | {"text": "Cake"}, draft(media=(PICTURE,), uploads=(Uploaded("77", marker="7_77"),)), True),
            (SHOWN, draft(media=(PICTURE,), uploads=(Uploaded("78", marker="3_78"),)), False),
            (SHOWN, draft(media=(PICTURE,), uploads_known=False), True),
            (SHOWN | {"text": "Cake"}, draft(media=(PICTURE,), uploads_known=False), False),
            (SHOWN | {"text": ""}, draft("", media=(PICTURE,), uploads_known=False), False),
            ({"text": "Bread"}, draft(media=(PICTURE,)), True),
            ({"text": "Bread https://t.co/a"}, draft(media=(PICTURE,)), True),
            ({"text": "Bread https://t.co/a"}, draft(), False),
        ],
    )
    def test_whether_it_is_what_we_wrote(self, item: dict[str, Any], written: Draft, same: bool) -> None:
        assert x.is_copy_of({"id": "7"} | item, written) is same

    @pytest.mark.parametrize(
        ("keys", "word"),
        [
            (["3_1", "7_2"], "Picture"),
            (["13_1"], "Video"),
            (["16_1_2"], "GIF"),
            (["8_1"], "Attachment"),
            ([], ""),
            ("3_1", ""),
        ],
    )
    def test_what_it_shows_in_a_word(self, keys: Any, word: str) -> None:
        assert x.file_kind_of({"attachments": {"media_keys": keys}}) == word


class TestGraph:
    def test_who_a_page_is(self) -> None:
        picture = {"data": {"url": "https://cdn.example/p.jpg"}}
        page = {"id": 1, "name": "Acme", "username": "acme", "link": "https://fb.example/acme", "picture": picture}
        assert graph.parse_identity(page) == Identity(
            "1", "Acme", "acme", url="https://fb.example/acme", avatar_url="https://cdn.example/p.jpg"
        )
        assert graph.parse_identity({"id": "1", "username": "acme"}) == Identity(
            "1", "acme", "acme", url="https://www.facebook.com/acme", avatar_url=""
        )
        assert graph.parse_identity({"id": "1"}) == Identity(
            "1", "1", "", url="https://www.facebook.com/1", avatar_url=""
        )

    @pytest.mark.parametrize(
        ("paging", "after"),
        [
            ({"next": "https://g.example/?after=b&x=1", "cursors": {"after": "a"}}, "a"),
            ({"next": "https://g.example/?after=b&after=c"}, "b"),
            ({"next": "https://g.example/"}, None),
            ({"cursors": {"after": "a"}}, None),
            (None, None),
        ],
    )
    def test_where_the_next_page_begins(self, paging: Any, after: str | None) -> None:
        assert graph.next_cursor({"paging": paging}) == after

    @pytest.mark.parametrize(
        ("hours", "ends"),
        [
            ([3, 1], True),
            ([3, 3, 1], True),
            ([1, 3], False),
            ([3, 1, 2], False),
            ([1, 1], False),
            ([1], False),
            ([], False),
            ([3, 2], False),
        ],
    )
    def test_whether_nothing_older_can_follow(self, hours: list[int], ends: bool) -> None:
        items = [{"created_time": f"2026-11-19T0{hour}:00:00+0000"} for hour in hours]
        assert graph.reaches_back_to([*items, {}], datetime(2026, 11, 19, 2, tzinfo=UTC)) is ends

    def test_what_a_write_brought(self) -> None:
        assert graph.parse_published(
            {"id": "7", "permalink_url": "https://f.example/7", "created_time": SAID}
        ) == Published("7", "https://f.example/7", THEN)
        assert graph.parse_published({"id": "7"}) == Published("7", "https://www.facebook.com/7", None)

    def test_a_comment_beneath_the_post(self) -> None:
        item = {
            "id": "8",
            "message": "Hello",
            "from": {"id": "9", "name": "Bob"},
            "created_time": SAID,
            "permalink_url": "https://f.example/8",
            "parent": {"id": "7"},
        }
        told = Inbound(
            "8",
            InboundKind.REPLY,
            "Hello",
            THEN,
            Author("9", name="Bob"),
            permalink="https://f.example/8",
            parent_id="7",
            root_post_id="1_2",
            from_self=False,
        )
        assert graph.parse_comment(item, "1_2", page_id="1", now=NOW) == told
        direct = graph.parse_comment(item | {"parent": {"id": "1_2"}}, "1_2", page_id="1", now=NOW)
        assert (direct.kind, direct.parent_id) == (InboundKind.COMMENT, "1_2")
        bare = graph.parse_comment({"id": "8"}, "1_2", page_id="", now=NOW)
        assert bare == Inbound(
            "8",
            InboundKind.COMMENT,
            "",
            NOW,
            None,
            permalink="https://www.facebook.com/8",
            parent_id="1_2",
            root_post_id="1_2",
            from_self=False,
        )
        ours = graph.parse_comment(item | {"from": {"id": "1"}}, "1_2", page_id="1", now=NOW)
        assert (ours.author, ours.from_self) == (Author("1", name="1"), True)

    def test_a_mention_is_a_post_of_its_own(self) -> None:
        found = graph.parse_mention({"id": "8", "from": {"id": "9"}, "created_time": SAID}, page_id="1", now=NOW)
        assert found == Inbound(
            "8",
            InboundKind.MENTION,
            "",
            THEN,
            Author("9", name="9"),
            permalink="https://www.facebook.com/8",
            parent_id=None,
            root_post_id="8",
            from_self=False,
        )
        undated = graph.parse_mention({"id": "8", "from": {"id": "1"}}, page_id="1", now=NOW)
        assert (undated.from_self, undated.sent_at) == (True, NOW)

    @pytest.mark.parametrize(
        ("item", "hidden", "text"),
        [
            ({"is_hidden": True, "message": "Hello"}, True, "Hello"),
            ({"is_hidden": False}, False, None),
            ({"is_hidden": 1}, None, None),
            ({"message": ""}, None, None),
        ],
    )
    def test_how_it_stands_by_now(self, item: dict[str, Any], hidden: bool | None, text: str | None) -> None:
        assert graph.parse_change({"id": "8"} | item) == InboundChange("8", text=text, hidden=hidden)

    @pytest.mark.parametrize(
        ("item", "many"),
        [({"likes": {"summary": {"total_count": 4}}}, 4), ({"likes": {"summary": {}}}, None), ({"likes": 4}, None)],
    )
    def test_how_many_there_are(self, item: dict[str, Any], many: int | None) -> None:
        assert graph.summary_total(item, "likes") == many

    @pytest.mark.parametrize(
        ("data", "value"),
        [
            ([{"values": [{"value": 4}, {"value": 5}]}], 4),
            ([{}, {"values": [{"value": 0}]}], 0),
            ([{"values": []}], None),
            ([], None),
            (None, None),
        ],
    )
    def test_the_value_of_a_metric(self, data: Any, value: int | None) -> None:
        assert graph.parse_insight({"data": data}) == value

    @pytest.mark.parametrize(
        ("message", "text", "same"),
        [("Bread", "Bread", True), ("Bread ", "Bread", True), ("Cake", "Bread", False), ("", "", False)],
    )
    def test_without_pictures_its_words_tell(self, message: str, text: str, same: bool) -> None:
        assert graph.is_copy_of({"message": message}, draft(text)) is same

    def test_with_pictures_they_tell(self) -> None:
        item = {"message": "Cake", "attachments": {"data": [{"target": {"id": "77"}}]}}
        mine = draft(media=(PICTURE,), uploads=(Uploaded("77", marker="77"),))
        assert graph.is_copy_of(item, mine) is True
        assert graph.is_copy_of(item | {"message": "Bread"}, draft(media=(PICTURE,))) is False

    @pytest.mark.parametrize(
        ("item", "word"),
        [
            ({"attachment": {"type": "album"}}, ("Picture", "there")),
            ({"attachments": {"data": [{"type": "sticker", "url": "u"}, {"type": "video"}]}}, ("Sticker", "u")),
            ({"attachments": {"data": []}}, ("", "")),
            ({}, ("", "")),
        ],
    )
    def test_what_it_shows_and_where(self, item: dict[str, Any], word: tuple[str, str]) -> None:
        assert graph.attached_file_of(item, "there") == word
