"""The Django application `inbox`."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "inbox"

    def ready(self) -> None:
        from inbox import notices, receivers  # noqa: F401 - connects them
        from inbox.about import find_conversations
        from teams.about import register

        register("conversation", find_conversations)
        notices.register_kinds()
