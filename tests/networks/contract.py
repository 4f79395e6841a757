"""What every adapter must do. A network's test file inherits this class and gives `net` and `adapter`."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from networks.contract import Adapter, Draft, DraftKind, Published
from networks.errors import (
    Ambiguous,
    Disconnected,
    Duplicate,
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
