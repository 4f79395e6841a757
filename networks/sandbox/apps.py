"""The Django application `networks.sandbox`."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "networks.sandbox"
    label = "sandbox"
