"""How fast each member answers, for those who lead them."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import now

from analytics.access import answer_time_people
from analytics.period import Period
from analytics.queries.answer_times import AnswerTimes, list_answer_times
from inbox.actions.assign import assign_conversation
from inbox.actions.ingest import ingest_inbound
from inbox.actions.reply import reply_to_conversation
from inbox.models import Conversation, Message
from networks.errors import Refused
from teams.actions.grants import set_grants
from tests.inbox.talk import EVE, begin, end, ended, says, sent_as

pytestmark = pytest.mark.usefixtures("in_acme")
DAY = Period(date(2026, 11, 20), date(2026, 11, 20))
MADRID = ZoneInfo("Europe/Madrid")


def answer(
    member, profile, asked: float, answered: float, *, remote_id: str, more: float | None = None
) -> Conversation:
    ingest_inbound(profile, [says("Rye?", remote_id=remote_id, minute=asked)])
    if more is not None:
        ingest_inbound(profile, [says("Hello?", remote_id=f"{remote_id}9", parent=remote_id, minute=more)])
    talk = Conversation.objects.select_related("profile").get(root_id=remote_id)
    written = reply(member, talk, "Yes")
    end(begin(written.outgoing), sent_as(f"{remote_id}7", minute=answered))
    return talk


def reply(member, talk: Conversation, text: str) -> Message:
    """By somebody who has seen all of it."""
    return reply_to_conversation(member, talk, text=text, seen=Message.objects.latest("pk").pk)


def of(member, *people, profiles=None) -> dict[str, AnswerTimes]:
    ids = [one.pk for one in profiles or ()]
    return {one.member.name: one for one in list_answer_times(people, ids, DAY, zone=MADRID)}


def test_it_is_from_the_oldest_that_waited_until_the_answer_was_there(cast):
    answer(cast.cole, cast.x, 0, 20, remote_id="11", more=15)
    answer(cast.cole, cast.x, 0, 40, remote_id="12")
    answer(cast.lena, cast.x, 0, 90, remote_id="13")
    found = of(cast.lena, cast.cole, cast.lena, cast.ed, profiles=[cast.x])
    assert (found["Cole"].count, found["Cole"].usual, found["Cole"].longest) == (
        2,
        timedelta(minutes=30),
        timedelta(minutes=40),
    )
    assert (found["Lena"].count, found["Lena"].usual) == (1, timedelta(minutes=90))
    assert (found["Ed"].count, found["Ed"].usual, found["Ed"].longest) == (0, None, None)
    assert of(cast.lena, cast.cole, profiles=[cast.page])["Cole"].count == 0


def test_a_second_answer_to_nobody_who_waits_is_none(cast):
    talk = answer(cast.cole, cast.x, 0, 20, remote_id="11")
    written = reply(cast.cole, talk, "And rolls")
    end(begin(written.outgoing), sent_as("15", minute=300))
    assert of(cast.lena, cast.cole, profiles=[cast.x])["Cole"].count == 1


def test_an_answer_that_failed_is_none_and_does_not_shorten_the_next(cast):
    ingest_inbound(cast.x, [says("Rye?", remote_id="11", minute=0)])
    talk = Conversation.objects.select_related("profile").get()
    failed = reply(cast.cole, talk, "Yes")
    end(begin(failed.outgoing), ended(Refused("No.")))
    written = reply(cast.cole, talk, "Yes!")
    end(begin(written.outgoing), sent_as("15", minute=50))
    [found] = list_answer_times(
        [cast.cole], [cast.x.pk], Period(DAY.first, now().date() + timedelta(days=1)), zone=MADRID
    )
    asked, answered = (Message.objects.get(text=text).sent_at for text in ("Rye?", "Yes!"))
    assert (found.count, found.usual) == (1, answered - asked)


def test_what_waits_for_somebody_now_is_beside_it(cast):
    ingest_inbound(cast.x, [says("Rye?", remote_id="11"), says("Rolls?", remote_id="12", author=EVE, minute=5)])
    for talk in Conversation.objects.order_by("pk"):
        assign_conversation(cast.lena, talk, member=cast.cole)
    found = of(cast.lena, cast.cole, profiles=[cast.x])["Cole"]
    assert found.waiting == 2
    assert found.waits_since == Conversation.objects.order_by("unanswered_since")[0].unanswered_since


def test_it_is_two_queries_however_many(cast, django_assert_num_queries):
    answer(cast.cole, cast.x, 0, 20, remote_id="11")
    with django_assert_num_queries(2):
        of(cast.lena, cast.cole, cast.lena, cast.ed, cast.priya, profiles=[cast.x, cast.page])


def names(member, **asked) -> set[str]:
    return {one.name for one in answer_time_people(member, **asked)[0]}


def test_leaders_look_at_their_teams_admins_at_everybody_others_at_themselves(cast, sign_in):
    assert names(cast.lena) == {"Lena", "Cole", "Priya", "Ed"}
    assert {"Ana", "Ava", "Vic"} <= names(cast.olive)
    assert names(cast.olive, team=str(cast.team.pk)) == {"Lena", "Cole", "Priya", "Ed"}
    assert names(cast.cole) == {"Cole"}
    set_grants(cast.olive, cast.page, members={cast.lena.pk: []})
    assert list(answer_time_people(cast.lena)[1]) == [cast.x]  # leading shows nothing that one may not view
    page = "/o/acme/analytics/answers/"
    assert "Priya" not in sign_in(cast.cole).get(page).content.decode()
    assert sign_in(cast.cole).get(page, {"team": cast.team.pk}).status_code == 404
    assert sign_in(cast.mallory).get(page).status_code == 404


def test_the_page_says_it_in_words(cast, sign_in, django_assert_max_num_queries):
    answer(cast.cole, cast.x, 0, 20, remote_id="11")
    client = sign_in(cast.lena)
    client.get("/o/acme/analytics/answers/")
    with django_assert_max_num_queries(15):
        page = client.get("/o/acme/analytics/answers/", {"from": "2026-11-20", "to": "2026-11-20"}).content.decode()
    row = page[page.index(f'id="member-{cast.cole.pk}"') :]
    assert "20 min" in row[: row.index("</tr>")]
