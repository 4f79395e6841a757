"""Calls the REST surface as a program would."""

import json
from typing import Any

from django.test import Client

from organizations.actions.tokens import create_api_token
from organizations.models import Member
from organizations.tenancy import scope


class Caller:
    """Django's test client with a bearer token, below /api/v1/."""

    def __init__(self, secret: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.secret = secret

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            "" if body is None else data,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.secret}", **headers},
        )

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any) -> Any:
        return self.call("PATCH", path, body)

    def put(self, path: str, body: Any) -> Any:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Any:
        return self.call("DELETE", path)


def caller(member: Member) -> Caller:
    with scope(member.organization_id):
        _token, secret = create_api_token(member, member, name="test")
    return Caller(secret)
