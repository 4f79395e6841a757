"""Everything that a form or a call carries leaves with a draft of each profile, or is named in the answer."""

import json
from dataclasses import replace
from typing import Any

import pytest

from foundation.errors import Invalid
from networks.adapters.facebook.adapter import FacebookAdapter
from networks.models import Outgoing
from publishing.actions.review import submit_post
from publishing.actions.schedule import publish_now
from publishing.composing.threads import VariantWording, distribute_files
from publishing.models import Post, Variant
from tests.cast import Cast
from tests.posts import create_post, edit_post
from tests.rest.caller import caller

pytestmark = pytest.mark.usefixtures("in_acme")
THREAD = ["Part two", "Part three"]
WORDS: dict[str, dict[str, Any]] = {
    "one text": {},
    "a thread": {"thread": THREAD},
    "a thread and a comment": {"thread": THREAD, "first_comment": "The comment"},
    "own words": {"variants": {"x": {"text": "For X alone"}}},
    "own words beside a thread": {"thread": THREAD, "variants": {"x": {"text": "For X alone"}}},
    "own words on a network without threads": {"thread": THREAD, "variants": {"facebook": {"text": "For the Page"}}},
    "own words and their thread": {
        "thread": THREAD,
        "variants": {"x": {"text": "For X alone", "thread": ["X two", "X three"]}},
    },
    "own words that are all by choice": {"thread": THREAD, "variants": {"x": {"text": "For X alone", "thread": []}}},
    "own words with a thread where there is none else": {"variants": {"x": {"text": "X", "thread": ["X two"]}}},
    "own thread without a beginning": {"thread": THREAD, "variants": {"x": {"text": " ", "thread": ["X two"]}}},
    "own thread on a network without threads": {
        "thread": THREAD,
        "variants": {"facebook": {"text": "For the Page", "thread": ["Page two"]}},
    },
    "words for a network that is not chosen": {"profiles": ["x"], "variants": {"facebook": {"text": "Kept for later"}}},
    "an own part that is empty": {"variants": {"x": {"text": "X", "thread": [""]}}},
    "words too long": {"thread": ["y" * 281]},
    "own part too long": {"variants": {"x": {"text": "X", "thread": ["y" * 281]}}},
}


def texts_in(body: dict[str, Any]) -> dict[str, list[str]]:
    """What each network shall get, by the rules that people are told."""
    found = {}
    for network in body["profiles"]:
        own = body.get("variants", {}).get(network)
        found[network] = [own["text"], *own.get("thread", [])] if own else [body["text"], *body.get("thread", [])]
        found[network] += [body["first_comment"]] if body.get("first_comment") else []
    return found


def drafts(network: str) -> str:
    return "\n".join(row.draft["text"] for row in Outgoing.objects.filter(profile__network=network).order_by("part"))


def asks(body: dict[str, Any]) -> bool:
    """Whether some wording keeps parts of the thread away and nobody has said so."""
    own = [one for network, one in body.get("variants", {}).items() if network in body["profiles"]]
    return bool(body.get("thread")) and any("thread" not in one for one in own)


def as_form(body: dict[str, Any], cast: Cast) -> dict[str, Any]:
    form: dict[str, Any] = {"text": body["text"], "when": "now", "do": "go"}
    form["profiles"] = [{"x": cast.x, "facebook": cast.page}[network].pk for network in body["profiles"]]
    form |= {f"part_{number}": text for number, text in enumerate(body.get("thread", []), start=2)}
    form["first_comment"] = body.get("first_comment", "")
    for network, own in body.get("variants", {}).items():
        form[f"variant_{network}"] = own["text"]
        form |= {f"own_{network}_{number}": text for number, text in enumerate(own.get("thread", []), start=2)}
        if own.get("thread") == []:
            form[f"alone_{network}"] = "1"
    return form


@pytest.mark.parametrize("door", ["page", "rest"])
@pytest.mark.parametrize("words", WORDS)
def test_all_of_it_leaves_or_is_named(cast: Cast, sign_in, words: str, door: str) -> None:
    body = {"text": "Part one", "profiles": ["x", "facebook"], **WORDS[words]}
    if door == "page":
        answer = sign_in(cast.olive).post("/o/acme/compose/", as_form(body, cast))
        status, said = (201 if answer.status_code == 302 else 400), answer.content.decode()
    else:
        pks = [{"x": cast.x, "facebook": cast.page}[network].pk for network in body["profiles"]]
        answer = caller(cast.olive).post("posts/", body | {"profiles": pks, "publish_now": True})
        status, said = answer.status_code, answer.content.decode()
    if status == 201:
        assert not asks(body)
        for network, texts in texts_in(body).items():
            for text in texts:
                assert text in drafts(network), (network, text)
        kept = Post.objects.get().revision.wordings()
        assert {network: own.text for network, own in kept.items()} == {
            network: own["text"] for network, own in body.get("variants", {}).items()
        }
    else:
        assert status == 400
        assert not Outgoing.objects.exists()
        assert ("of the thread stay" in said) == asks(body)
        if door == "page":
            for text in (text for texts in texts_in(body).values() for text in texts if text.strip()):
                assert text in said, text  # what was typed is still there
        else:
            assert set(json.loads(said)["errors"]) <= {"variants", "thread"}


def test_own_parts_come_back_as_they_were(cast: Cast) -> None:
    rest = caller(cast.olive)
    body = {"text": "One", "thread": ["Two"], "profiles": [cast.x.pk]}
    made = rest.post("posts/", body | {"variants": {"x": {"text": "X", "thread": ["X two"]}}}).json()
    assert made["variants"] == {"x": {"text": "X", "thread": ["X two"]}}
    kept = rest.patch(f"posts/{made['id']}/", {"text": "Uno"}).json()
    assert kept["variants"] == made["variants"]
    alone = rest.patch(f"posts/{made['id']}/", {"variants": {"x": {"text": "X", "thread": []}}}).json()
    assert alone["variants"] == {"x": {"text": "X", "thread": []}}


def test_a_thread_that_comes_later_is_asked_about_too(cast: Cast) -> None:
    post = create_post(cast.olive, text="One", profiles=[cast.x.pk], variants={"x": "X"})
    with pytest.raises(Invalid) as refused:
        edit_post(cast.olive, post, thread=["Two"])
    assert list(refused.value.fields) == ["variants"]


@pytest.mark.parametrize("go", [submit_post, publish_now])
def test_an_unfinished_draft_is_asked_about_before_it_goes_on(cast: Cast, go) -> None:
    made = {"text": "One", "thread": ["Two"], "variants": {"x": "X"}, "unfinished": True}
    post = create_post(cast.olive, profiles=[cast.x.pk], **made)
    with pytest.raises(Invalid) as refused:
        go(cast.olive, post)
    assert list(refused.value.fields) == ["variants"]
    assert Variant.objects.get().parts is None


def test_a_draft_says_on_its_page_what_would_stay_away(cast: Cast, sign_in) -> None:
    made = {"text": "One", "thread": ["Two"], "unfinished": True}
    post = create_post(cast.olive, profiles=[cast.x.pk], variants={"x": "X"}, **made)
    browser = sign_in(cast.olive)
    assert "stays away" in browser.get(f"/o/acme/posts/{post.pk}/").content.decode()
    edit_post(cast.olive, post, variants={"x": VariantWording("X", ())})
    assert "stays away" not in browser.get(f"/o/acme/posts/{post.pk}/").content.decode()


def test_a_comment_where_there_are_none_is_named(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr(FacebookAdapter, "capabilities", replace(FacebookAdapter.capabilities, first_comment=False))
    with pytest.raises(Invalid) as refused:
        create_post(cast.olive, text="One", first_comment="The link", profiles=[cast.x.pk, cast.page.pk])
    assert refused.value.fields == {
        "first_comment": ["Facebook has no first comments. Leave it out, or send there on its own."]
    }


def test_the_preview_says_what_stays_away_as_one_types(cast: Cast, sign_in) -> None:
    browser = sign_in(cast.olive)
    form = {"text": "One", "part_2": "Two", "variant_x": "X", "profiles": [cast.x.pk, cast.page.pk]}
    shown = browser.post("/o/acme/compose/preview/", form).content.decode()
    assert shown.count("the other part of the thread stays away") == 2  # beside its text, and beneath its preview
    for more in ({"alone_x": "1"}, {"own_x_2": "X two"}):
        assert "stays away" not in browser.post("/o/acme/compose/preview/", form | more).content.decode()


def test_the_thread_is_filled_in_for_one_network(cast: Cast, sign_in) -> None:
    browser = sign_in(cast.olive)
    form = {"text": "One", "part_2": "Two & <b>", "variant_x": "X", "profiles": [cast.x.pk], "do": "own-x"}
    page = browser.post("/o/acme/compose/", form).content.decode()
    assert '<textarea name="own_x_2"' in page
    assert page.count("Two &amp; &lt;b&gt;</textarea>") == 2
    assert 'id="tab-variant_x" aria-controls="panel-variant_x" data-variant="variant_x" aria-selected="true"' in page
    more = browser.post("/o/acme/compose/", form | {"own_x_2": "X two"}).content.decode()
    assert "X two</textarea>" in more
    assert '<textarea name="own_x_3"' in more
    assert not Post.objects.exists()


def test_edit_copy_and_review_show_the_own_thread(cast: Cast, sign_in) -> None:
    made = {"text": "One", "thread": ["Two"], "first_comment": "The comment"}
    post = create_post(cast.ed, profiles=[cast.x.pk], variants={"x": VariantWording("X", ("X two",))}, **made)
    browser = sign_in(cast.olive)
    submit_post(cast.ed, post)
    for page in (f"compose/?copy={post.pk}", f"posts/{post.pk}/edit/", f"posts/{post.pk}/", "approvals/"):
        shown = browser.get(f"/o/acme/{page}").content.decode()
        assert "X two" in shown, page
        assert "The comment" in shown, page
    assert "Two" in browser.get("/o/acme/approvals/").content.decode().replace("X two", "")


def test_splitting_loses_nothing_however_long(cast: Cast, sign_in) -> None:
    words = "".join(f"{number:06} " for number in range(1500)) + "the very end"
    form = {"text": words, "profiles": [cast.x.pk], "do": "split"}
    assert "the very end" in sign_in(cast.olive).post("/o/acme/compose/", form).content.decode()


def test_files_go_with_the_text_in_their_place_and_the_rest_with_the_last() -> None:
    a, b, c = ("a",), ("b",), ("c",)
    assert distribute_files((a, b, c), 3) == (a, b, c)
    assert distribute_files((a, b, c), 2) == (a, ("b", "c"))
    assert distribute_files((a, b, c), 1) == (("a", "b", "c"),)
    assert distribute_files((a,), 3) == (a,)
    assert distribute_files(((), ()), 1) == ()
