"""What is written counts the same and leaves the same, through whatever door it comes."""

import pytest
from django.urls import reverse

from foundation.texts.written_text import has_visible_text, with_line_feeds
from inbox.actions.ingest import ingest_inbound
from inbox.models import Message
from networks.models import Outgoing
from networks.registry import adapter_classes
from networks.text_rules import MAX_TEXT_LENGTH, text_errors
from organizations.tenancy import scope
from publishing.actions.review import submit_post
from publishing.models import Post, Revision
from tests.cast import Cast
from tests.inbox.talk import our_post, says
from tests.publishing.parts import at
from tests.rest.caller import caller

NOTHING = ["\u200b", "\u2800", "\u200b \u2060\n", "\u3164", "\ufe0f", "\xad", "\ufeff", "\u034f"]
ENDS = ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]
EMPTY = "Write something first."


@pytest.fixture
def question(cast: Cast) -> Message:
    with scope(cast.acme):
        ingest_inbound(cast.x, [says("Are you open?")])
        return Message.objects.get()


def answer_at(question: Message) -> str:
    return reverse("inbox:conversation", args=["acme", question.conversation_id]) + "reply/"


@pytest.mark.parametrize("text", NOTHING)
def test_what_shows_nothing_says_nothing(cast: Cast, sign_in, question: Message, text: str) -> None:
    api, page = caller(cast.priya), sign_in(cast.priya)
    body = {"text": "One", "profiles": [cast.x.pk]}
    for field, wrong in (("text", text), ("thread", ["Two", text]), ("first_comment", text)):
        if text == "\ufeff" and field == "first_comment":
            continue  # a mark of files alone is as good as nothing
        refused = api.post("posts/", body | {field: wrong})
        assert refused.status_code == 400
        assert EMPTY in refused.content.decode(), field
    own = api.post("posts/", body | {"variants": {"x": {"text": text, "thread": ["Two"]}}})
    assert EMPTY in own.content.decode()
    typed = page.post(at("compose"), body | {"text": text, "do": "go", "when": "now"})
    assert (typed.status_code, EMPTY in typed.content.decode()) == (422, True)
    assert not Post.unscoped.exists()
    replied = caller(cast.cole).post(
        f"conversations/{question.conversation_id}/reply/", {"text": text, "seen": question.pk}
    )
    assert (replied.status_code, EMPTY in replied.content.decode()) == (400, True)
    boxed = sign_in(cast.cole).post(answer_at(question), {"text": text, "seen": question.pk})
    assert (boxed.status_code, EMPTY in boxed.content.decode()) == (422, True)
    assert not Outgoing.unscoped.exists()


@pytest.mark.parametrize("text", [one for one in NOTHING if one != "\ufeff"])  # which no text begins with
def test_a_note_says_something_or_is_left_out(cast: Cast, write, text: str) -> None:
    post = submit_post(cast.ed, write(cast.ed, "Hello", cast.x))
    refused = caller(cast.olive).post(f"posts/{post.pk}/reject/", {"note": text})
    assert (refused.status_code, EMPTY in refused.content.decode()) == (400, True)
    task = caller(cast.lena).post("tasks/", {"title": "Call", "text": text})
    assert (task.status_code, EMPTY in task.content.decode()) == (400, True)
    pause = caller(cast.olive).post("pauses/", {"scope": "organization", "keeps_replies": True, "note": text})
    assert (pause.status_code, EMPTY in pause.content.decode()) == (400, True)


@pytest.mark.parametrize("text", ["😀", "\U0001fae8", "\u0600", ".", "क", "\ue000", "\u200bx"])
def test_what_shows_something_is_taken(text: str) -> None:
    assert has_visible_text(text)


@pytest.mark.parametrize("end", ENDS)
def test_every_line_end_is_a_line_feed_that_leaves(cast: Cast, sign_in, question: Message, end: str) -> None:
    text, plain = f"One{end}two", "One\ntwo"
    body = {
        "text": text,
        "profiles": [cast.x.pk, cast.page.pk],
        "thread": [text],
        "first_comment": text,
        "variants": {"facebook": {"text": text, "thread": [text]}},
    }
    made = caller(cast.priya).post("posts/", body | {"publish_now": True}).json()
    assert (made["text"], made["thread"], made["first_comment"]) == (plain, [plain], plain)
    assert made["variants"] == {"facebook": {"text": plain, "thread": [plain]}}
    typed = {"text": text, "part_2": text, "first_comment": text, "variant_facebook": text, "own_facebook_2": text}
    sign_in(cast.priya).post(at("compose"), typed | {"profiles": body["profiles"], "when": "now", "do": "go"})
    reply = {"text": text, "seen": question.pk}
    assert caller(cast.cole).post(f"conversations/{question.conversation_id}/reply/", reply).status_code == 201
    with scope(cast.acme):
        ingest_inbound(cast.x, [says("And on Sunday?")])
        newest = Message.objects.filter(direction="in").latest("pk")
    sign_in(cast.cole).post(answer_at(newest), {"text": text, "seen": Message.unscoped.latest("pk").pk})
    left = list(Outgoing.unscoped.values_list("draft__text", flat=True))
    assert len(left) == 2 * 5 + 2
    assert set(left) == {plain, f"{plain}\n\n{plain}"}


def test_what_was_kept_with_other_line_ends_leaves_with_ours(cast: Cast, write) -> None:
    post = write(cast.priya, "One", cast.x)
    Revision.objects.filter(pk=post.revision_id).update(text="One\r\ntwo")
    assert caller(cast.priya).post(f"posts/{post.pk}/schedule/", {"publish_now": True}).status_code == 200
    assert Outgoing.objects.get().draft["text"] == "One\ntwo"


def test_line_ends_count_once_at_every_door(cast: Cast, sign_in, question: Message) -> None:
    text = "\r\n".join("a" * 140 for _line in range(2))[:-2]  # 140 + 1 + 138
    full = f"{text}x"
    assert len(full.replace("\r\n", "\n")) == 280
    body = {"text": full, "profiles": [cast.x.pk]}
    assert caller(cast.priya).post("posts/", body).status_code == 201
    refused = caller(cast.priya).post("posts/", body | {"text": f"{full}x"})
    assert "1 too many: 281 of 280" in refused.content.decode()
    shown = sign_in(cast.priya).post(at("preview"), body | {"text": f"{full}x"}).content.decode()
    assert "1 too many: 281 of 280" in shown
    api = caller(cast.cole)
    late = api.post(f"conversations/{question.conversation_id}/reply/", {"text": f"{full}x", "seen": question.pk})
    assert "1 too many: 281 of 280" in late.content.decode()
    boxed = sign_in(cast.cole).post(answer_at(question), {"text": f"{full}x", "seen": question.pk})
    assert "1 too many: 281 of 280" in boxed.content.decode()
    assert (
        api.post(f"conversations/{question.conversation_id}/reply/", {"text": full, "seen": question.pk}).status_code
        == 201
    )


def test_limits_of_notes_count_line_ends_once(cast: Cast, sign_in, write) -> None:
    note = "\r\n".join("x" * 500)
    assert len(with_line_feeds(note)) == 999
    api = submit_post(cast.ed, write(cast.ed, "Hello", cast.x))
    assert caller(cast.olive).post(f"posts/{api.pk}/reject/", {"note": note}).status_code == 200
    page = submit_post(cast.ed, write(cast.ed, "Hello", cast.x))
    sign_in(cast.olive).post(at("reject", page.pk), {"note": note})
    for post in (api, page):
        post.refresh_from_db()
        assert post.review_note == with_line_feeds(note)
    assert caller(cast.lena).post("tasks/", {"title": "Call", "text": note * 5}).status_code == 201


def test_replies_pass_the_judgement_of_posts(cast: Cast, sign_in, question: Message) -> None:
    text = "Fine\nnot\x07 fine"
    said = "Line 2, character 4 cannot be shown (U+0007)"
    post = caller(cast.priya).post("posts/", {"text": text, "profiles": [cast.x.pk]})
    part = caller(cast.priya).post("posts/", {"text": "One", "thread": [text], "profiles": [cast.x.pk]})
    api = caller(cast.cole).post(
        f"conversations/{question.conversation_id}/reply/", {"text": text, "seen": question.pk}
    )
    for answer in (post, part, api):
        assert (answer.status_code, said in answer.content.decode()) == (400, True), answer.content
    typed = sign_in(cast.priya).post(at("compose"), {"text": text, "profiles": [cast.x.pk], "when": "now", "do": "go"})
    boxed = sign_in(cast.cole).post(answer_at(question), {"text": text, "seen": question.pk})
    for page in (typed, boxed):
        assert (page.status_code, said in page.content.decode()) == (422, True)


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x9f", "\ud800", "\ufdd0", "\U0001ffff"])
def test_what_cannot_be_shown_is_named_with_its_place(char: str) -> None:
    assert text_errors(f"a\n\tb{char}") == [f"Line 2, character 3 cannot be shown (U+{ord(char):04X}). Remove it."]


def test_no_limit_of_ours_is_below_a_networks(cast: Cast, sign_in) -> None:
    most = {adapter.network: adapter.capabilities.text_limit for adapter in adapter_classes()}
    assert max(most.values()) <= MAX_TEXT_LENGTH
    text = "x" * most["facebook"]
    body = {"text": text, "profiles": [cast.page.pk]}
    assert caller(cast.priya).post("posts/", body).status_code == 201
    assert "1 too many" in caller(cast.priya).post("posts/", body | {"text": f"{text}x"}).content.decode()
    typed = sign_in(cast.priya).post(at("compose"), body | {"when": "now", "do": "go"})
    assert typed.status_code == 302
    assert Outgoing.unscoped.get().draft["text"] == text


def test_a_long_reply_leaves(cast: Cast, sign_in) -> None:
    with scope(cast.acme):
        our_post(cast.page, "post")
        ingest_inbound(cast.page, [says("A comment", parent="post", root="post")])
        comment = Message.objects.get()
    text = "x" * 10_001
    api = caller(cast.olive).post(f"conversations/{comment.conversation_id}/reply/", {"text": text, "seen": comment.pk})
    assert api.status_code == 201, api.content
