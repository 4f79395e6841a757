"""Numbers by day."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from analytics.derive import day_of
from analytics.models import Rollup
from networks.models import Profile
from socialops.volume.row_maker import RowMaker, save_rows


def make_numbers(maker: RowMaker, profiles: list[Profile]) -> None:
    today = day_of(maker.now, ZoneInfo(maker.organization.time_zone))
    for profile in profiles:
        followers, rows = maker.dice.randrange(100, 50_000), []
        for back in range(maker.wanted.days, -1, -1):
            followers += maker.dice.randrange(-3, 12)
            values = {
                **random_metrics(maker),
                "followers": followers,
                "posts_sent": 1,
                "messages_in": 3,
                "replies_sent": 1,
            }
            day = today - timedelta(days=back)
            rows += [
                Rollup(
                    organization=maker.organization,
                    profile=profile,
                    day=day,
                    metric=metric,
                    value=value,
                    as_of=maker.now,
                )
                for metric, value in values.items()
            ]
        save_rows(Rollup, rows)


def random_metrics(maker: RowMaker) -> dict[str, int]:
    views = int(maker.dice.lognormvariate(6, 1))
    return {
        "impressions": views,
        "likes": views // 40,
        "replies": views // 400,
        "reposts": views // 200,
        "clicks": views // 90,
    }
