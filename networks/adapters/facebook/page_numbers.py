"""A Page's numbers. Counts come for fifty posts in one call; insights must be asked post by post, metric by metric."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from networks.adapters import json_values
from networks.adapters.facebook import parse
from networks.contract import Metrics
from networks.errors import Refused

BATCH_SIZE = 50
NUMBER_FIELDS = "id,shares,comments.limit(0).summary(true),reactions.limit(0).summary(true)"
# One retired metric fails the whole call, so each is asked alone.
INSIGHT_METRICS = {"impressions": "post_media_view", "clicks": "post_clicks"}
NO_SUCH_OBJECT = "100/33"
NO_NUMBER = "Facebook did not send this number."
NO_INSIGHT = "Facebook has no number for this post yet."

Item = Mapping[str, Any]


def fetch_known_nodes(ask: Callable[[Sequence[str]], Item], ids: Sequence[str]) -> Iterator[Item]:
    """The nodes of `ids` that Facebook still knows.

    A single unknown id fails the call for all, so a refused batch is halved until the culprits stand alone.
    """
    if not ids:
        return
    try:
        answer = ask(ids)
    except Refused:
        middle = len(ids) // 2
        if middle:
            yield from fetch_known_nodes(ask, ids[:middle])
            yield from fetch_known_nodes(ask, ids[middle:])
        return
    for remote_id in ids:
        node = json_values.mapping_or_empty(answer.get(remote_id))
        if node:
            yield {**node, "id": remote_id}


def post_metrics(node: Item, insights: Mapping[str, int | str], *, as_of: datetime) -> Metrics:
    """`insights` holds per key a number, or in words why there is none."""
    values: dict[str, int | None] = {
        # Reactions of every kind, as the Page itself shows them.
        "likes": parse.summary_total(node, "reactions"),
        "replies": parse.summary_total(node, "comments"),
        # Graph leaves `shares` out where there are none: here absence is a real zero.
        "reposts": json_values.int_or_none(json_values.mapping_or_empty(node.get("shares")).get("count", 0)),
    }
    missing = {key: NO_NUMBER for key, value in values.items() if value is None}
    for key, value in insights.items():
        values[key] = value if isinstance(value, int) else None
        if isinstance(value, str):
            missing[key] = value
    return Metrics(remote_id=json_values.text_or_empty(node.get("id")), as_of=as_of, values=values, missing=missing)


def page_metrics(node: Item, page_id: str, *, as_of: datetime) -> Metrics:
    followers = json_values.int_or_none(node.get("followers_count"))
    missing = {} if followers is not None else {"followers": NO_NUMBER}
    return Metrics(remote_id=page_id, as_of=as_of, values={"followers": followers}, missing=missing)
