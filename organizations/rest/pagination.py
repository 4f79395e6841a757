"""Lists page by key: {"results", "next", "previous"}."""

from rest_framework.pagination import CursorPagination


class KeysetPagination(CursorPagination):
    """Newest first by id; `limit` 1 to 200. A view with another order sets `ordering` of a subclass."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "-id"
