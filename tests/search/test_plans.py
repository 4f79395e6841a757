"""Each search has its index: with a million rows nothing else answers in time."""

import pytest
from django.contrib.postgres.indexes import GinIndex
from django.db import connection
from django.db.models import Model

from foundation.texts.search import MatchesQuery, Parts, Texts, Words
from inbox.actions.ingest import ingest_inbound
from inbox.conversation_filters import ConversationFilters
from inbox.models import Contact, Conversation, Message
from inbox.queries.conversation_list import filter_conversations
from networks.models import Profile
from organizations.tenancy import scope
from publishing.composing.threads import VariantWording
from publishing.models import Revision, Variant
from publishing.queries.posts import list_posts
from tests.cast import Cast
from tests.inbox.talk import says
from tests.posts import create_post


@pytest.fixture(autouse=True)
def no_sequential_scan(cast: Cast):
    with scope(cast.acme), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield


@pytest.mark.parametrize(
    ("index", "rows"),
    [
        ("message_words", lambda q: Message.unscoped.filter(MatchesQuery(Words("text"), q))),
        ("contact_parts", lambda q: Contact.unscoped.filter(MatchesQuery(Parts("name", "handle"), q))),
        ("profile_parts", lambda q: Profile.unscoped.filter(MatchesQuery(Parts("name", "handle"), q))),
        (
            "revision_parts",
            lambda q: Revision.unscoped.filter(MatchesQuery(Parts("text", "first_comment", Texts("parts")), q)),
        ),
        ("variant_parts", lambda q: Variant.unscoped.filter(MatchesQuery(Parts("text", Texts("parts")), q))),
    ],
)
@pytest.mark.parametrize("q", ["4711", "公開", "店", "a"])
def test_what_is_asked_is_what_is_indexed(index: str, rows, q: str) -> None:
    plan = rows(q).order_by().explain()
    assert f"Bitmap Index Scan on {index}" in plan


def copy(model: type[Model], times: int = 3000, **changed: str) -> None:
    """The newest row of `model`, many times; `changed` are columns in SQL, where `at` is the number of the copy."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = ", ".join(changed.get(column, column) for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM generate_series(1, {times}) AS at, "
            f"(SELECT * FROM {table} ORDER BY id DESC LIMIT 1) AS one"
        )
        for index in (one.name for one in model._meta.indexes if isinstance(one, GinIndex)):
            cursor.execute("SELECT gin_clean_pending_list(%s)", [index])  # as autovacuum does
        cursor.execute(f"ANALYZE {table}")


def test_lists_use_them(cast: Cast) -> None:
    ingest_inbound(cast.x, [says("Hello there")])
    create_post(cast.olive, text="Hello", profiles=[cast.x.pk], variants={"x": VariantWording("Hello X")})
    copy(Contact, remote_id="'c' || at", name="md5(at::text)")
    copy(Conversation, root_id="'r' || at", contact_id="(SELECT max(id) FROM inbox_contact) - at + 1")
    copy(
        Message,
        remote_id="'m' || at",
        text="md5(at::text)",
        conversation_id="(SELECT max(id) FROM inbox_conversation) - at + 1",
    )
    copy(Revision, number="at + 1", text="md5(at::text)")
    copy(Variant, network="'n' || at", text="md5(at::text)")
    plan = (
        filter_conversations(cast.olive, ConversationFilters(q="4711"))
        .order_by("-last_message_at", "-id")[:51]
        .explain()
    )
    assert "Bitmap Index Scan on message_words" in plan
    assert "Bitmap Index Scan on contact_parts" in plan
    plan = list_posts(cast.olive, q="4711")[:41].explain()
    assert "Bitmap Index Scan on revision_parts" in plan
    assert "Bitmap Index Scan on variant_parts" in plan
