"""A profile on a fake X over HTTP, and a dispatcher that is stepped by hand."""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.utils.timezone import now

from foundation.internet import http
from networks.actions.outgoing import enqueue_outgoing
from networks.contract import Draft, DraftKind
from networks.models import Outgoing, Profile
from networks.outbox.claims import begin_next_row, claim_row_to_look_for, reap_lost_rows
from networks.outbox.reconciling import reconcile_row
from networks.outbox.sending import send_row
from organizations.tenancy import scope
from tests import builders
from tests.networks.fake import PATIENCE, serving
from tests.networks.fake_graph import PAGE_ID, FakeGraph
from tests.networks.fake_x import OWN_ID, FakeX


class Outbox:
    """What a test needs of the dispatcher: put a draft in, let time pass, look at the row and at the network."""

    def __init__(self, profile: Profile, network: FakeX) -> None:
        self.profile = profile
        self.network = network

    def put(self, text: str = "Hello", *, at: datetime | None = None, through: Profile | None = None) -> Outgoing:
        with scope(self.profile.organization_id):
            draft = Draft(kind=DraftKind.POST, text=text)
            return enqueue_outgoing(through or self.profile, draft, key=str(uuid.uuid4()), due_at=at or now())

    def step(self, *, after: timedelta = timedelta(0)) -> None:
        """One tick, as if `after` had passed: reap, send, look. The sending itself takes place in real time."""
        at = now() + after
        reap_lost_rows(at)
        with scope(self.profile.organization_id):
            for _ in range(Outgoing.objects.filter(state="waiting", due_at__lte=at).count()):
                self.send_next(at)
            for claim in list(iter(lambda: claim_row_to_look_for(at), None)):
                reconcile_row(claim.outgoing_id, claim.token)

    def send_next(self, at: datetime) -> bool:
        if begun := begin_next_row(at):
            row, attempt = begun
            assert not row.held
            if attempt is not None:
                send_row(row, attempt)
        return begun is not None

    def row(self, outgoing: Outgoing) -> Outgoing:
        return Outgoing.unscoped.select_related("profile").get(pk=outgoing.pk)

    def ledger(self, outgoing: Outgoing) -> list[tuple[str, str]]:
        with scope(self.profile.organization_id):
            return list(outgoing.attempts.order_by("id").values_list("kind", "outcome"))


@pytest.fixture
def make_outbox(settings, monkeypatch) -> Iterator[Callable[[], Outbox]]:
    for function in (http.Session.__init__, http.new_session):
        monkeypatch.setattr(function, "__defaults__", ((PATIENCE, PATIENCE),))
    network = FakeX()
    with serving(network) as base_url:
        settings.NETWORK_URLS = {**settings.NETWORK_URLS, "x": base_url}

        def make() -> Outbox:
            organization = builders.organization("outbox")
            profile = builders.profile(organization, "x", secrets={"access_token": network.token})
            Profile.unscoped.filter(pk=profile.pk).update(remote_id=OWN_ID)
            profile.remote_id = OWN_ID
            return Outbox(profile, network)

        yield make


@pytest.fixture
def outbox(db: None, make_outbox: Callable[[], Outbox]) -> Outbox:
    return make_outbox()


@pytest.fixture
def page(db: None, settings, make_outbox) -> Iterator[Outbox]:
    network = FakeGraph()
    with serving(network) as base_url:
        settings.NETWORK_URLS = {**settings.NETWORK_URLS, "facebook": base_url}
        secrets = {"access_token": network.token, "page_id": PAGE_ID}
        profile = builders.profile(builders.organization("paged"), "facebook", secrets=secrets)
        Profile.unscoped.filter(pk=profile.pk).update(remote_id=PAGE_ID)
        yield Outbox(profile, network)  # type: ignore[arg-type]
