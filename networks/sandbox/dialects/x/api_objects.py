"""X's objects. As on X, text does not come back as it was sent: links are wrapped and &, < and > are escaped."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from networks.adapters.x.link_detection import find_links
from networks.sandbox.dialects.x.media_calls import media_key_of
from networks.sandbox.entry_numbers import followers_of, numbers_of_entries
from networks.sandbox.models import Account, Entry

_ALWAYS_FIELDS = ("id", "text", "edit_history_tweet_ids")


def format_time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def build_tweets(entries: Iterable[Entry], fields: Iterable[str], *, at: datetime) -> list[dict[str, Any]]:
    """The entries (with `author` and `parent` selected) with the fields asked for."""
    listed, wanted = list(entries), {*_ALWAYS_FIELDS, *fields}
    counted = numbers_of_entries(listed, at=at) if "public_metrics" in wanted else {}
    return [{key: value for key, value in build_tweet(one, counted).items() if key in wanted} for one in listed]


def build_tweet(entry: Entry, counted: Mapping[int, Any]) -> dict[str, Any]:
    text, links = text_with_links(entry)
    whole: dict[str, Any] = {
        "id": entry.remote_id,
        "text": text,
        "edit_history_tweet_ids": [*(earlier for earlier, _ in entry.earlier), entry.remote_id],
        "author_id": entry.author.remote_id,
        "created_at": format_time(entry.created_at),
        "conversation_id": entry.root_entry.remote_id,
        "lang": "en",
        "public_metrics": public_metrics(counted.get(entry.pk)),
    }
    if entry.files:
        whole["attachments"] = {"media_keys": [media_key_of(one) for one in entry.files]}
    if links:
        whole["entities"] = {"urls": links}
    if entry.parent:
        whole["in_reply_to_user_id"] = entry.parent.author.remote_id
        whole["referenced_tweets"] = [{"type": "replied_to", "id": entry.parent.remote_id}]
    return whole


def text_with_links(entry: Entry) -> tuple[str, list[dict[str, Any]]]:
    """The text as X returns it, with the links in it: the last leads to what the post shows, once for each of that."""
    text, found = shorten_links(text_with_mention(entry), entry.remote_id)
    if own := file_links_of(entry):
        text, found = f"{text} {own[0]['url']}".strip(), [*found, *own]
    for link in found:
        start = text.find(link["url"])
        link.update(start=start, end=start + len(link["url"]))
    return text, found


def shorten_links(words: str, remote_id: str) -> tuple[str, list[dict[str, Any]]]:
    """Composed, without space at its ends, each link short, and then escaped: addresses in `links` are not."""
    found: list[dict[str, Any]] = []
    text, at = unicodedata.normalize("NFC", words).strip(), 0
    shown = ""
    for start, end in find_links(text):
        address = text[start:end]
        full = address if "://" in address else f"http://{address}"
        digest = hashlib.sha256(f"{remote_id}{full}{len(found)}".encode()).hexdigest()
        found.append({"url": f"https://t.co/{digest[:10]}", "expanded_url": full, "display_url": display_address(full)})
        shown, at = f"{shown}{text[at:start]}{found[-1]['url']}", end
    return escape_text(shown + text[at:]), found


def escape_text(text: str) -> str:
    return html.escape(text, quote=False)


def file_links_of(entry: Entry) -> list[dict[str, Any]]:
    digest = hashlib.sha256(f"{entry.remote_id} files".encode()).hexdigest()[:10]
    kind = "video" if any(one.kind == "video" for one in entry.files) else "photo"
    full = f"https://x.com/{entry.author.handle}/status/{entry.remote_id}/{kind}/1"
    link = {"url": f"https://t.co/{digest}", "expanded_url": full, "display_url": f"pic.x.com/{digest}"}
    return [{**link, "media_key": media_key_of(one)} for one in entry.files]


def text_with_mention(entry: Entry) -> str:
    """X puts the name of whoever is answered in front, unless it stands there."""
    answered = entry.parent.author if entry.parent else entry.author
    mark = f"@{answered.handle}"
    if answered == entry.author or entry.text.lower().startswith(mark.lower()):
        return entry.text
    return f"{mark} {entry.text}"


def display_address(address: str) -> str:
    plain = re.sub(r"^https?://(?:www\.)?", "", address)
    return plain if len(plain) <= 27 else plain[:26] + "…"


def public_metrics(counted: Any) -> dict[str, int]:
    if counted is None:
        return {}
    return {
        "retweet_count": counted.reposts,
        "reply_count": counted.replies,
        "like_count": counted.likes,
        "quote_count": counted.reposts // 4,
        "bookmark_count": counted.bookmarks,
        "impression_count": counted.impressions,
    }


def user_object(account: Account, *, at: datetime) -> dict[str, Any]:
    return {
        "id": account.remote_id,
        "name": escape_text(account.name),
        "username": account.handle,
        "created_at": format_time(account.created_at),
        "public_metrics": {
            "followers_count": followers_of(account, at=at),
            "following_count": followers_of(account, at=account.created_at) // 9,
            "tweet_count": Entry.objects.filter(author=account).count(),
            "listed_count": 0,
        },
    }
