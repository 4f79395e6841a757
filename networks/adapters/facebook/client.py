"""facebook-sdk's client with our manners: our base address and version, the token in a header, status and body kept.

The stock `request` never looks at the status, puts the token into the address and drops the response's headers.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import facebook
import requests

from foundation.internet import http
from networks.adapters.facebook import rate_limits
from networks.contract import Access

DEFAULT_VERSION = "v25.0"


class GraphError(Exception):
    """An answer that is not a success. `body` is None where it was no JSON."""

    def __init__(self, response: requests.Response, body: Any) -> None:
        super().__init__(f"Facebook answered {response.status_code}")
        self.status = response.status_code
        self.headers = response.headers
        self.body = body


class GraphClient(facebook.GraphAPI):  # type: ignore[misc]  # its base has no types
    """One Page's client. Raises `GraphError`, `http.TransportFault` or `requests` exceptions, nothing of the SDK's."""

    def __init__(self, access: Access) -> None:
        super().__init__(access_token=access.credentials.get("access_token"), session=http.new_session())
        # The SDK's own check knows versions up to 3.1 only.
        self.version = access.app.get("api_version") or DEFAULT_VERSION
        self.base_url = access.base_url.rstrip("/")
        self.app_secret = access.app.get("app_secret", "")
        self.on_limit = access.on_limit

    def request(
        self,
        path: str,
        args: Mapping[str, Any] | None = None,
        post_args: Mapping[str, Any] | None = None,
        files: Any = None,
        method: str | None = None,
    ) -> Any:
        """Called by every method of `facebook.GraphAPI`."""
        response = self.session.request(
            "POST" if post_args is not None else method or "GET",
            f"{self.base_url}/{path}",
            params={**_encode_args(args or {}), **self._proof()},
            data=None if post_args is None else _encode_args(post_args),
            files=files,
            headers={"Authorization": f"Bearer {self.access_token}", "Accept": "application/json"},
            timeout=self.session.while_sending if files else self.timeout,
        )
        for limit in rate_limits.parse_limits(response.headers):
            self.on_limit(limit)
        return _read_answer(response)

    def put_picture(self, page_id: str, source: tuple[str, bytes, str], **words: str) -> Any:
        """The SDK's own `put_photo` does not name the Page first, as all its other methods do."""
        return self.request(f"{self.version}/{page_id}/photos", post_args=words, files={"source": source})

    def _proof(self) -> dict[str, str]:
        """Shows that the call comes from the app that the token was given to."""
        if not self.app_secret:
            return {}
        digest = hmac.new(self.app_secret.encode(), str(self.access_token).encode(), hashlib.sha256)
        return {"appsecret_proof": digest.hexdigest()}


def _encode_args(args: Mapping[str, Any]) -> dict[str, Any]:
    # Form encoding would take a list or an object apart; Graph wants those as JSON.
    return {key: json.dumps(value) if isinstance(value, list | dict | bool) else value for key, value in args.items()}


def _read_answer(response: requests.Response) -> Any:
    body = http.parse_json_or_none(response)
    is_success = 200 <= response.status_code < 300
    if not is_success or (isinstance(body, dict) and body.get("error")):
        raise GraphError(response, body)
    if body is None:
        raise http.TransportFault(http.Fate.UNKNOWN, f"unreadable answer, status {response.status_code}")
    return body
