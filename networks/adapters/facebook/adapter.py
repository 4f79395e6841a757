"""A Facebook Page, through facebook-sdk."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from networks.adapters import json_values, transport
from networks.adapters.facebook import inbound, page_numbers, parse, photo_uploads, push
from networks.adapters.facebook.client import GraphClient, GraphError
from networks.adapters.facebook.errors import MissingPermission, network_error_of
from networks.adapters.facebook.manifest import MANIFEST
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
    Replies,
    Uploaded,
    Uploads,
)
from networks.errors import AppMisconfigured, Disconnected, Gone, NetworkError, Refused, Unavailable

_TEXT_LIMIT = 63_206
_CLOCK_SKEW = timedelta(seconds=60)
_POST_FIELDS = "id,message,created_time,permalink_url,from"
_COMMENT_FIELDS = "id,message,from,created_time,permalink_url"
# Asking for a link must not keep a confirmed post waiting for long.
_LINK_TIMEOUT = (2.0, 5.0)


class FacebookAdapter(Adapter, Publishes, Uploads, Deletes, Replies, Polls, Refetches, Pushes, Measures):
    network = MANIFEST.network
    label = MANIFEST.label
    capabilities = Capabilities(
        text_limit=_TEXT_LIMIT,
        media=photo_uploads.MEDIA_LIMITS,
        alt_text_limit=photo_uploads.ALT_TEXT_LIMIT,
        wordless=True,
        first_comment=True,
        push=True,
        read_lag_seconds=60,
    )

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.graph = GraphClient(access)
        self.page_id: str = json_values.text_or_empty(access.credentials.get("page_id")) or access.remote_id or "me"
        self._failed_metrics: dict[str, str] = {}

    @classmethod
    def measure_text(cls, text: str) -> int:
        return len(text)

    def identify(self) -> Identity:
        fields = "id,name,username,link,picture{url}"
        found = parse.parse_identity(self._read(self.graph.get_object, self.page_id, fields=fields))
        if not found.remote_id:
            raise Unavailable("Facebook did not say whose sign-in this is.", detail="a Page without an id")
        return found

    def publish(self, draft: Draft) -> Published:
        parent = self._parent(draft)
        if parent and draft.media:
            raise Refused("Pictures cannot be sent to Facebook in a comment from here.")
        payload = {
            **({"message": draft.text} if draft.text else {}),
            **photo_uploads.attachment_fields(transport.require_media_ids(draft, self.label)),
        }
        node, edge = (parent, "comments") if parent else (self.page_id, "feed")
        # No `fields` in this call: Graph may create the object first and then fail the call over a field.
        answer = self._call(self.graph.put_object, node, edge, write=True, **payload)
        remote_id = json_values.text_or_empty(json_values.mapping_or_empty(answer).get("id"))
        if not remote_id:
            raise transport.ambiguous_error(self.label, "confirmed without an id")
        return Published(remote_id=remote_id, permalink=self._permalink(remote_id))

    def find(self, draft: Draft, *, since: datetime, taken: Collection[str] = ()) -> Published | None:
        """The newest post since then with the draft's own pictures or the same text, or comment of the Page beneath the
        same parent with that."""
        earliest = since - _CLOCK_SKEW
        parent = self._parent(draft)
        writers = {self.page_id} if parent else {self.page_id, ""}
        for page in self._own_comments(parent) if parent else self._own_posts(earliest, draft):
            items = json_values.mappings_in(page.get("data"))
            for item in items:
                made_at = parse.sent_time_of(item)
                fresh = made_at is None or made_at >= earliest
                free = json_values.text_or_empty(item.get("id")) not in taken
                if free and fresh and parse.author_id_of(item) in writers and parse.is_copy_of(item, draft):
                    return parse.parse_published(item)
            if parse.reaches_back_to(items, earliest):
                break
        return None

    def upload(self, media: Media, file: BinaryIO) -> Uploaded:
        if media.kind not in photo_uploads.MEDIA_LIMITS:
            raise Refused("Only still pictures can be sent to Facebook from here.")
        source, words = photo_uploads.file_part(media, file.read()), photo_uploads.photo_fields(media)
        with transport.ambiguous_as_unavailable(self.label):
            answer = self._call(self.graph.put_picture, self.page_id, source, write=True, **words)
        media_id = json_values.text_or_empty(json_values.mapping_or_empty(answer).get("id"))
        if not media_id:
            raise Unavailable("Facebook did not take a picture.", detail="a photo without an id")
        return Uploaded(media_id, marker=media_id, expires_at=transport.utcnow() + photo_uploads.UPLOAD_LIFETIME)

    def check_upload(self, held: Uploaded) -> Uploaded:
        """Facebook works on nothing afterwards: it has the picture, or has it no longer."""
        self._read(self.graph.get_object, held.media_id, fields="id")
        return held

    def delete(self, remote_id: str) -> None:
        """Graph says the same of what is gone and of what may not be touched: only what it does not show is gone."""
        try:
            answer = self._call(self.graph.delete_object, remote_id, write=True)
        except Gone:
            if self._exists(remote_id):
                raise Refused("Facebook does not let us delete this.", detail="there, but refused as missing") from None
            return
        if json_values.mapping_or_empty(answer).get("success") is not True:
            raise Refused("Facebook did not delete it.", detail="answered without success")

    def fetch_inbound(self, cursor: Mapping[str, Any], *, posts: Sequence[str]) -> InboundPage:
        return inbound.fetch_inbound(self, cursor, posts, transport.utcnow())

    def refetch_inbound(self, remote_ids: Sequence[str]) -> list[InboundChange]:
        parts = [
            remote_ids[at : at + page_numbers.BATCH_SIZE] for at in range(0, len(remote_ids), page_numbers.BATCH_SIZE)
        ]
        fields = f"id,message,{inbound.HIDDEN_FIELD}"
        return [one for batch in parts for one in inbound.fetch_changes(self._fetch_nodes, batch, fields)]

    def measure_posts(self, remote_ids: Iterable[str]) -> list[Metrics]:
        unique_ids = list(dict.fromkeys(remote_ids))
        nodes = [
            node
            for start in range(0, len(unique_ids), page_numbers.BATCH_SIZE)
            for node in page_numbers.fetch_known_nodes(
                self._fetch_nodes, unique_ids[start : start + page_numbers.BATCH_SIZE]
            )
        ]
        return [page_numbers.post_metrics(node, self._insights(node["id"]), as_of=transport.utcnow()) for node in nodes]

    def measure_profile(self) -> Metrics:
        node = self._read(self.graph.get_object, self.page_id, fields="id,followers_count")
        return page_numbers.page_metrics(node, self.access.remote_id or self.page_id, as_of=transport.utcnow())

    @classmethod
    def challenge(cls, params: Mapping[str, str], *, secret: str, verify_token: str) -> str | None:
        return push.answer_challenge(params, verify_token=verify_token)

    @classmethod
    def verify_push(cls, body: bytes, headers: Mapping[str, str], *, secret: str) -> bool:
        return push.verify_signature(body, headers, secret=secret)

    @classmethod
    def parse_push(cls, body: bytes) -> Mapping[str, Sequence[Inbound | InboundChange]]:
        return push.parse_push_items(body, now=transport.utcnow())

    def read_once(self, node: str, edge: str, **params: Any) -> Mapping[str, Any]:
        return self._read(self.graph.get_connections, node, edge, **params)

    def read_all(self, node: str, edge: str, **params: Any) -> Iterator[Mapping[str, Any]]:
        def fetch(after: str | None) -> Mapping[str, Any]:
            return self.read_once(node, edge, **params, **({"after": after} if after else {}))

        return transport.drain_pages(fetch, parse.next_cursor, self.label)

    def _parent(self, draft: Draft) -> str | None:
        """What the draft is written beneath. Comments nest once, so an answer to an answer goes to the comment above.

        A thread that is a post of the Page is not such a comment: answering there would leave the thread.
        """
        thread = draft.thread_id or ""
        if draft.in_reply_to and (not thread or thread.startswith(f"{self.page_id}_")):
            return draft.in_reply_to
        return thread or None

    def _own_posts(self, since: datetime, draft: Draft) -> Iterator[Mapping[str, Any]]:
        """The plain feed holds them as well, among those of visitors; a server that does not know how to tell what a
        post shows is asked for the rest."""
        fields = [f"{_POST_FIELDS},{photo_uploads.ATTACHMENTS_FIELD}"] if draft.media else []
        fields += [_POST_FIELDS] if draft.text else []  # without words only its pictures tell it from others
        *ways, last = [(edge, asked) for edge in ("published_posts", "feed") for asked in fields]
        bounds = {"since": int(since.timestamp()), "limit": 100}
        for edge, asked in ways:
            try:
                yield from self.read_all(self.page_id, edge, fields=asked, **bounds)
            except Refused:
                continue
            return
        yield from self.read_all(self.page_id, last[0], fields=last[1], **bounds)

    def _own_comments(self, parent: str) -> Iterator[Mapping[str, Any]]:
        return self.read_all(
            parent, "comments", fields=_COMMENT_FIELDS, filter="stream", order="reverse_chronological", limit=100
        )

    def _permalink(self, remote_id: str) -> str:
        """The link as Facebook gives it. Nothing that fails here may cast doubt on what was confirmed."""
        self.graph.timeout = _LINK_TIMEOUT
        try:
            node = self._read(self.graph.get_object, remote_id, fields="permalink_url")
        except NetworkError:
            node = {}
        finally:
            self.graph.timeout = None
        return json_values.text_or_empty(node.get("permalink_url")) or parse.build_permalink(remote_id)

    def _exists(self, remote_id: str) -> bool:
        try:
            self._read(self.graph.get_object, remote_id, fields="id")
        except Gone:
            return False
        return True

    def _fetch_nodes(self, ids: Sequence[str], fields: str = page_numbers.NUMBER_FIELDS) -> Mapping[str, Any]:
        if len(ids) == 1:
            return {ids[0]: self._read(self.graph.get_object, ids[0], fields=fields)}
        return self._read(self.graph.get_objects, ids, fields=fields)

    def _insights(self, remote_id: str) -> dict[str, int | str]:
        return {key: self._insight(remote_id, metric) for key, metric in page_numbers.INSIGHT_METRICS.items()}

    def _insight(self, remote_id: str, metric: str) -> int | str:
        """A number, or why there is none. A metric that failed once is not asked again by this adapter."""
        if metric not in self._failed_metrics:
            try:
                value = parse.parse_insight(self.read_once(remote_id, "insights", metric=metric))
            except (Refused, Unavailable, MissingPermission, AppMisconfigured) as error:
                if error.code == page_numbers.NO_SUCH_OBJECT:
                    return error.user_message
                self._failed_metrics[metric] = error.user_message
            else:
                return page_numbers.NO_INSIGHT if value is None else value
        return self._failed_metrics[metric]

    def _read(self, method: Callable[..., Any], *args: Any, **params: Any) -> Mapping[str, Any]:
        body = self._call(method, *args, write=False, **params)
        if not isinstance(body, Mapping):
            raise Unavailable("Facebook sent an answer that cannot be read.", detail=f"a {type(body).__name__}")
        return body

    def _call(self, method: Callable[..., Any], *args: Any, write: bool, **params: Any) -> Any:
        if not self.graph.access_token:
            raise Disconnected("This Page has no sign-in for Facebook. Connect it again.")
        with transport.translate_faults(self.label, write=write):
            try:
                return method(*args, **params)
            except GraphError as error:
                refusal = network_error_of(
                    error,
                    write=write,
                    on_page=args[0] == self.page_id,
                    secrets=transport.secrets_of(self.access),
                    now=transport.utcnow(),
                )
                transport.report_rate_limit(self.access, refusal, CallKind.ALL)
                raise refusal from None
