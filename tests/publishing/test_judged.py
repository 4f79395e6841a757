"""Planned times, files and wordings, judged without a database: each rule at its boundary."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from foundation.errors import Invalid
from networks.contract import Capabilities, Media, MediaKind, MediaLimit
from publishing import limits
from publishing.composing import threads
from publishing.composing.threads import AttachedFile, Original, VariantWording, Wording
from publishing.planning import planned_times

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class TestTimes:
    @pytest.mark.parametrize("name", ["Mars/Base", "", "../etc", "a\0b", "x" * 300])
    def test_a_zone_that_is_none_is_named(self, name: str) -> None:
        with pytest.raises(Invalid) as refused:
            planned_times.parse_time_zone(name)
        assert refused.value.fields == {"time_zone": ["There is no time zone of that name."]}
        assert planned_times.parse_time_zone("Europe/Berlin") == BERLIN

    @pytest.mark.parametrize(
        "at", [NOW - timedelta(minutes=1), NOW + timedelta(days=730), datetime(2027, 1, 10, 13, tzinfo=BERLIN)]
    )
    def test_a_time_to_come_is_taken_in_utc(self, at: datetime) -> None:
        found = planned_times.checked_due(at, NOW)
        assert (found, found.tzinfo) == (at, UTC)

    @pytest.mark.parametrize(
        ("at", "said"),
        [
            (datetime(2027, 1, 11), "Name the time zone"),
            (NOW - timedelta(minutes=1) - SECOND, "That time has passed"),
            (NOW + timedelta(days=730) + SECOND, "more than two years ahead"),
        ],
    )
    def test_any_other_is_refused_with_its_reason(self, at: datetime, said: str) -> None:
        with pytest.raises(Invalid) as refused:
            planned_times.checked_due(at, NOW)
        assert list(refused.value.fields) == ["scheduled_at"]
        assert said in refused.value.fields["scheduled_at"][0]

    def test_what_a_clock_shows_and_when(self) -> None:
        assert planned_times.instant_of_clock(date(2027, 7, 1), time(9), BERLIN) == datetime(2027, 7, 1, 7, tzinfo=UTC)
        assert planned_times.instant_of_clock(date(2027, 3, 28), time(2, 30), BERLIN) == datetime(
            2027, 3, 28, 1, 30, tzinfo=UTC
        )
        assert planned_times.instant_of_clock(date(2027, 7, 1), time(9), BERLIN).tzinfo is UTC
        shown = planned_times.wall_time(datetime(2027, 7, 1, 7, tzinfo=UTC), BERLIN)
        assert (shown, shown.tzinfo) == (datetime(2027, 7, 1, 9, tzinfo=UTC), UTC)

    def test_what_was_meant_is_the_first_that_it_came_out_of(self) -> None:
        at = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
        skipped, other = datetime(2027, 3, 28, 2, 30, tzinfo=UTC), datetime(2027, 3, 27, 2, 30, tzinfo=UTC)
        shown = datetime(2027, 3, 28, 3, 30, tzinfo=UTC)
        assert planned_times.typed_wall_time(at, BERLIN, None, other, skipped, shown) == skipped
        assert planned_times.typed_wall_time(at, BERLIN, other) == shown
        assert planned_times.typed_wall_time(at, BERLIN) == shown

    @pytest.mark.parametrize(
        ("day", "clock", "same"),
        [
            (date(2027, 10, 31), time(2, 30), True),
            (date(2027, 10, 31), time(2, 31), False),
            (date(2027, 10, 30), time(2, 30), False),
        ],
    )
    def test_what_a_form_shows_to_the_minute_comes_back_whole(self, day: date, clock: time, same: bool) -> None:
        at = datetime(2027, 10, 31, 1, 30, 20, 5, tzinfo=UTC)  # the second 02:30 of that night
        assert planned_times.unchanged_time(at, day, clock, BERLIN) == (at if same else None)
        assert planned_times.unchanged_time(None, day, clock, BERLIN) is None

    @pytest.mark.parametrize(
        ("at", "wall", "said"),
        [
            ((3, 28, 1, 30), (3, 28, 2, 30), "02:30 does not exist on that day in Europe/Berlin, for the clocks go forward: it is 03:30."),
            ((10, 31, 0, 30), (10, 31, 2, 30), "02:30 comes twice on that day in Europe/Berlin, for the clocks go back: it is the first."),
            ((10, 31, 1, 30), (10, 31, 2, 30), "02:30 comes twice on that day in Europe/Berlin, for the clocks go back: it is the second."),
            ((10, 31, 2, 30), (10, 31, 3, 30), ""),
            ((3, 28, 0, 30), (3, 28, 1, 30), ""),
        ],
    )  # fmt: skip
    def test_what_is_odd_about_it_is_said(self, at: tuple, wall: tuple, said: str) -> None:
        found = planned_times.describe_dst_effect(
            datetime(2027, *at, tzinfo=UTC), datetime(2027, *wall, tzinfo=UTC), "Europe/Berlin"
        )
        assert found == said

    def test_another_day_keeps_the_clock(self) -> None:
        at, wall = datetime(2027, 3, 27, 8, tzinfo=UTC), datetime(2027, 3, 27, 9, tzinfo=UTC)
        tokyo = ZoneInfo("Asia/Tokyo")
        found = planned_times.same_clock_on_day(at, wall, "Europe/Berlin", to=date(2027, 3, 28), seen_in=tokyo)
        assert found == (datetime(2027, 3, 28, 7, tzinfo=UTC), datetime(2027, 3, 28, 9, tzinfo=UTC))
        assert planned_times.same_clock_on_day(at, wall, "Europe/Berlin", to=date(2027, 3, 27), seen_in=tokyo) == (
            at,
            wall,
        )
        with pytest.raises(Invalid) as refused:
            planned_times.same_clock_on_day(at, wall, "Europe/Berlin", to=date.max, seen_in=ZoneInfo("Pacific/Midway"))
        assert refused.value.fields == {"day": ["Choose a day in the next two years."]}

    def test_the_day_is_the_movers(self) -> None:
        at, wall = datetime(2027, 3, 27, 22, tzinfo=UTC), datetime(2027, 3, 27, 23, tzinfo=UTC)
        there = ZoneInfo("Asia/Tokyo")  # where it is the 28th already
        assert planned_times.same_clock_on_day(at, wall, "Europe/Berlin", to=date(2027, 3, 29), seen_in=there)[
            1
        ] == datetime(2027, 3, 28, 23, tzinfo=UTC)


JPEG = Media("a.jpg", MediaKind.IMAGE, "image/jpeg", size=1024, sha256="", width=100, height=50)
VIDEO = replace(JPEG, kind=MediaKind.VIDEO, content_type="video/mp4", seconds=10.0)
CAME = Original("o", "hut.jpg", "image/jpeg", bytes=1024, width=100, height=50)
SMALLER = "X takes photos up to 1 kB: it gets a smaller copy."
FEWER_PIXELS = "X takes photos up to 50 × 100 pixels: it gets a smaller copy."
CAN = Capabilities(
    280,
    media={
        MediaKind.IMAGE: MediaLimit(2, frozenset({"image/png", "image/jpeg"}), 1024, widest=(50, 100)),
        MediaKind.VIDEO: MediaLimit(1, frozenset({"video/mp4"}), 1024, seconds=(0.5, 10)),
    },
    alt_text_limit=5,
)


class TestFiles:
    @pytest.mark.parametrize(
        ("files", "said"),
        [
            ([], []),
            ([JPEG, JPEG], []),
            ([VIDEO], []),
            ([replace(VIDEO, seconds=None)], []),
            ([replace(VIDEO, seconds=0.5)], []),
            ([replace(JPEG, alt_text="12345", width=50, height=100)], []),
            ([replace(JPEG, kind=MediaKind.GIF)], ["X takes no animated GIFs from here."]),
            ([JPEG, VIDEO], ["X does not take pictures, GIFs and videos together in one post. Keep one kind."]),
            ([JPEG] * 3, ["X takes at most 2 images in one post."]),
            (
                [JPEG, replace(JPEG, content_type="image/heic")],
                ["Picture 2: X takes only JPEG, PNG.", "Picture 2: It is too narrow to be made smaller."],
            ),
            (
                [replace(JPEG, size=1025)],
                ["Picture 1: X takes at most 1 kB; it has 2 kB.", "Picture 1: It is too narrow to be made smaller."],
            ),
            (
                [replace(JPEG, width=101)],
                [
                    "Picture 1: X takes at most 50 × 100 pixels; it has 101 × 50.",
                    "Picture 1: It is too narrow to be made smaller.",
                ],
            ),
            (
                [replace(JPEG, height=51)],
                [
                    "Picture 1: X takes at most 50 × 100 pixels; it has 100 × 51.",
                    "Picture 1: It is too narrow to be made smaller.",
                ],
            ),
            ([replace(VIDEO, seconds=10.25)], ["Video 1: X takes 0.5 to 10 seconds; it lasts 10.25."]),
            ([replace(VIDEO, seconds=0.4)], ["Video 1: X takes 0.5 to 10 seconds; it lasts 0.4."]),
            (
                [replace(JPEG, alt_text="123456")],
                ["Picture 1: X takes descriptions of at most 5 characters; this has 6."],
            ),
            (
                [replace(JPEG, alt_text="123456", size=2**20)],
                [
                    "Picture 1: X takes at most 1 kB; it has 1 MB.",
                    "Picture 1: It is too narrow to be made smaller.",
                    "Picture 1: X takes descriptions of at most 5 characters; this has 6.",
                ],
            ),
        ],
    )
    def test_what_a_network_would_not_take_and_why(self, files: list[Media], said: list[str]) -> None:
        assert limits.validate_media(files, CAN, "X") == said

    @pytest.mark.parametrize(
        ("wide", "said"), [(limits.NARROWEST_SIDE, "There is no copy"), (limits.NARROWEST_SIDE - 1, "It is too narrow")]
    )
    def test_what_helps_a_picture_that_fits_in_no_form(self, wide: int, said: str) -> None:
        limit = MediaLimit(2, frozenset({"image/jpeg"}), 1024, widest=(10_000, 10_000))
        file = replace(JPEG, width=wide, height=10_000, size=1025)
        (found,) = limits.suggest_remedy(file, limit)
        assert found.startswith(said)
        assert list(limits.suggest_remedy(replace(file, size=1024), limit)) == []
        assert list(limits.suggest_remedy(replace(file, kind=MediaKind.VIDEO), limit)) == []

    def test_where_nothing_is_limited_anything_goes(self) -> None:
        bare = Capabilities(280, media={MediaKind.IMAGE: MediaLimit(2, frozenset({"image/jpeg"}), 1024)})
        assert limits.validate_media([replace(JPEG, width=10**6)], bare, "X") == []

    @pytest.mark.parametrize(
        ("one", "said"),
        [
            (AttachedFile(1, JPEG), ""),  # how it came is not known
            (AttachedFile(1, JPEG, (), CAME), ""),
            (AttachedFile(1, JPEG, (), replace(CAME, bytes=1025)), SMALLER),
            (AttachedFile(1, replace(JPEG, size=1025), (JPEG,), CAME), SMALLER),
            (AttachedFile(1, JPEG, (), replace(CAME, width=101)), FEWER_PIXELS),
            (AttachedFile(1, JPEG, (), replace(CAME, height=51)), FEWER_PIXELS),
            (AttachedFile(1, replace(JPEG, content_type="image/webp"), (JPEG,), CAME), "X takes no WEBP pictures: it gets a JPEG copy."),
            (AttachedFile(1, replace(JPEG, size=1025), (), replace(CAME, bytes=1025)), ""),  # it does not go at all
            (AttachedFile(1, replace(JPEG, kind=MediaKind.GIF), (), CAME), ""),
            (AttachedFile(1, VIDEO, (), CAME), ""),
        ],
    )  # fmt: skip
    def test_what_becomes_of_a_picture_on_its_way_is_said(self, one: AttachedFile, said: str) -> None:
        assert limits.describe_adaptation(one, CAN, "X") == said

    @pytest.mark.parametrize(
        ("size", "said"),
        [
            (0, "0 kB"),
            (1, "1 kB"),
            (1024, "1 kB"),
            (1025, "2 kB"),
            (1_048_575, "1,024 kB"),
            (1_048_576, "1 MB"),
            (1_048_577, "1.1 MB"),
            (5 * 1_048_576, "5 MB"),
        ],
    )
    def test_bytes_are_never_said_to_be_fewer(self, size: int, said: str) -> None:
        assert limits.format_bytes(size) == said

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("x" * 1000, []),
            ("x" * 1001, ["Describe it in at most 1,000 characters."]),
            ("a\0", ["Line 1, character 2 cannot be shown (U+0000). Remove it."]),
        ],
    )
    def test_a_description_is_text_of_a_bearable_length(self, text: str, said: list[str]) -> None:
        assert limits.alt_text_problems(text) == said
        assert limits.normalize_alt_text(" a\r\nb ") == "a\nb"


def files(*ids: int) -> tuple[AttachedFile, ...]:
    return tuple(AttachedFile(one, JPEG) for one in ids)


A, B, C = files(1), files(2), files(3)
ONE_TEXT, THREADS = Capabilities(280, first_comment=True), Capabilities(280, threads=True, first_comment=True)


class TestForms:
    """A file leaves in the first of its forms that the network takes, with the words that were given for it."""

    @pytest.mark.parametrize(
        ("media", "copies", "leaves"),
        [
            (JPEG, (), JPEG),
            (JPEG, (replace(JPEG, name="copy"),), JPEG),
            (replace(JPEG, size=1025), (replace(JPEG, size=1026), replace(JPEG, name="copy")), replace(JPEG, name="copy")),
            (replace(JPEG, size=1025), (replace(JPEG, size=1026),), replace(JPEG, size=1025)),
            (replace(JPEG, kind=MediaKind.GIF), (JPEG,), replace(JPEG, kind=MediaKind.GIF)),
        ],
    )  # fmt: skip
    def test_the_first_that_fits(self, media: Media, copies: tuple[Media, ...], leaves: Media) -> None:
        one = AttachedFile(7, replace(media, alt_text="Bread"), copies, CAME)
        assert one.on(CAN) == AttachedFile(7, replace(leaves, alt_text="Bread"), copies, CAME)

    @pytest.mark.parametrize(
        ("content_type", "said"), [("image/heic", "HEIC"), ("image/avif", "AVIF"), ("image/png", "")]
    )
    def test_what_it_was_converted_from(self, content_type: str, said: str) -> None:
        assert AttachedFile(7, JPEG, (), replace(CAME, content_type=content_type)).converted_from == said
        assert AttachedFile(7, JPEG).converted_from == ""


class TestWordings:
    @pytest.mark.parametrize(
        ("given", "can", "expected"),
        [
            ({}, THREADS, Wording(("One", "Two"))),
            ({}, ONE_TEXT, Wording(("One\n\nTwo",))),
            ({"thread": ["", "Three"]}, ONE_TEXT, Wording(("One\n\nThree",))),
            ({"comment": "More\r\n"}, THREADS, Wording(("One", "Two"), comment="More\n")),
            ({"comment": " "}, THREADS, Wording(("One", "Two"))),
            ({"comment": "More"}, Capabilities(280, threads=True), Wording(("One", "Two"))),
            ({"own": VariantWording("Mine")}, THREADS, Wording(("Mine",))),
            ({"own": VariantWording("Mine", ("Too",))}, THREADS, Wording(("Mine", "Too"))),
            ({"own": VariantWording("Mine", ("Too",))}, ONE_TEXT, Wording(("Mine\n\nToo",))),
            ({"text": "A\r\nB"}, THREADS, Wording(("A\nB", "Two"))),
            ({"files": (A, B)}, THREADS, Wording(("One", "Two"), files=(A, B))),
            ({"files": (A, B)}, ONE_TEXT, Wording(("One\n\nTwo",), files=(files(1, 2),))),
            ({"files": ((), ())}, THREADS, Wording(("One", "Two"))),
            ({"files": ((), A, B)}, THREADS, Wording(("One", "Two"), files=((), files(1, 2)))),
            ({"files": (A,)}, THREADS, Wording(("One", "Two"), files=(A,))),
        ],
    )
    def test_each_network_gets_it_as_it_can(self, given: dict[str, Any], can: Capabilities, expected: Wording) -> None:
        usual: dict[str, Any] = {"text": "One", "thread": ["Two"], "own": None, "comment": "", "files": ()}
        assert threads.build_wording(**(usual | given), capabilities=can) == expected

    def test_what_leaves_in_which_order_with_which_files(self) -> None:
        one = Wording(("One", "Two"), comment="More", files=(A,))
        assert one.parts == (("One", A), ("Two", ()))
        assert one.all == ("One", "Two", "More")
        assert one.all_with_files == (("One", A), ("Two", ()), ("More", ()))
        bare = replace(one, comment="")
        assert (bare.all, bare.all_with_files) == (("One", "Two"), (("One", A), ("Two", ())))

    def test_ones_own_texts(self) -> None:
        assert VariantWording("A").texts == ("A",)
        assert VariantWording("A", ("B",)).texts == ("A", "B")
        assert VariantWording("A\r\nB", ("C\rD",)).plain == VariantWording("A\nB", ("C\nD",))
        assert VariantWording("A").plain.parts is None

    @pytest.mark.parametrize(
        ("text", "limit", "parts"),
        [
            ("", 10, []),
            ("  ", 10, []),
            ("short", 10, ["short"]),
            ("0123456789", 10, ["0123456789"]),
            ("one two three", 8, ["one two", "three"]),
            ("One. Two three", 9, ["One.", "Two three"]),
            ("One!\n\nTwo. Three", 13, ["One!", "Two. Three"]),
            ("One two\nthree", 10, ["One two", "three"]),
            ("A. bbbbbbbbb ccc", 13, ["A. bbbbbbbbb", "ccc"]),
            ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
            (" ab cd ", 2, ["ab", "cd"]),
            ("a bcdefgh", 4, ["a", "bcde", "fgh"]),
            ("“One.” Two three", 11, ["“One.”", "Two three"]),  # the quote is no white space that may be lost
            ("(He said “no.”) Two three", 18, ["(He said “no.”)", "Two three"]),
        ],
    )
    def test_a_text_is_cut_where_it_reads_best(self, text: str, limit: int, parts: list[str]) -> None:
        assert threads.split_text(text, limit, len) == parts

    def test_what_is_left_after_the_most_parts_stays_together(self) -> None:
        found = threads.split_text("x" * 100, 2, len)
        assert (len(found), found[0], found[-1]) == (25, "xx", "x" * 52)
        assert len(threads.split_text("x" * 50, 2, len)) == 25

    @pytest.mark.parametrize(
        ("text", "limit", "fits"),
        [
            ("abcd", 4, 4),
            ("abcde", 4, 4),
            ("x" * 1000, 10, 10),
            ("a❤️‍🔥b", 2, 1),
            ("❤️‍🔥", 2, 0),
            ("ab", 0, 0),
            ("", 5, 0),
        ],
    )
    def test_how_much_of_it_fits(self, text: str, limit: int, fits: int) -> None:
        assert threads.fitting_length(text, limit, len) == fits

    def test_how_a_network_counts_is_its_own(self) -> None:
        def halves(text: str) -> int:
            return (len(text) + 1) // 2

        assert threads.fitting_length("x" * 100, 10, halves) == 20
        assert threads.fitting_length("x" * 20, 10, halves) == 20
        assert threads.fitting_length("x" * 10_000, 10, lambda text: len(text) // 100) == 1099

    def test_what_is_much_too_long_is_not_counted(self) -> None:
        counted: list[int] = []

        def measure(text: str) -> int:
            counted.append(len(text))
            return len(text)

        threads.fitting_length("x" * 100_000, 10, measure)
        assert max(counted) <= 40
        counted.clear()
        assert threads.fitting_length("x" * 160, 10, measure) == 10
        assert counted[0] == 160

    def test_a_part_begins_with_no_white_space_but_what_a_mark_stands_on(self) -> None:
        assert threads.strip_start(" \n a") == "a"
        assert threads.strip_start(" \n \u0301a") == " \u0301a"
        assert threads.strip_start("  ") == ""
