"""A query without a tenant is an error, and no query crosses tenants."""

import pytest
from django import forms
from django.db import IntegrityError

from networks.models import Outgoing, Profile
from organizations.tenancy import NoTenant, scope
from teams.access import profiles_for
from teams.models import Team
from tests.cast import Cast

UNSCOPED_USES = {
    "iterate": lambda rows: list(rows.all()),
    "count": lambda rows: rows.count(),
    "get": lambda rows: rows.get(pk=1),
    "exists": lambda rows: rows.exists(),
    "update": lambda rows: rows.update(name="x"),
    "delete": lambda rows: rows.all().delete(),
    "aggregate": lambda rows: rows.aggregate(n=__import__("django").db.models.Count("pk")),
    "in_bulk": lambda rows: rows.in_bulk(),
    "iterator": lambda rows: list(rows.iterator()),
    "first": lambda rows: rows.first(),
}


@pytest.mark.parametrize("use", UNSCOPED_USES)
def test_outside_a_scope_every_use_raises(cast: Cast, use: str) -> None:
    with pytest.raises(NoTenant, match="wrap the work in scope"):
        UNSCOPED_USES[use](Profile.objects)


def test_none_is_empty_everywhere(cast: Cast) -> None:
    assert list(Profile.objects.none()) == []
    assert list(Profile.objects.filter(network="x").none()) == []


def test_reverse_relations_are_fenced(cast: Cast) -> None:
    with pytest.raises(NoTenant):
        list(cast.x.outgoing.all())
    with scope(cast.globex):
        assert list(cast.x.outgoing.all()) == []


def test_each_sees_its_own(cast: Cast) -> None:
    with scope(cast.acme):
        assert set(Profile.objects.all()) == {cast.x, cast.page}
    with scope(cast.globex):
        assert set(Profile.objects.all()) == {cast.theirs}
        assert set(profiles_for(cast.mallory, to="view")) == {cast.theirs}
        assert Team.objects.count() == 0


def test_a_form_follows_the_scope(cast: Cast) -> None:
    class Picker(forms.Form):
        profile = forms.ModelChoiceField(Profile.objects.all())

    with scope(cast.globex):
        assert not Picker({"profile": cast.x.pk}).is_valid()
        assert Picker({"profile": cast.theirs.pk}).is_valid()


def test_save_fills_the_organization_and_bulk_create_must_name_it(cast: Cast) -> None:
    with scope(cast.acme):
        kept = Profile(network="x", remote_id="77", name="Kept")
        kept.save()
        assert kept.organization == cast.acme
        with pytest.raises(IntegrityError):
            Profile.objects.bulk_create([Profile(network="x", remote_id="78", name="Lost")])


def test_save_writes_what_it_is_told_to(cast: Cast) -> None:
    with scope(cast.acme):
        cast.x.name, cast.x.handle = "New", "new"
        cast.x.save(update_fields=["name"])
        assert Profile.objects.filter(pk=cast.x.pk, name="New").exclude(handle="new").exists()


def test_guardian_never_crosses_tenants(cast: Cast) -> None:
    """Somebody who is in both organizations sees in each what was granted there."""
    with scope(cast.globex):
        assert list(profiles_for(cast.priya, to="publish")) == []
    with scope(cast.acme):
        assert set(profiles_for(cast.priya, to="publish")) == {cast.x, cast.page}
        assert Outgoing.objects.none().count() == 0
