"""How the calls are described in the OpenAPI document."""

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    """A list answers with a page, not with a bare array, so only its name tells it from a single thing."""

    def get_operation_id(self) -> str:
        name = super().get_operation_id()
        if getattr(self.view, "action", "") == "list":
            return name.removesuffix("_retrieve") + "_list" if name.endswith("_retrieve") else name
        return name
