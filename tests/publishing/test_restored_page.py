"""After a restore: what waits for whom, what is looked for, and how the rest ended."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from networks.actions.restoring import record_restoration
from networks.models import Held, Outgoing, Restoration
from organizations.tenancy import scope
from publishing.actions.next_steps import PublishIntent
from publishing.models import Delivery
from tests.cast import Cast
from tests.posts import write_post

pytestmark = pytest.mark.usefixtures("in_acme")
HOUR = timedelta(hours=1)


@pytest.fixture
def deliveries(cast: Cast) -> dict[str, Delivery]:
    """One of each kind, by its words."""
    words = ("looked for", "unaskable", "too late", "found", "planned later")
    for text in words:
        write_post(cast.priya, text=text, profiles=[cast.x.pk], intent=PublishIntent(at=now() + HOUR))
    Outgoing.objects.exclude(draft__text="planned later").update(planned_at=now() - HOUR, due_at=now() - HOUR)
    Outgoing.objects.filter(draft__text="too late").update(held=Held.TOO_LATE)
    Outgoing.objects.update(created_at=now() - 2 * HOUR)
    record_restoration(Restoration.How.RESTORE, dumped_at=now() - HOUR, now=now(), archive="monday.tar")
    Outgoing.objects.filter(draft__text="unaskable").update(needs_person=True)
    Outgoing.objects.filter(draft__text="too late").update(state="waiting", doubted=False)
    Outgoing.objects.filter(draft__text="found").update(state="sent", doubted=False, sent_at=now())
    return {one.revision.text: one for one in Delivery.objects.select_related("revision", "outgoing")}


def page(client: Client) -> str:
    answer = client.get("/o/acme/restored/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_it_says_what_happened_and_what_becomes_of_each(cast: Cast, deliveries, sign_in) -> None:
    text = page(sign_in(cast.priya))
    assert "monday.tar" in text
    for words in ("looked for", "unaskable", "too late", "found"):
        assert f"outgoing-{deliveries[words].outgoing_id}" in text
    assert f"outgoing-{deliveries['planned later'].outgoing_id}" not in text
    assert "1 that is planned for later keeps its time" in text
    for act in ("resolve", "cancel"):
        assert f"/deliveries/{deliveries['unaskable'].pk}/{act}/" in text
    assert f"/deliveries/{deliveries['too late'].pk}/send/" in text
    assert f"/deliveries/{deliveries['looked for'].pk}/resolve/" not in text


def test_the_banner_stands_until_all_is_settled(cast: Cast, deliveries, sign_in) -> None:
    client = sign_in(cast.priya)
    said = client.get("/o/acme/banners/").content.decode()
    assert "1 being looked for, 2 waiting for somebody" in said
    assert "/o/acme/restored/" in said
    client.post(f"/o/acme/deliveries/{deliveries['unaskable'].pk}/resolve/", {"there": "yes", "reference": "777"})
    client.post(f"/o/acme/deliveries/{deliveries['too late'].pk}/cancel/")
    Outgoing.objects.filter(state="unknown").update(state="sent", doubted=False, sent_at=now())
    assert "/o/acme/restored/" not in client.get("/o/acme/banners/").content.decode()
    assert "it is known what became of it" in page(client)


def test_a_person_who_looked_is_not_asked_again(cast: Cast, deliveries, sign_in) -> None:
    sign_in(cast.priya).post(f"/o/acme/deliveries/{deliveries['unaskable'].pk}/resolve/", {"there": "no"})
    row = Outgoing.objects.get(pk=deliveries["unaskable"].outgoing_id)
    assert (row.state, row.doubted, row.restoration_id is None) == ("waiting", False, False)
    Outgoing.objects.exclude(pk=row.pk).delete()
    from networks.outbox.claims import begin_next_row

    begun = begin_next_row(now())
    assert begun is not None
    assert begun[1] is not None


def test_others_see_only_what_they_decide(cast: Cast, deliveries, sign_in) -> None:
    for member in (cast.ed, cast.ana, cast.vic):
        text = page(sign_in(member))
        assert "outgoing-" not in text
        assert "monday.tar" in text
    with scope(cast.globex):
        answer = sign_in(cast.mallory).get("/o/globex/restored/")
    assert "outgoing-" not in answer.content.decode()
    assert "/o/globex/restored/" not in sign_in(cast.mallory).get("/o/globex/banners/").content.decode()


def test_where_nothing_was_ever_restored(cast: Cast, sign_in) -> None:
    assert "was never restored" in page(sign_in(cast.olive))
