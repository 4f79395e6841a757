"""What the page of numbers shows, as a file, for whom the page shows it."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict

from analytics.measuring import measure_due_numbers
from analytics.models import Measurement, Rollup
from analytics.period import Period, last_month
from analytics.queries import post_numbers
from analytics.report_filters import parse_report_filters
from networks.models import Profile, RemotePost
from tests.analytics.conftest import send

pytestmark = pytest.mark.usefixtures("in_acme")
DOWNLOAD = "/o/acme/analytics/download/"
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
THAT_DAY = {"from": "2026-11-20", "to": "2026-11-21"}


def rows(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 11, 27), date(2026, 10, 1), date(2026, 10, 31)),
        (date(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 31)),
        (date(2028, 3, 31), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_last_month_is_the_calendar_s(today, first, last):
    assert last_month(today) == Period(first, last)
    chosen = parse_report_filters(QueryDict("days=month"), today)
    assert (chosen.period, chosen.preset) == (Period(first, last), "month")
    assert parse_report_filters(QueryDict(f"from={first}&to={last}"), today).preset == "month"


def test_the_page_offers_it(cast, sign_in):
    page = sign_in(cast.ana).get("/o/acme/analytics/", {"days": "month"}).content.decode()
    assert 'aria-current="true">Last month</a>' in page
    assert "days=month" in page[page.index("analytics/download/") :]


def test_each_day_has_its_line_and_what_is_not_known_is_empty(cast, sign_in):
    Rollup.objects.create(profile=cast.x, day=AT.date(), metric="likes", value=-2, as_of=AT)
    Profile.objects.update(created_at=AT)
    found = rows(sign_in(cast.ana).get(DOWNLOAD, {**THAT_DAY, "what": "days"}))
    assert [row["Day"] for row in found] == ["2026-11-20", "2026-11-21"]
    assert (found[0]["Likes"], found[0]["Posts sent"], found[0]["Clicks"]) == ("-2", "0", "")


def test_each_post_has_its_line_with_its_numbers_and_runs_nothing(cast, network, sign_in):
    post = send(cast.x, at=AT)
    RemotePost.objects.filter(pk=post.pk).update(text="=HYPERLINK(1)")
    network.posts = {post.remote_id: {"likes": 3, "clicks": None}}
    network.missing = {"clicks": "@Permission missing."}
    Measurement.objects.update(due_at=AT)
    measure_due_numbers(cast.x.pk)
    [found] = rows(sign_in(cast.ana).get(DOWNLOAD, {**THAT_DAY, "what": "posts"}))
    assert (found["Text"], found["Handle"], found["Network"]) == ("'=HYPERLINK(1)", "acme", "X")
    assert (found["Likes"], found["Clicks"], found["Not known because"]) == ("3", "", "'@Permission missing.")


def test_it_is_the_pages_own_judgement(cast, sign_in):
    post = send(cast.x, at=AT)
    assert rows(sign_in(cast.vic).get(DOWNLOAD, {**THAT_DAY, "what": "posts"}))  # a viewer may analyse everything
    assert rows(sign_in(cast.cole).get(DOWNLOAD, {**THAT_DAY, "what": "posts"})) == []
    for who in (cast.cole, cast.ed):
        assert sign_in(who).get(DOWNLOAD, {"profile": cast.x.pk}).status_code == 403
    assert sign_in(cast.cole).get(DOWNLOAD, {"profile": cast.page.pk}).status_code == 404
    assert sign_in(cast.mallory).get(DOWNLOAD).status_code == 404
    assert sign_in(cast.ana).get(DOWNLOAD, {"from": "soon"}).status_code == 400
    assert post.permalink


def test_many_leave_in_pieces_and_in_the_pages_order(cast, sign_in, monkeypatch):
    monkeypatch.setattr(post_numbers, "DOWNLOAD_BATCH", 2)
    texts = [send(cast.x, at=AT.replace(minute=minute)).text for minute in range(5)]
    found = rows(sign_in(cast.ana).get(DOWNLOAD, {**THAT_DAY, "what": "posts"}))
    assert [row["Text"] for row in found] == texts[::-1]
