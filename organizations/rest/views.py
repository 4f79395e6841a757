"""The base of every REST view: the caller is a member, the organization is in scope."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from organizations.models import ApiToken, Member
from organizations.rest.authentication import TokenRequest, token_scope
from organizations.rest.errors import CONTENT_TYPE, plain_problem_response
from organizations.rest.idempotency import IDEMPOTENCY_HEADER, answer_once
from organizations.rest.pagination import KeysetPagination
from organizations.rest.scopes import covers_scope, required_scope
from organizations.rest.shapes import Shape
from organizations.sign_in.admission import Hindrance, token_hindrance

HINDRANCE_TEXTS = {
    Hindrance.SET_UP_MFA: "The organization asks for two-step sign-in. Set it up in the browser; then the token works.",
    Hindrance.VERIFY_EMAIL: "Confirm your e-mail address in the browser; then the token works.",
    Hindrance.LET_IN: "The second step was taken away by mail. Ask an admin of the organization to let you in again.",
    Hindrance.SIGN_ON: (
        "The organization lets people in through its own sign-on only, and this token was made without it."
        " Come in through it and make another."
    ),
}


class MemberScope(APIView):
    """Enters the token's organization before anything else happens, and answers repeated POSTs only once."""

    request: TokenRequest
    gate = "token"  # the guard over all URLs looks for it
    area = ""  # one of organizations.rest.scopes.AREAS: tokens without a scope of this area are refused

    @property
    def member(self) -> Member:
        return self.request.auth.member

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with token_scope(request):
            token = request.api_token  # type: ignore[attr-defined]  # set before a view begins
            if token is not None and (refused := self.refusal(token, request.method or "")):
                return plain_problem_response(403, refused)
            if request.method != "POST" or token is None or IDEMPOTENCY_HEADER not in request.headers:
                return super().dispatch(request, *args, **kwargs)
            answer = answer_once(request, token, lambda: super(MemberScope, self).dispatch(request, *args, **kwargs))
            if isinstance(answer, tuple):
                status, body = answer
                kind = CONTENT_TYPE if status >= 400 else "application/json"
                return JsonResponse(body, status=status, content_type=kind, safe=False)
            return answer

    def refusal(self, token: ApiToken, method: str) -> str:
        """Why this token may not make this call; empty when it may."""
        scope = required_scope(self.area, method)
        if not covers_scope(token.scopes, scope):
            return f"This token lacks the scope {scope}."
        missing = token_hindrance(token)
        return HINDRANCE_TEXTS[missing] if missing else ""

    def read(self, serializer: type[serializers.Serializer[Any]], data: Any = None) -> dict[str, Any]:
        """The validated body (or `data`). Raises ValidationError naming the fields."""
        reader = serializer(data=self.request.data if data is None else data)
        reader.is_valid(raise_exception=True)
        return dict(reader.validated_data)


class MemberViewSet(MemberScope, GenericViewSet[Any]):
    pagination_class = KeysetPagination
    lookup_value_regex = r"\d{1,18}"

    def page(self, rows: Any, shape: type[Shape], read: Any = None, **context: Any) -> Response:
        """One page of `rows`, each as `shape` writes it; or of what `read(rows)` makes of them all at once."""
        found = self.paginate_queryset(rows) or []
        return self.get_paginated_response(shape(read(found) if read else found, many=True, context=context).data)
