"""tweepy's client with our manners: our base address, a timeout, no redirects, and errors that keep what was said."""

import logging
from collections.abc import Mapping
from typing import Any

import requests
import tweepy  # type: ignore[import-untyped]  # it has no types

from foundation.internet import http
from networks.adapters.x import rate_limits
from networks.adapters.x.manifest import MANIFEST
from networks.contract import Access

for _name in MANIFEST.loggers:  # at DEBUG they print authorization headers
    logging.getLogger(_name).setLevel(logging.WARNING)


class XError(tweepy.TweepyException):  # type: ignore[misc]  # its base has no types
    """An answer outside 2xx. tweepy's own classes break on bodies that are lists, strings or half filled."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(f"X answered {response.status_code}")
        self.status = response.status_code
        self.headers = response.headers
        self.body: Any = http.parse_json_or_none(response)


class XClient(tweepy.Client):  # type: ignore[misc]  # its base has no types
    """One profile's client. Every method takes `user_auth=client.signs`: tweepy's defaults differ per method."""

    def __init__(self, access: Access) -> None:
        held, app = access.credentials, access.app
        self.signs = "oauth_token" in held
        super().__init__(
            bearer_token=None if self.signs else held.get("access_token"),
            consumer_key=app.get("consumer_key"),
            consumer_secret=app.get("consumer_secret"),
            access_token=held.get("oauth_token"),
            access_token_secret=held.get("oauth_token_secret"),
            # tweepy's models fail on fields that a server leaves out, so answers stay as they came.
            return_type=requests.Response,
            # True would sleep inside a worker, or recurse without end where no reset is named.
            wait_on_rate_limit=False,
        )
        self.base_url = access.base_url.rstrip("/")
        self.session = http.new_session()
        self.on_limit = access.on_limit

    def request(
        self,
        method: str,
        route: str,
        params: Mapping[str, Any] | None = None,
        json: Mapping[str, Any] | None = None,
        user_auth: bool = False,
        data: Mapping[str, str] | None = None,
        files: Mapping[str, Any] | None = None,
    ) -> requests.Response:
        """Called by every method of `tweepy.Client`; raises `XError` or `requests` exceptions, nothing of tweepy's."""
        headers = {"User-Agent": "SocialOps", "Accept": "application/json"}
        auth = None
        if user_auth:
            auth = tweepy.OAuth1UserHandler(
                self.consumer_key, self.consumer_secret, self.access_token, self.access_token_secret
            ).apply_auth()
        else:
            headers["Authorization"] = f"Bearer {self.bearer_token}"
        response = self.session.request(
            method,
            self.base_url + route,
            params=params,
            json=json,
            data=data,
            files=files,
            headers=headers,
            auth=auth,
            timeout=self.session.while_sending if files else None,
        )
        for limit in rate_limits.parse_limits(method, route, response.headers):
            self.on_limit(limit)
        if not 200 <= response.status_code < 300:
            raise XError(response)
        return response
