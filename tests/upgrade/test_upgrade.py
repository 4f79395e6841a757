"""Whatever ran once comes to the schema of today, and keeps what was in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from socialops.demo import DEMO_PASSWORD
from tests.databases import migrated
from tests.stack import running
from tests.upgrade.dumps import BEFORE, KEYS, RELEASES, Database, database, dumps

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
PAGES = ("", "posts/", "calendar/", "inbox/", "approvals/", "teams/", "profiles/", "settings/", "audit/", "analytics/")
# Written by each `migrate` for the models there are; nothing of anybody's.
DERIVED = ("django_content_type", "auth_permission", "django_migrations")


@pytest.fixture(scope="module")
def fresh() -> Iterator[set[str]]:
    with database("fresh", template=migrated()) as made:
        yield made.schema()


@pytest.mark.parametrize("dump", [*dumps(BEFORE), *dumps(RELEASES)], ids=lambda dump: dump.name.split(".")[0])
def test_an_upgrade_ends_in_the_schema_of_a_fresh_database(fresh: set[str], dump: Path) -> None:
    with database("before") as made:
        made.read(dump)
        kept = rows(made)
        made.migrate()
        now = made.schema()
        assert not differences(fresh, now), f"After the upgrade from {dump.name}:\n" + differences(fresh, now)
        assert lost(kept, made) == {}


def differences(fresh: set[str], now: set[str]) -> str:
    lines = [f"missing {line}" for line in sorted(fresh - now)] + [f"too much {line}" for line in sorted(now - fresh)]
    return "\n".join(lines)


def rows(made: Database) -> dict[str, set[Any]]:
    """The ids of each table that has any."""
    named = made.sql(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'id'"
    )
    found = {table: {row[0] for row in made.sql(f'SELECT id FROM "{table}"')} for (table,) in named}
    return {table: ids for table, ids in found.items() if ids and table not in DERIVED}


def lost(kept: dict[str, set[Any]], made: Database) -> dict[str, set[Any]]:
    now = rows(made)
    return {table: ids - now.get(table, set()) for table, ids in kept.items() if ids - now.get(table, set())}


@pytest.mark.parametrize("dump", dumps(RELEASES), ids=lambda dump: dump.name.split(".")[0])
def test_what_people_wrote_is_there_and_pages_answer(dump: Path) -> None:
    with database("release") as made:
        made.read(dump)
        before = words(made)
        assert all(before.values())
        with running(only=("web",), DATABASE_URL=made.url, **KEYS) as stack:
            assert words(made) == before
            session = signed_in(stack.url, "olive@northwind.example")
            for page in PAGES:
                answer = session.get(f"{stack.url}/o/northwind/{page}", timeout=30)
                assert answer.status_code == 200, f"{page}: {answer.status_code}"
            assert credentials_open(stack) == 0


HELD = """
    SELECT held.content_object_id, {word!r}, holder.id, split_part(p.codename, '_', 1), held.given_by, held.given_at
    FROM networks_profile{kind}objectpermission held
    JOIN {table} holder USING ({key}) JOIN auth_permission p ON p.id = held.permission_id
"""
KINDS = (
    {"kind": "user", "word": "member", "table": "organizations_member", "key": "user_id"},
    {"kind": "group", "word": "team", "table": "teams_team", "key": "group_id"},
)


@pytest.mark.parametrize("dump", dumps(RELEASES), ids=lambda dump: dump.name.split(".")[0])
def test_who_gave_a_right_and_who_asked_for_a_deletion_is_taken_from_the_log(dump: Path) -> None:
    with database("given") as made:
        made.read(dump)
        ((delivery, organization),) = made.sql("SELECT id, organization_id FROM publishing_delivery LIMIT 1")
        for actor in (11, 12):
            made.sql(
                "INSERT INTO organizations_auditentry (organization_id, at, actor_kind, actor_id, actor_name, verb,"
                " target_kind, target_id, target_name, change)"
                " VALUES (%s, now(), 'member', %s, 'Olive', 'delivery.deleted', 'delivery', %s, 'a post', '{}')",
                organization,
                actor,
                str(delivery),
            )
        made.migrate()
        given = {}
        for profile, at, name, change in made.sql(
            "SELECT target_id::bigint, at, actor_name, change FROM organizations_auditentry"
            " WHERE verb = 'grant.changed' ORDER BY id"
        ):
            kind = "member" if "member" in change else "team"
            for verb in set(change["rights"][1]) - set(change["rights"][0]):
                given[profile, kind, change["id"], verb] = (name, at)
        rows = [row for names in KINDS for row in made.sql(HELD.format(**names))]
        assert len({kind for _profile, kind, *_rest in rows}) == 2
        for *of, name, at in rows:
            assert (name, at) == given[tuple(of)], of
        assert made.sql("SELECT id, deletion_asked_by_id FROM publishing_delivery WHERE deletion_asked_by_id > 0") == [
            (delivery, 12)
        ]


def words(made: Database) -> dict[str, list[tuple[Any, ...]]]:
    return {
        "texts": made.sql("SELECT id, text, parts FROM publishing_revision ORDER BY id"),
        "plans": made.sql("SELECT id, state, planned_at FROM publishing_post ORDER BY id"),
        "messages": made.sql("SELECT id, text, direction, sent_at FROM inbox_message ORDER BY id"),
        "outbox": made.sql("SELECT id, state, planned_at, draft FROM networks_outgoing ORDER BY id"),
        "people": made.sql("SELECT id, email, password FROM organizations_user ORDER BY id"),
        "log": made.sql("SELECT id, verb, at FROM organizations_auditentry ORDER BY id"),
    }


def signed_in(url: str, email: str) -> requests.Session:
    session = requests.Session()
    session.get(url + "/accounts/login/", timeout=30).raise_for_status()
    form = {"login": email, "password": DEMO_PASSWORD, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    answer = session.post(url + "/accounts/login/", data=form, timeout=30, allow_redirects=False)
    assert answer.status_code == 302, answer.text[:500]
    return session


def credentials_open(stack: Any) -> int:
    """How many stored credentials cannot be read any more."""
    read = (
        "from networks.models import Credential; print(sum(1 for one in Credential.unscoped.all() if not one.secrets))"
    )
    return int(stack.run_command("shell", "--no-imports", "-c", read).stdout.split()[-1])
