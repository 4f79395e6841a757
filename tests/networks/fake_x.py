"""X as a fake: shortens links, escapes text, lags behind on one's own timeline, refuses duplicates."""

import hashlib
import html
import re
import time
import unicodedata
from datetime import UTC, datetime
from typing import Any

from tests.networks.fake import Answer, Call, Dialect, Held

OWN_ID = "42"
PAGE_SIZE = 2
_LINK = re.compile(
    r"(?<![@\w./-])(?:https?://[\w.-]+(?::\d+)?|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|example)\b)(?:[/?#][^\s<>\"\\]*)?",
    re.IGNORECASE,
)
_TRAILING = ".,:;!?)]}'"
_UPLOAD = re.compile(r"/2/media/upload/(?P<id>\d+)/(?P<step>append|finalize)")
_EPOCH_MS = 1288834974657


def as_x_shows(text: str, remote_id: str) -> tuple[str, list[dict[str, Any]]]:
    """What X makes of a text, and the links in it: composed letters, no space at the ends, each link short and of its
    own address, punctuation behind it left out; then the three characters escaped."""
    links: list[dict[str, Any]] = []

    def shorten(match: re.Match[str]) -> str:
        address = match[0].rstrip(_TRAILING)
        full = address if "://" in address else f"http://{address}"
        digest = hashlib.sha256(f"{remote_id}{len(links)}{full}".encode()).hexdigest()[:10]
        links.append(
            {"url": f"https://t.co/{digest}", "expanded_url": full, "display_url": full.partition("://")[2][:26]}
        )
        return f"{links[-1]['url']}{match[0][len(address) :]}"

    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return html.escape(_LINK.sub(shorten, plain), quote=False), links


def answering(shown: str) -> str:
    """X puts the name of whoever is answered in front, unless it stands there."""
    return shown if shown.lower().startswith("@nora") else f"@nora {shown}"


def placed(links: list[dict[str, Any]], shown: str) -> list[dict[str, Any]]:
    """With where they stand in the escaped text, which is what X counts."""
    starts = [shown.index(link["url"]) for link in links]
    return [{**link, "start": at, "end": at + len(link["url"])} for at, link in zip(starts, links, strict=True)]


class FakeX(Dialect):
    page_size = PAGE_SIZE
    refuses_duplicates = True

    def __init__(self, own_id: str = OWN_ID) -> None:
        super().__init__()
        self.own_id = own_id
        self.own: list[dict[str, Any]] = []
        self.mentions: list[dict[str, Any]] = []
        self.users = [
            {"id": "7", "name": "Nora &amp; Co", "username": "nora", "profile_image_url": "https://img.example/7"}
        ]
        self._last_ms = 0
        self.processing: list[str] = []  # what STATUS says in turn; finalize says the first of it too

    def published_texts(self) -> list[str]:
        return [post["sent"] for post in self.own]

    def published_media(self) -> list[list[str]]:
        return [[key.removeprefix("3_") for key in post["media_keys"]] for post in self.own]

    def add(
        self,
        text: str,
        *,
        author: str = "",
        parent: str | None = None,
        at: datetime | None = None,
        media: list[str] | None = None,
    ) -> str:
        post = self._post(text, author=author or self.own_id, parent=parent, at=at)
        self._show(post, media or [])
        (self.mentions if author else self.own).append(post)
        return post["id"]

    def mention(self, text: str, *, author: str = "7", parent: str | None = None) -> str:
        post = self._post(text, author=author, parent=parent, at=None)
        self._show(post, [])
        self.mentions.append(post)
        return post["id"]

    def accepts(self, call: Call) -> bool:
        return call.path == "/2/oauth2/token" or super().accepts(call)

    def route(self, call: Call) -> Answer:
        if (call.method, call.path) == ("POST", "/2/tweets"):
            return self._create(call.json)
        if call.path.startswith("/2/media/"):
            return self._media(call)
        if call.method == "DELETE" and call.path.startswith("/2/tweets/"):
            return self._delete(call.path.rpartition("/")[2])
        if call.path == "/2/oauth2/token":
            if call.form["refresh_token"] != "once-only":
                return Answer(400, {"error": "invalid_request", "error_description": "token was invalid"})
            fresh = {"access_token": "new-token", "refresh_token": "next-once-only", "expires_in": 7200}
            return Answer(200, {"token_type": "bearer", **fresh})
        if call.path == "/2/users/me":
            numbers = {"followers_count": 120, "following_count": 3, "tweet_count": 9}
            return Answer(
                200, {"data": {"id": self.own_id, "name": "Acme", "username": "acme", "public_metrics": numbers}}
            )
        if call.path == f"/2/users/{self.own_id}/tweets":
            return self._timeline(call)
        if call.path == f"/2/users/{self.own_id}/mentions":
            since = int(call.query.get("since_id", 0))
            return self._page([post for post in self.mentions if int(post["id"]) > since], call)
        if call.path == "/2/tweets":
            return self._lookup(call.query["ids"].split(","))
        return Answer(404, {"title": "Not Found", "status": 404})

    def refusal(self, fault: str) -> Answer:
        now = int(time.time())
        limit = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(now + 60)}
        day = {"x-user-limit-24hour-remaining": "0", "x-user-limit-24hour-reset": str(now + 3600)}
        kind = "https://api.twitter.com/2/problems/"
        duplicate = "You are not allowed to create a Tweet with duplicate content."
        return {
            "limited": Answer(429, {"title": "Too Many Requests", "status": 429}, limit),
            "limited_day": Answer(429, {"title": "Too Many Requests"}, {**limit, **day}),
            "limited_bare": Answer(429, b"slow down", {"Content-Type": "text/plain"}),
            "limited_month": Answer(
                429, {"title": "UsageCapExceeded", "period": "Monthly", "type": kind + "usage-capped"}
            ),
            "signed_out": Answer(401, {"title": "Unauthorized", "status": 401, "detail": f"Unauthorized {self.token}"}),
            "duplicate": Answer(403, {"title": "Forbidden", "detail": duplicate, "type": "about:blank"}),
            "not_visible": Answer(
                403, {"detail": "You attempted to reply to a Tweet that is deleted or not visible to you."}
            ),
            "no_credits": Answer(402, {"title": "CreditsDepleted"}),
            "wrong_app": Answer(403, {"title": "Client Forbidden", "type": kind + "client-forbidden"}),
            "app_lacks": Answer(403, {"detail": "Your client app lacks the appropriate oauth1 app permissions."}),
            "suspended": Answer(
                403, {"detail": "Your account is suspended and is not permitted to access this feature."}
            ),
            "error": Answer(503, b"<html>over capacity</html>", {"Content-Type": "text/html"}),
        }[fault]

    def _create(self, sent: dict[str, Any]) -> Answer:
        text, media = sent.get("text", ""), sent.get("media", {}).get("media_ids", [])
        if media and not all(one in self.held and self.held[one].closed for one in media):
            return self._invalid("media.media_ids", "Your media IDs are invalid.")
        if self.refuses_duplicates and not media and text in self.published_texts():
            return self.refusal("duplicate")
        if len(text) > 280 or not (text or media):
            return Answer(403, {"detail": "You are not permitted to perform this action.", "type": "about:blank"})
        remote_id = self.add(text, parent=sent.get("reply", {}).get("in_reply_to_tweet_id"), media=media)
        return Answer(201, {"data": {"id": remote_id, "text": text}})

    def _media(self, call: Call) -> Answer:
        if call.path == "/2/media/upload/initialize":
            held = Held(str(7_000 + len(self.held)), told={key: str(value) for key, value in call.json.items()})
            self.held[held.media_id] = held
            return Answer(200, {"data": self._upload(held)})
        if call.path == "/2/media/metadata":
            self.held[call.json["id"]].alt_text = call.json["metadata"]["alt_text"]["text"]
            return Answer(200, {"data": {"id": call.json["id"]}})
        if call.path == "/2/media/upload":
            known = call.query["command"] == "STATUS" and self.held.get(call.query["media_id"])
            return Answer(200, {"data": self._worked_on(known)}) if known else self._not_found()
        found = _UPLOAD.fullmatch(call.path)
        held = self.held.get(found["id"]) if found else None
        if not found or not held:
            return self._not_found()
        return self._append(held, call) if found["step"] == "append" else self._finalize(held)

    def _append(self, held: Held, call: Call) -> Answer:
        held.parts[int(call.parts["segment_index"])] = call.parts["media"]
        return Answer(200, {"data": {"expires_at": int(time.time()) + 86_400}})

    def _finalize(self, held: Held) -> Answer:
        held.content = b"".join(held.parts[index] for index in range(len(held.parts)))
        if str(len(held.content)) != held.told["total_bytes"]:
            return self._invalid("media_id", "Segments do not add up to provided total file size.")
        held.closed = True
        waits = {"processing_info": {"state": "pending", "check_after_secs": 2}} if self.processing else {}
        return Answer(200, {"data": {**self._upload(held), "size": len(held.content), **waits}})

    def _worked_on(self, held: Held) -> dict[str, Any]:
        state = self.processing.pop(0) if self.processing else "succeeded"
        info: dict[str, Any] = {"state": state}
        if state in {"pending", "in_progress"}:
            info |= {"check_after_secs": 900, "progress_percent": 8}
        if state == "failed":
            info["error"] = {"code": 1, "name": "InvalidMedia", "message": f"Unsupported frame rate {self.token}"}
        return {**self._upload(held), "processing_info": info}

    def _upload(self, held: Held) -> dict[str, Any]:
        return {"id": held.media_id, "media_key": f"3_{held.media_id}", "expires_after_secs": 86_400}

    def _not_found(self) -> Answer:
        return Answer(404, {"title": "Not Found", "status": 404})

    def _invalid(self, parameter: str, message: str) -> Answer:
        errors = [{"parameters": {parameter: []}, "message": message}]
        detail = "One or more parameters to your request was invalid."
        return Answer(400, {"title": "Invalid Request", "detail": detail, "errors": errors})

    def _show(self, post: dict[str, Any], media: list[str]) -> None:
        """As X does: a link to its pictures behind the text, once for each of them among the links."""
        post["media_keys"] = [f"3_{one}" for one in media]
        if media:
            post["text"] = f"{post['text']} https://t.co/pictures".strip()
            address = f"https://x.com/acme/status/{post['id']}/photo/1"
            shown = [
                {"url": "https://t.co/pictures", "expanded_url": address, "media_key": f"3_{one}"} for one in media
            ]
            post.setdefault("entities", {"urls": []})["urls"] += shown
            post["attachments"] = {"media_keys": post["media_keys"]}

    def _delete(self, remote_id: str) -> Answer:
        left = [post for post in self.own if post["id"] != remote_id]
        if len(left) == len(self.own):
            return Answer(404, {"title": "Not Found Error", "status": 404, "detail": "Could not find it."})
        self.own = left
        return Answer(200, {"data": {"deleted": True}})

    def _timeline(self, call: Call) -> Answer:
        if self.hidden_reads > 0:
            self.hidden_reads -= 1
            return Answer(200, {"meta": {"result_count": 0}})
        since = call.query.get("start_time", "")
        shown = [post for post in self.own if self.shows(post["id"])]
        return self._page([post for post in shown if post["created_at"][:19] >= since[:19]], call)

    def _page(self, posts: list[dict[str, Any]], call: Call) -> Answer:
        newest_first = sorted(posts, key=lambda post: int(post["id"]), reverse=True)
        start = int(call.query.get("pagination_token", 0))
        shown = newest_first[start : start + self.page_size]
        if not shown:
            return Answer(200, {"meta": {"result_count": 0}})
        meta = {"result_count": len(shown), "newest_id": shown[0]["id"]}
        if start + self.page_size < len(newest_first):
            meta["next_token"] = str(start + self.page_size)
        hidden = {"sent", "media_keys"} | (set() if self.shows_media else {"attachments"})
        data = [{key: value for key, value in post.items() if key not in hidden} for post in shown]
        return Answer(200, {"data": data, "includes": {"users": self.users}, "meta": meta})

    def _lookup(self, ids: list[str]) -> Answer:
        numbers = {"like_count": 5, "repost_count": 2, "reply_count": 0, "impression_count": 90}
        known = {post["id"] for post in self.own}
        data = [{"id": one, "public_metrics": numbers} for one in ids if one in known]
        gone = [{"title": "Not Found Error", "resource_id": one} for one in ids if one not in known]
        return Answer(200, {**({"data": data} if data else {}), **({"errors": gone} if gone else {})})

    def _post(self, text: str, *, author: str, parent: str | None, at: datetime | None) -> dict[str, Any]:
        ms = max(self._last_ms + 1, int((at.timestamp() if at else time.time()) * 1000))
        self._last_ms = ms if at is None else self._last_ms
        remote_id = str((ms - _EPOCH_MS) << 22)
        shown, links = as_x_shows(text, remote_id)
        post = {
            "id": remote_id,
            "sent": text,
            "text": answering(shown) if parent and author == self.own_id else shown,
            "author_id": author,
            "created_at": datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "conversation_id": parent or remote_id,
        }
        if links:
            post["entities"] = {"urls": placed(links, post["text"])}
        if parent:
            post["referenced_tweets"] = [{"type": "replied_to", "id": parent}]
        return post
