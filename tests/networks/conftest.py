"""Adapters that speak to a fake of their network, with little patience."""

from collections.abc import Iterator

import pytest

from networks.adapters.facebook.adapter import FacebookAdapter
from networks.adapters.x.adapter import XAdapter
from networks.contract import Access
from tests.networks.fake import PATIENCE, serving
from tests.networks.fake_graph import PAGE_ID, FakeGraph
from tests.networks.fake_x import OWN_ID, FakeX

APP = {"consumer_key": "ck", "consumer_secret": "the-consumer-secret", "app_secret": "the-app-secret"}


@pytest.fixture
def fake_x() -> FakeX:
    return FakeX()


@pytest.fixture
def x(fake_x: FakeX) -> Iterator[XAdapter]:
    with serving(fake_x) as base_url:
        adapter = XAdapter(Access(OWN_ID, "acme", base_url, {"access_token": fake_x.token}, APP))
        adapter.client.session.timeout = (PATIENCE, PATIENCE)
        yield adapter
        adapter.client.session.close()


@pytest.fixture
def graph() -> FakeGraph:
    return FakeGraph()


@pytest.fixture
def facebook(graph: FakeGraph) -> Iterator[FacebookAdapter]:
    with serving(graph) as base_url:
        credentials = {"page_id": PAGE_ID, "access_token": graph.token}
        adapter = FacebookAdapter(Access(PAGE_ID, "acme", base_url, credentials, APP))
        adapter.graph.session.timeout = (PATIENCE, PATIENCE)
        yield adapter
        adapter.graph.session.close()
