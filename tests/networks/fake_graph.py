"""A Page on Graph as a fake: pages that go on although empty, one bad id failing a batch, one bad metric a call."""

import json
import re
import time
import unicodedata
from datetime import UTC, datetime
from typing import Any

from tests.networks.fake import Answer, Call, Dialect, Held

PAGE_ID = "111"
PAGE_SIZE = 2
_PATH = re.compile(r"^/v25\.0/(?P<node>[^/]*)(?:/(?P<edge>\w+))?$")


def as_graph_shows(message: str) -> str:
    """What Facebook makes of a text: no space at the ends, none before the end of a line, one empty line at most."""
    lines = "\n".join(line.rstrip() for line in message.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return unicodedata.normalize("NFC", re.sub(r"\n{3,}", "\n\n", lines)).strip()


class FakeGraph(Dialect):
    page_size = PAGE_SIZE
    refuses_duplicates = True

    def __init__(self, own_id: str = PAGE_ID) -> None:
        super().__init__()
        self.own_id = own_id
        self.posts: dict[str, dict[str, Any]] = {}
        self.comments: dict[str, list[dict[str, Any]]] = {}
        self.tagged: list[dict[str, Any]] | None = None
        self._number = 0
        self.metrics = {"post_media_view": 40}

    def published_texts(self) -> list[str]:
        comments = [one for some in self.comments.values() for one in some if one["from"]["id"] == self.own_id]
        return [one["message"] for one in (*self.posts.values(), *comments)]

    def published_media(self) -> list[list[str]]:
        return [post["photos"] for post in self.posts.values()]

    def add(self, message: str, *, at: datetime | None = None, author: str = "", media: list[str] | None = None) -> str:
        post = self._node(f"{self.own_id}_{self._next()}", message, author or self.own_id, at)
        post["photos"] = media or []
        self.posts[post["id"]] = post
        return post["id"]

    def comment(
        self, post: str, message: str, *, author: str | None = "7", parent: str = "", at: datetime | None = None
    ) -> str:
        one = self._node(f"{post.partition('_')[2]}_{self._next()}", message, author or "", at)
        if parent:
            one["parent"] = {"id": parent}
        if author is None:
            del one["from"]
        self.comments.setdefault(post, []).append(one)
        return one["id"]

    def route(self, call: Call) -> Answer:
        found = _PATH.match(call.path)
        if not found:
            return self._error(2500, "Unknown path components", status=400)
        node, edge = found["node"], found["edge"]
        if call.method == "DELETE":
            return self._delete(node)
        if call.method == "POST":
            return self._photo(node, call) if edge == "photos" else self._create(node, edge or "", call.form)
        if edge:
            return self._edge(node, edge, call)
        return self._nodes(call) if "ids" in call.query else self._single(node, call)

    def refusal(self, fault: str) -> Answer:
        usage = '{"111": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 20}]}'
        answers = {
            "limited": (80001, 2446079, 400, {"X-Business-Use-Case-Usage": usage}),
            "limited_bare": (4, 0, 403, {}),
            "signed_out": (190, 463, 400, {}),
            "duplicate": (506, 1455006, 400, {}),
            "no_permission": (200, 0, 403, {}),
            "lost_page": (100, 33, 400, {}),
            "blocked": (368, 1390008, 400, {}),
        }
        if fault == "error":
            return Answer(502, b"<html>bad gateway</html>", {"Content-Type": "text/html"})
        if fault == "transient":
            return Answer(
                400, {"error": {"code": 2, "message": "Service temporarily unavailable", "is_transient": True}}
            )
        code, subcode, status, headers = answers[fault]
        return self._error(code, f"(#{code}) {fault} {self.token}", subcode=subcode, status=status, headers=headers)

    def _create(self, node: str, edge: str, form: dict[str, str]) -> Answer:
        message = form.get("message", "")
        photos = [one["media_fbid"] for one in json.loads(form.get("attached_media", "[]"))]
        if not set(photos) <= self.held.keys():
            return self._error(100, "(#100) Invalid parameter")
        if edge == "feed" and node == self.own_id:
            if (
                not photos
                and self.refuses_duplicates
                and any(post["message"] == as_graph_shows(message) for post in self.posts.values())
            ):
                return self.refusal("duplicate")
            return Answer(200, {"id": self.add(message, media=photos)})
        post = node if node in self.posts else self._post_of(node)
        if edge != "comments" or post is None:
            return self.refusal("lost_page")
        return Answer(200, {"id": self.comment(post, message, author=self.own_id, parent="" if node == post else node)})

    def _photo(self, node: str, call: Call) -> Answer:
        if node != self.own_id or call.form["published"] != "false":
            return self.refusal("lost_page")
        held = Held(str(9_000 + len(self.held)), call.parts["source"], call.form.get("alt_text_custom", ""))
        self.held[held.media_id] = held
        return Answer(200, {"id": held.media_id})

    def _delete(self, node: str) -> Answer:
        post = node if node in self.posts else self._post_of(node)
        if post is None:
            return self.refusal("lost_page")
        self.posts.pop(node, None)
        gone = self.comments.pop(node, [])
        if not gone and post != node:
            self.comments[post] = [one for one in self.comments[post] if one["id"] != node]
        return Answer(200, {"success": True})

    def _edge(self, node: str, edge: str, call: Call) -> Answer:
        if node == self.own_id and edge in {"feed", "published_posts"}:
            if self.hidden_reads > 0:
                self.hidden_reads -= 1
                return Answer(200, {"data": []})
            since = float(call.query.get("since", 0))
            posts = [
                one
                for one in self.posts.values()
                if self.shows(one["id"]) and datetime.fromisoformat(one["created_time"]).timestamp() >= since
            ]
            return self._page([one for one in posts if edge == "feed" or one["from"]["id"] == self.own_id], call)
        if edge == "comments":
            beneath = [one for one in self._all_comments() if one.get("parent", {}).get("id") == node]
            found = self.comments.get(node, []) if node in self.posts else beneath
            return self._page([one for one in found if self.shows(one["id"])], call)
        if edge == "tagged" and self.tagged is not None:
            return Answer(200, {"data": self.tagged})
        if edge == "insights":
            return self._insight(node, call.query["metric"])
        return self._error(2500, "Unknown path components")

    def _page(self, items: list[dict[str, Any]], call: Call) -> Answer:
        fields = call.query.get("fields", "")
        if "attachments" in fields and not self.shows_media:
            return self._error(100, "(#100) Tried accessing nonexisting field (attachments)")
        newest_first = sorted(
            items, key=lambda one: (one["created_time"], int(one["id"].partition("_")[2])), reverse=True
        )
        start = int(call.query.get("after") or -1)
        if start < 0:
            # The first page is empty and still has a next one, on a host that must not be called.
            cursors = {"before": "0", "after": "0"}
            return Answer(
                200, {"data": [], "paging": {"cursors": cursors, "next": "http://127.0.0.1:9/?access_token=x"}}
            )
        shown = newest_first[start : start + self.page_size]
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + self.page_size)}}
        if start + self.page_size < len(newest_first):
            paging["next"] = "http://127.0.0.1:9/next"
        return Answer(200, {"data": [self._listed(one, fields) for one in shown], "paging": paging})

    def _listed(self, item: dict[str, Any], fields: str) -> dict[str, Any]:
        item = dict(item)
        photos = [{"target": {"id": one}, "type": "photo"} for one in item.pop("photos", [])]
        if "attachments" in fields and photos:
            album = {"type": "album", "target": {"id": "5000"}, "subattachments": {"data": photos}}
            item["attachments"] = {"data": photos if len(photos) == 1 else [album]}
        return item

    def _nodes(self, call: Call) -> Answer:
        ids = call.query["ids"].split(",")
        if not set(ids) <= self.posts.keys():
            return self._error(100, "Some of the objects do not exist", subcode=33)
        return Answer(200, {one: self._counted(one) for one in ids})

    def _counted(self, post: str) -> dict[str, Any]:
        count = len(self.comments.get(post, []))
        return {
            "id": post,
            "comments": {"data": [], "summary": {"total_count": count}},
            "reactions": {"data": [], "summary": {"total_count": 4}},
        }

    def _single(self, node: str, call: Call) -> Answer:
        if node in self.posts and "reactions" in call.query.get("fields", ""):
            return Answer(200, self._counted(node))
        if node == self.own_id:
            picture = {"data": {"url": "https://img.example/111"}}
            page = {"id": self.own_id, "name": "Acme", "username": "acme", "picture": picture, "followers_count": 77}
            return Answer(200, page)
        if node in self.held:
            return Answer(200, {"id": node})
        if node in self.posts:
            return Answer(200, {"id": node, "permalink_url": f"https://www.facebook.com/acme/posts/{node}"})
        return self.refusal("lost_page")

    def _insight(self, node: str, metric: str) -> Answer:
        if metric not in self.metrics:
            return self._error(100, "(#100) The value must be a valid insights metric")
        return Answer(
            200, {"data": [{"name": metric, "period": "lifetime", "values": [{"value": self.metrics[metric]}]}]}
        )

    def _error(
        self, code: int, message: str, *, subcode: int = 0, status: int = 400, headers: dict[str, str] | None = None
    ) -> Answer:
        error = {"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode}
        return Answer(status, {"error": error}, headers or {})

    def _node(self, remote_id: str, message: str, author: str, at: datetime | None) -> dict[str, Any]:
        made = (at or datetime.fromtimestamp(time.time(), UTC)).strftime("%Y-%m-%dT%H:%M:%S+0000")
        return {
            "id": remote_id,
            "message": as_graph_shows(message),
            "from": {"id": author, "name": "Nora"},
            "created_time": made,
        }

    def _all_comments(self) -> list[dict[str, Any]]:
        return [one for some in self.comments.values() for one in some]

    def _post_of(self, comment: str) -> str | None:
        return next((post for post, some in self.comments.items() if comment in [one["id"] for one in some]), None)

    def _next(self) -> int:
        self._number += 1
        return self._number
