"""The Django application `inbox`."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "inbox"

    def ready(self) -> None:
        from inbox import notices, receivers  # noqa: F401 - importing the receivers connects them
        from inbox.conversation_subjects import find_conversations
        from inbox.row_origins import find_paths
        from networks import row_origins
        from teams.member_tasks.task_subjects import register

        register("conversation", find_conversations)
        row_origins.register("reply", find_paths)
        notices.register_kinds()
