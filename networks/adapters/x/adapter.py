"""X for one profile, through tweepy."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, BinaryIO

import requests

from foundation.internet import http
from networks.adapters import json_values, transport
from networks.adapters.x import media_upload, parse, push, renewal
from networks.adapters.x.client import XClient, XError
from networks.adapters.x.errors import network_error_of, read_problem
from networks.adapters.x.manifest import MANIFEST
from networks.adapters.x.text_length import TEXT_LIMIT, weighted_length
from networks.contract import (
    Access,
    Adapter,
    CallKind,
    Capabilities,
    Deletes,
    Draft,
    Identity,
    Inbound,
    InboundChange,
    InboundPage,
    Measures,
    Media,
    Metrics,
    Polls,
    Published,
    Publishes,
    Pushes,
    Refetches,
    Renews,
    Replies,
    Uploaded,
    Uploads,
)
from networks.errors import AppMisconfigured, Disconnected, Gone, Refused, Unavailable

_POST_FIELDS = [
    "id",
    "text",
    "created_at",
    "author_id",
    "conversation_id",
    "in_reply_to_user_id",
    "referenced_tweets",
    "entities",
    "attachments",
    "note_tweet",
    # tweepy warns about answers without it, and X sends it only when asked among other fields
    "edit_history_tweet_ids",
]
_USER_FIELDS = ["id", "name", "username", "profile_image_url"]
_PAGE_SIZE = 100
_CLOCK_SKEW = timedelta(seconds=60)


class XAdapter(Adapter, Renews, Publishes, Uploads, Deletes, Replies, Polls, Refetches, Pushes, Measures):
    network = MANIFEST.network
    label = MANIFEST.label
    capabilities = Capabilities(
        text_limit=TEXT_LIMIT,
        media=media_upload.MEDIA_LIMITS,
        alt_text_limit=media_upload.ALT_TEXT_LIMIT,
        wordless=True,
        threads=True,
        first_comment=True,
        push=True,
        read_lag_seconds=60,
    )

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.client = XClient(access)

    @classmethod
    def measure_text(cls, text: str) -> int:
        return weighted_length(text)

    def identify(self) -> Identity:
        body = self._read(self.client.get_me, user_fields=_USER_FIELDS)
        found = parse.parse_identity(json_values.mapping_or_empty(body.get("data")))
        if not found.remote_id:
            raise Unavailable("X did not say whose sign-in this is.", detail="users/me without an id")
        return found

    def renew(self) -> Mapping[str, Any]:
        return renewal.renew_credentials(self.client, self.access, now=transport.utcnow())

    def publish(self, draft: Draft) -> Published:
        media_ids = transport.require_media_ids(draft, self.label)
        with transport.translate_faults(self.label, write=True):
            body = http.parse_json(
                self._call(
                    self.client.create_tweet,
                    write=True,
                    text=draft.text if draft.text or not media_ids else None,
                    in_reply_to_tweet_id=draft.in_reply_to,
                    media_ids=media_ids or None,
                )
            )
        data = json_values.mapping_or_empty(json_values.mapping_or_empty(body).get("data"))
        if not json_values.text_or_empty(data.get("id")):
            raise transport.ambiguous_error(self.label, "confirmed without an id")
        return parse.parse_published(data, self.access.handle)

    def find(self, draft: Draft, *, since: datetime, taken: Collection[str] = ()) -> Published | None:
        """The newest post of ours since then with the draft's own files, or the same text beneath the same parent.

        `start_time` and not `since_id` bounds the list: a made-up since_id means something only where ids hold their
        time, and X lets since_id win where both are given. The time is checked here again, for a server that ignores
        it would offer an older post with the same words. A post without a time is taken by its text.
        """
        earliest = since - _CLOCK_SKEW
        pages = self._pages(self.client.get_users_tweets, start_time=earliest)
        for page in pages:
            items = json_values.mappings_in(page.get("data"))
            times = [parse.sent_time_of(item) for item in items]
            for item, sent_at in zip(items, times, strict=True):
                free = json_values.text_or_empty(item.get("id")) not in taken
                if free and (sent_at is None or sent_at >= earliest) and parse.is_copy_of(item, draft):
                    return parse.parse_published(item, self.access.handle)
            if times and all(sent_at and sent_at < earliest for sent_at in times):
                break
        return None

    def upload(self, media: Media, file: BinaryIO) -> Uploaded:
        return media_upload.upload_media(self._call_upload, self.access, media, file)

    def check_upload(self, held: Uploaded) -> Uploaded:
        return media_upload.fetch_upload_status(self._call_upload, self.access, held)

    def delete(self, remote_id: str) -> None:
        try:
            with transport.translate_faults(self.label, write=True):
                body = http.parse_json(self._call(self.client.delete_tweet, remote_id, write=True))
        except Gone:
            return
        if not parse.confirms_deletion(body):
            raise Refused("X did not delete it.", detail=read_problem(body).detail or "not deleted")

    def fetch_inbound(self, cursor: Mapping[str, Any], *, posts: Sequence[str]) -> InboundPage:
        """Mentions, and answers that mention the profile, as answers on X do. `posts` is not needed here."""
        last_seen, stated = json_values.text_or_empty(cursor.get("since_id")), ""
        listed: list[str] = []
        bound = {"since_id": last_seen} if last_seen else {}
        found: dict[str, Inbound] = {}
        changes: list[InboundChange] = []
        now = transport.utcnow()
        extra = {"expansions": ["author_id"], "user_fields": _USER_FIELDS}
        for page in self._pages(self.client.get_users_mentions, **bound, **extra):
            users = parse.users_by_id(page.get("includes"))
            stated = stated or json_values.text_or_empty(
                json_values.mapping_or_empty(page.get("meta")).get("newest_id")
            )
            for item in json_values.mappings_in(page.get("data")):
                listed.append(json_values.text_or_empty(item.get("id")))
                one = parse.parse_inbound(item, users, own_id=self.access.remote_id, now=now)
                if one and one.remote_id not in found:
                    found[one.remote_id] = one
                    changes += [parse.parse_change(item)] if len(parse.version_ids(item)) > 1 else []
        newest = parse.newest_id(listed, last_seen, stated)
        items = sorted(found.values(), key=lambda one: (one.sent_at, len(one.remote_id), one.remote_id))
        cursor = {**cursor, "since_id": newest} if newest else dict(cursor)
        return InboundPage(items=tuple(items), cursor=cursor, changes=tuple(changes))

    def refetch_inbound(self, remote_ids: Sequence[str]) -> list[InboundChange]:
        """A post that is asked for by an id of before an edit comes as it was then, with the ids of what it became."""
        bodies = self._look_up_posts(remote_ids)
        items = [item for body in bodies for item in json_values.mappings_in(body.get("data"))]
        newest = {
            one: parse.version_ids(item)[-1] for item in items if (one := json_values.text_or_empty(item.get("id")))
        }
        later = self._look_up_posts([last for one, last in newest.items() if last != one])
        edited = {
            json_values.text_or_empty(item.get("id")): item
            for body in later
            for item in json_values.mappings_in(body.get("data"))
        }
        gone = [
            InboundChange(one, removed=True) for body in bodies for one in parse.missing_ids(body) if one in remote_ids
        ]
        return gone + [
            parse.parse_change(edited.get(newest[one], item))
            for item in items
            if (one := json_values.text_or_empty(item.get("id")))
        ]

    def _look_up_posts(self, remote_ids: Sequence[str]) -> list[Mapping[str, Any]]:
        parts = [remote_ids[at : at + _PAGE_SIZE] for at in range(0, len(remote_ids), _PAGE_SIZE)]
        return [self._read(self.client.get_tweets, list(some), tweet_fields=_POST_FIELDS) for some in parts]

    def measure_posts(self, remote_ids: Iterable[str]) -> list[Metrics]:
        unique_ids = list(dict.fromkeys(remote_ids))
        found = []
        for start in range(0, len(unique_ids), _PAGE_SIZE):
            some = unique_ids[start : start + _PAGE_SIZE]
            body = self._read(self.client.get_tweets, some, tweet_fields=["public_metrics", "edit_history_tweet_ids"])
            now = transport.utcnow()
            items = [
                item
                for item in json_values.mappings_in(body.get("data"))
                if json_values.text_or_empty(item.get("id")) in some
            ]
            found += [parse.parse_metrics(item, parse.POST_NUMBERS, as_of=now) for item in items]
        return found

    def measure_profile(self) -> Metrics:
        body = self._read(self.client.get_me, user_fields=["public_metrics"])
        user = {"id": self.access.remote_id, **json_values.mapping_or_empty(body.get("data"))}
        return parse.parse_metrics(user, parse.PROFILE_NUMBERS, as_of=transport.utcnow())

    @classmethod
    def challenge(cls, params: Mapping[str, str], *, secret: str, verify_token: str) -> str | None:
        return push.answer_challenge(params, secret=secret)

    @classmethod
    def verify_push(cls, body: bytes, headers: Mapping[str, str], *, secret: str) -> bool:
        return push.verify_signature(body, headers, secret=secret)

    @classmethod
    def parse_push(cls, body: bytes) -> Mapping[str, Sequence[Inbound | InboundChange]]:
        return push.parse_push_items(body, now=transport.utcnow())

    def _pages(self, method: Callable[..., Any], **params: Any) -> Iterable[Mapping[str, Any]]:
        """All pages of one of the profile's timelines, newest first."""

        def fetch(token: str | None) -> Mapping[str, Any]:
            page = self._read(
                method,
                self.access.remote_id,
                max_results=_PAGE_SIZE,
                pagination_token=token,
                tweet_fields=_POST_FIELDS,
                **params,
            )
            if "errors" in page and not {"data", "meta"} & page.keys():
                # A timeline that may not be read comes as 200: it must not pass for an empty one.
                raise Unavailable("X does not show this profile's posts.", detail=read_problem(page).detail)
            return page

        def next_token(page: Mapping[str, Any]) -> str | None:
            return json_values.text_or_empty(json_values.mapping_or_empty(page.get("meta")).get("next_token")) or None

        return transport.drain_pages(fetch, next_token, self.label)

    def _read(self, method: Callable[..., Any], *args: Any, **params: Any) -> Mapping[str, Any]:
        with transport.translate_faults(self.label, write=False):
            body = http.parse_json(self._call(method, *args, write=False, **params))
        if not isinstance(body, Mapping):
            raise Unavailable("X sent an answer that cannot be read.", detail=f"a {type(body).__name__}, not an object")
        return body

    def _call_upload(self, method: str, route: str, **params: Any) -> Mapping[str, Any]:
        """One call of an upload; X answers some of them without a body."""
        with transport.ambiguous_as_unavailable(self.label), transport.translate_faults(self.label, write=True):
            response = self._call(self.client.request, method, route, write=True, **params)
            return json_values.mapping_or_empty(http.parse_json(response)) if response.content else {}

    def _call(self, method: Callable[..., Any], *args: Any, write: bool, **params: Any) -> requests.Response:
        if self.client.signs and not (self.client.consumer_key and self.client.consumer_secret):
            raise AppMisconfigured("The X app's consumer key and secret are not set on this server.")
        if not (self.client.signs or self.client.bearer_token):
            raise Disconnected("This profile has no sign-in for X. Connect it again.")
        try:
            response: requests.Response = method(*args, user_auth=self.client.signs, **params)
        except XError as error:
            refusal = network_error_of(
                error, write=write, secrets=transport.secrets_of(self.access), now=transport.utcnow()
            )
            transport.report_rate_limit(self.access, refusal, CallKind.WRITES if write else CallKind.READS)
            raise refusal from None
        return response
