"""Fixtures of those who open every page."""

import pytest


@pytest.fixture
def bare_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors without the organization around them: thousands are asked for, and what stands around them is tried in
    tests/organizations/test_around.py."""
    monkeypatch.setattr("organizations.middleware.attach_organization", lambda request: None)
    monkeypatch.setattr("socialops.views.errors.attach_organization", lambda request: None)
