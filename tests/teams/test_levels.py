"""Levels of the organization's own: names for sets of verbs, copied when they are given."""

import pytest

from foundation.errors import Invalid, PermissionDenied
from organizations.models import AuditEntry
from teams.access import verbs_on
from teams.actions.levels import change_level, create_level, delete_level
from teams.levels import LEVELS
from teams.models import Level

pytestmark = pytest.mark.usefixtures("in_acme")
LEVEL_PAGES = "/o/acme/teams/levels/"


def test_changing_or_deleting_a_level_changes_no_right_that_was_given(cast, sign_in):
    level = create_level(cast.olive, name="Poet", verbs=["draft"])
    sign_in(cast.olive).post(
        "/o/acme/teams/rights/", {"cell": f"{cast.cole.pk}-{cast.page.pk}", "level": f"level-{level.pk}"}
    )
    change_level(cast.olive, level, verbs=["draft", "publish"])
    assert verbs_on(cast.cole, [cast.page.pk])[cast.page.pk] == {"view", "draft"}
    delete_level(cast.olive, level)
    assert verbs_on(cast.cole, [cast.page.pk])[cast.page.pk] == {"view", "draft"}
    told = list(AuditEntry.objects.filter(verb__startswith="level.").order_by("pk").values_list("verb", flat=True))
    assert told == ["level.created", "level.changed", "level.deleted"]


@pytest.mark.parametrize(
    ("name", "verbs", "field"),
    [
        ("", ["view"], "name"),
        ("x" * 41, ["view"], "name"),
        ("a\0", ["view"], "name"),
        ("Publisher", ["view"], "name"),
        ("MANAGER", ["view"], "name"),
        ("poet", ["view"], "name"),
        ("Bard", [], "verbs"),
        ("Bard", ["fly"], "verbs"),
        ("Bard", [1], "verbs"),
    ],
)
def test_what_is_no_level_is_named(cast, name, verbs, field):
    create_level(cast.olive, name="Poet", verbs=["draft"])
    with pytest.raises(Invalid) as refused:
        create_level(cast.olive, name=name, verbs=verbs)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("who", ["lena", "ed", "vic"])
def test_only_admins_name_levels(cast, who):
    with pytest.raises(PermissionDenied):
        create_level(getattr(cast, who), name="Poet", verbs=["draft"])


def test_the_pages(cast, sign_in):
    client = sign_in(cast.olive)
    client.post(LEVEL_PAGES + "new/", {"name": "Poet", "verbs": ["draft"]})
    level = Level.objects.get()
    assert level.verbs == ["view", "draft"]
    assert "Poet" in client.get(LEVEL_PAGES).content.decode()
    assert client.post(f"{LEVEL_PAGES}{level.pk}/", {"name": "Analyst", "verbs": ["draft"]}).status_code == 422
    client.post(f"{LEVEL_PAGES}{level.pk}/", {"name": "Bard", "verbs": ["reply"]})
    level.refresh_from_db()
    assert (level.name, level.verbs) == ("Bard", ["view", "reply"])
    client.post(f"{LEVEL_PAGES}{level.pk}/delete/")
    assert not Level.objects.exists()
    assert sign_in(cast.ed).post(LEVEL_PAGES + "new/", {"name": "Poet", "verbs": ["draft"]}).status_code == 403


def test_a_level_is_given_on_a_profiles_page(cast, sign_in):
    level = create_level(cast.olive, name="Poet", verbs=["draft", "reply"])
    sign_in(cast.olive).post(
        f"/o/acme/profiles/{cast.page.pk}/rights/add/",
        {"holder": f"member-{cast.cole.pk}", "level": f"level-{level.pk}"},
    )
    assert verbs_on(cast.cole, [cast.page.pk])[cast.page.pk] == {"view", "draft", "reply"}
    assert LEVELS["contributor"] == {"view", "draft"}
