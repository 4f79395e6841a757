"""The Django application `inbox`."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "inbox"

    def ready(self) -> None:
        from inbox import notices, receivers  # noqa: F401 - importing the receivers connects them
        from inbox.about import find_conversations
        from inbox.origins import find_paths
        from networks import origins
        from teams.about import register

        register("conversation", find_conversations)
        origins.register("reply", find_paths)
        notices.register_kinds()
