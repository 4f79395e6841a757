"""What every adapter must do. A network's test file inherits this class and gives `net` and `adapter`."""

import logging
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest

from networks.contract import Adapter, Draft, DraftKind, Media, MediaKind, Published, Uploaded
from networks.errors import (
    Ambiguous,
    Disconnected,
    Duplicate,
    Gone,
    NetworkError,
    NotSent,
    RateLimited,
    Refused,
    Unavailable,
)
from tests.networks.fake import Dialect

TEXT = "Tea & cake <today> at https://acme.example/menu?a=1&b=2 – café"


def post(text: str = TEXT) -> Draft:
    return Draft(DraftKind.POST, text)


def picture(content: bytes = b"\x89PNG of a boot", alt_text: str = "A boot") -> Media:
    return Media(
        "media/boot.png", MediaKind.IMAGE, "image/png", len(content), sha256(content).hexdigest(), 8, 8, None, alt_text
    )


def pictured(uploads: list[Uploaded], text: str = TEXT) -> Draft:
    return Draft(DraftKind.POST, text, media=(picture(),) * max(1, len(uploads)), uploads=tuple(uploads))


def brought(adapter: Any, content: bytes = b"\x89PNG of a boot", alt_text: str = "A boot") -> Uploaded:
    found: Uploaded = adapter.upload(picture(content, alt_text), BytesIO(content))
    return found


def session_of(adapter: Any) -> Any:
    return (getattr(adapter, "client", None) or adapter.graph).session


def just_now() -> datetime:
    return datetime.now(UTC)


class AdapterContract:
    # publishing

    def test_a_confirmed_post_has_an_id_and_a_link(self, adapter: Any, net: Dialect) -> None:
        published = adapter.publish(post())
        assert isinstance(published, Published)
        assert published.remote_id in published.permalink
        assert net.published_texts() == [TEXT]

    @pytest.mark.parametrize("fault", ["silent_after", "cut_after", "error_after", "nonsense", "empty", "half"])
    def test_what_may_have_happened_is_ambiguous_and_is_found(self, adapter: Any, net: Dialect, fault: str) -> None:
        began = just_now()
        net.fail_next(fault)
        with pytest.raises(Ambiguous):
            adapter.publish(post())
        found = adapter.find(post(), since=began)
        assert found is not None
        assert found.remote_id in found.permalink
        assert net.published_texts() == [TEXT]

    @pytest.mark.parametrize("fault", ["silent", "cut", "error", "redirect", "request_timeout", "proxy_refusal"])
    def test_what_did_not_happen_is_ambiguous_too_and_is_not_found(
        self, adapter: Any, net: Dialect, fault: str
    ) -> None:
        net.fail_next(fault)
        with pytest.raises(Ambiguous):
            adapter.publish(post())
        assert adapter.find(post(), since=just_now()) is None
        assert net.published_texts() == []
        assert not [call for call in net.calls if call.path == "/elsewhere"]

    def test_nothing_is_repeated_inside(self, adapter: Any, net: Dialect) -> None:
        net.fail_next("cut")
        with pytest.raises(Ambiguous):
            adapter.publish(post())
        assert len([call for call in net.calls if call.method == "POST"]) == 1

    def test_a_refused_connection_is_not_sent(self, deaf_adapter: Any) -> None:
        with pytest.raises(NotSent):
            deaf_adapter.publish(post())
        with pytest.raises(Unavailable):
            deaf_adapter.find(post(), since=just_now())

    def test_a_limit_names_when_it_ends(self, adapter: Any, net: Dialect) -> None:
        for fault in ("limited", "limited_bare"):
            net.fail_next(fault)
            with pytest.raises(RateLimited) as caught:
                adapter.publish(post())
            assert just_now() + timedelta(seconds=30) < caught.value.retry_at < just_now() + timedelta(minutes=21)

    def test_a_lost_sign_in_disconnects(self, adapter: Any, net: Dialect) -> None:
        net.fail_next("signed_out")
        with pytest.raises(Disconnected):
            adapter.publish(post())
        net.fail_next("signed_out", read=True)
        with pytest.raises(Disconnected):
            adapter.identify()

    def test_the_same_text_again_is_a_duplicate(self, adapter: Any) -> None:
        adapter.publish(post())
        with pytest.raises(Duplicate):
            adapter.publish(post())

    @pytest.mark.parametrize("fault", ["list_body", "string_body"])
    def test_a_refusal_in_any_form_is_a_refusal(self, adapter: Any, net: Dialect, fault: str) -> None:
        net.fail_next(fault)
        with pytest.raises(Refused) as caught:
            adapter.publish(post())
        assert adapter.label in caught.value.user_message

    # finding

    def test_a_post_that_shows_late_is_not_found_at_first(self, adapter: Any, net: Dialect) -> None:
        adapter.publish(post())
        net.hidden_reads = 1
        assert adapter.find(post(), since=just_now()) is None
        assert adapter.find(post(), since=just_now()) is not None

    def test_the_same_words_of_another_day_are_not_it(self, adapter: Any, net: Any) -> None:
        net.add(TEXT, at=just_now() - timedelta(days=2))
        assert adapter.find(post(), since=just_now()) is None

    def test_what_belongs_to_another_draft_is_not_it(self, adapter: Any, net: Any) -> None:
        began = just_now()
        ids = {net.add(TEXT), net.add(TEXT)}
        one = adapter.find(post(), since=began).remote_id
        other = adapter.find(post(), since=began, taken=[one]).remote_id
        assert {one, other} == ids
        assert adapter.find(post(), since=began, taken=ids) is None

    def test_finding_looks_at_every_page(self, adapter: Any, net: Any) -> None:
        began = just_now()
        wanted = net.add(TEXT)
        for number in range(5):
            net.add(f"other {number}")
        assert adapter.find(post(), since=began).remote_id == wanted

    @pytest.mark.parametrize("fault", ["silent", "cut", "error", "nonsense", "redirect"])
    def test_not_being_able_to_look_raises(self, adapter: Any, net: Dialect, fault: str) -> None:
        net.fail_next(fault, read=True)
        with pytest.raises(Unavailable):
            adapter.find(post(), since=just_now())

    # files

    upload_steps = 1  # writes that bring one small picture with its description

    def test_a_file_arrives_whole_with_its_description(self, adapter: Any, net: Dialect) -> None:
        content = b"\x89PNG" + bytes(range(256)) * 11_000  # 2.7 MiB
        session_of(adapter).timeout = (30, 30)  # so much takes a while where the machine has much to do
        held = brought(adapter, content, "Boots & <laces> – été")
        (there,) = net.held.values()
        assert (held.media_id, held.ready_at) == (there.media_id, None)
        assert (there.content, there.alt_text) == (content, "Boots & <laces> – été")
        assert held.marker
        assert just_now() + timedelta(hours=4) < held.expires_at < just_now() + timedelta(hours=25)
        assert adapter.check_upload(held).media_id == held.media_id
        assert net.published_texts() == []

    @pytest.mark.parametrize(
        "fault",
        ["silent", "cut", "cut_after", "error", "error_after", "nonsense", "half", "redirect", "request_timeout"],
    )
    def test_an_upload_that_broke_off_anywhere_is_unavailable_and_may_be_repeated(
        self, adapter: Any, net: Dialect, fault: str
    ) -> None:
        for step in range(self.upload_steps):
            net.fail_next("", times=step)
            net.fail_next(fault)
            with pytest.raises(Unavailable):
                brought(adapter)
            assert not net.writes
        assert net.held[brought(adapter).media_id].alt_text == "A boot"
        assert not [call for call in net.calls if call.path == "/elsewhere"]

    @pytest.mark.parametrize(
        ("fault", "error"),
        [("limited", RateLimited), ("signed_out", Disconnected), ("list_body", Refused), ("string_body", Refused)],
    )
    def test_an_upload_is_refused_for_the_same_reasons_as_a_post(
        self, adapter: Any, net: Dialect, fault: str, error: type[Exception]
    ) -> None:
        for step in range(self.upload_steps):
            net.fail_next("", times=step)
            net.fail_next(fault)
            with pytest.raises(error) as caught:
                brought(adapter)
            assert net.token not in f"{caught.value!r} {caught.value.detail} {caught.value.user_message}"

    def test_an_upload_that_never_left(self, deaf_adapter: Any) -> None:
        with pytest.raises((NotSent, Unavailable)):
            brought(deaf_adapter)

    @pytest.mark.parametrize("fault", ["silent", "cut", "error", "nonsense"])
    def test_an_upload_that_cannot_be_looked_at_is_unavailable(self, adapter: Any, net: Dialect, fault: str) -> None:
        held = brought(adapter)
        net.fail_next(fault, read=True)
        with pytest.raises(Unavailable):
            adapter.check_upload(held)

    def test_what_the_network_no_longer_holds_is_gone(self, adapter: Any, net: Dialect) -> None:
        held = brought(adapter)
        net.held.clear()
        with pytest.raises(Gone):
            adapter.check_upload(held)

    def test_pictures_keep_their_order(self, adapter: Any, net: Dialect) -> None:
        ids = [brought(adapter, f"picture {number}".encode()) for number in (3, 1, 4, 2)]
        adapter.publish(pictured(ids[::-1]))
        assert net.published_media() == [[one.media_id for one in ids[::-1]]]
        assert net.published_texts() == [TEXT]

    def test_a_post_may_be_pictures_alone(self, adapter: Any, net: Dialect) -> None:
        began = just_now()
        held = brought(adapter)
        there = adapter.publish(pictured([held], text=""))
        assert adapter.find(pictured([held], text=""), since=began).remote_id == there.remote_id

    def test_a_post_never_leaves_without_its_pictures(self, adapter: Any, net: Dialect) -> None:
        with pytest.raises(Refused):
            adapter.publish(pictured([]))
        assert net.calls == []

    @pytest.mark.parametrize("fault", ["cut_after", "error_after", "nonsense"])
    def test_a_post_is_found_by_its_pictures(self, adapter: Any, net: Any, fault: str) -> None:
        began = just_now()
        lost, used = brought(adapter), brought(adapter)
        net.fail_next(fault)
        with pytest.raises(Ambiguous):
            adapter.publish(pictured([used]))
        net.add(TEXT, media=["1", "2"])
        for ever_made in ([lost, used], [used]):
            found = adapter.find(pictured(ever_made), since=began)
            assert net.published_media()[0] == [used.media_id]
            assert found.remote_id == self.ids_of(net)[0]

    def test_the_same_words_with_other_pictures_are_not_it(self, adapter: Any, net: Any) -> None:
        began = just_now()
        held = brought(adapter)
        net.add(TEXT, media=["1"])
        net.add(TEXT, media=["1", "2"])
        assert adapter.find(pictured([held]), since=began) is None

    def test_where_no_pictures_are_shown_the_words_tell(self, adapter: Any, net: Any) -> None:
        began = just_now()
        net.shows_media = False
        held = brought(adapter)
        there = net.add(TEXT, media=[held.media_id])
        assert adapter.find(pictured([held]), since=began).remote_id == there
        assert adapter.find(pictured([held], text="something else"), since=began) is None

    def test_no_token_leaves_with_a_file(self, adapter: Any, net: Dialect, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG):
            adapter.check_upload(brought(adapter))
        assert net.token not in caplog.text
        assert not [call for call in net.calls if net.token in call.path or net.token in str(call.query)]
        assert not [call for call in net.calls if net.token.encode() in call.body]

    # secrets

    def test_no_token_leaves_through_logs_errors_or_repr(
        self, adapter: Adapter, net: Dialect, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            adapter.publish(post())  # type: ignore[attr-defined]
            errors = [self._failure(adapter, net, fault) for fault in ("signed_out", "error", "cut", "limited")]
        said = caplog.text + "".join(f"{error!r} {error.detail} {error.user_message}" for error in errors)
        assert net.token not in said + repr(adapter.access)
        assert not [call for call in net.calls if net.token in call.path or net.token in str(call.query)]

    def _failure(self, adapter: Any, net: Dialect, fault: str) -> NetworkError:
        net.fail_next(fault)
        with pytest.raises(NetworkError) as caught:
            adapter.publish(post("another"))
        return caught.value
