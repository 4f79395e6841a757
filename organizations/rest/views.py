"""The base of every REST view: the caller is a member, the organization is in scope."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from organizations.models import Member
from organizations.rest.authentication import token_scope
from organizations.rest.errors import CONTENT_TYPE
from organizations.rest.idempotency import HEADER, once
from organizations.rest.pagination import KeysetPagination


class MemberScope(APIView):
    """Enters the token's organization before anything else happens, and answers repeated POSTs only once."""

    gate = "token"  # the guard over all URLs looks for it

    @property
    def member(self) -> Member:
        return self.request.auth.member

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with token_scope(request):
            token = request.api_token  # type: ignore[attr-defined]
            if request.method != "POST" or token is None or HEADER not in request.headers:
                return super().dispatch(request, *args, **kwargs)
            answer = once(request, token, lambda: super(MemberScope, self).dispatch(request, *args, **kwargs))
            if isinstance(answer, tuple):
                status, body = answer
                kind = CONTENT_TYPE if status >= 400 else "application/json"
                return JsonResponse(body, status=status, content_type=kind, safe=False)
            return answer

    def read(self, serializer: type[serializers.Serializer], data: Any = None) -> dict[str, Any]:
        """The validated body (or `data`). Raises ValidationError naming the fields."""
        reader = serializer(data=self.request.data if data is None else data)
        reader.is_valid(raise_exception=True)
        return dict(reader.validated_data)


class MemberViewSet(MemberScope, GenericViewSet):
    pagination_class = KeysetPagination
    lookup_value_regex = r"\d{1,18}"

    def page(self, rows: Any, shape: Any) -> Response:
        """One page of `rows`, each as `shape(row)`."""
        return self.get_paginated_response([shape(row) for row in self.paginate_queryset(rows)])
