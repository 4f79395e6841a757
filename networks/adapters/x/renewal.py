"""Renewing X's two-hour OAuth 2.0 sign-in with its refresh token, which X accepts once and replaces by a new one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from foundation.internet import http
from networks.adapters import json_values, transport
from networks.adapters.x.client import XClient
from networks.adapters.x.errors import LABEL
from networks.contract import Access
from networks.errors import AppMisconfigured, AppShutOut, Disconnected, Unavailable

_SIGN_IN_AGAIN = "X no longer accepts this profile's sign-in. Connect the profile again."
_LIFETIME_SECONDS = 7200


def renew_credentials(client: XClient, access: Access, *, now: datetime) -> dict[str, Any]:
    """The credentials that take the place of `access.credentials`.

    A lost answer may have used up the refresh token; asking again with it is then refused, which means the same as
    any refusal: a person has to sign in. So a failed call counts as a read here.
    """
    held = access.credentials
    if not held.get("refresh_token"):
        raise Disconnected(_SIGN_IN_AGAIN, detail="no refresh token")
    answer = _request_tokens(client, str(held["refresh_token"]), access.app)
    if not json_values.text_or_empty(answer.get("access_token")):
        raise Disconnected(_SIGN_IN_AGAIN, detail="renewed without an access token")
    seconds = json_values.int_or_none(answer.get("expires_in")) or _LIFETIME_SECONDS
    return {
        **held,
        "access_token": json_values.text_or_empty(answer["access_token"]),
        "refresh_token": json_values.text_or_empty(answer.get("refresh_token")) or held["refresh_token"],
        "expires_at": (now + timedelta(seconds=seconds)).isoformat(),
    }


def _request_tokens(client: XClient, refresh_token: str, app: Mapping[str, str]) -> Mapping[str, Any]:
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": app.get("client_id", "")}
    confidential = (app["client_id"], app["client_secret"]) if app.get("client_secret") else None
    if not form["client_id"]:
        raise AppMisconfigured("The X app's client id is not set on this server.")
    with transport.translate_faults(LABEL, write=False):
        response = client.session.post(f"{client.base_url}/2/oauth2/token", data=form, auth=confidential)
    body = json_values.mapping_or_empty(http.parse_json_or_none(response))
    if 200 <= response.status_code < 300:
        return body
    if response.status_code in {400, 401, 403}:
        code = json_values.text_or_empty(body.get("error")) or str(response.status_code)
        if code in {"invalid_client", "unauthorized_client"}:
            raise AppShutOut("X does not accept this app's client id and secret.", detail=code, code=code)
        raise Disconnected(_SIGN_IN_AGAIN, detail=code, code=code)
    raise Unavailable("X could not renew the sign-in just now.", detail=f"status {response.status_code}")
