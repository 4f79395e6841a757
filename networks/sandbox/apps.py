"""The Django application `networks.sandbox`."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "networks.sandbox"
    label = "sandbox"

    def ready(self) -> None:
        from networks.registry import manifests
        from networks.sandbox.dialects.dialect import dialect_of

        for one in manifests():  # imported once, as the adapters are
            dialect_of(one.network)
