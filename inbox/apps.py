"""The Django application `inbox`."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "inbox"

    def ready(self) -> None:
        from inbox import conversation_notices, receivers  # noqa: F401 - importing the receivers connects them
        from inbox.conversation_subjects import find_conversation_subjects
        from inbox.reply_origins import find_reply_paths
        from networks import row_origins
        from teams.member_tasks.task_subjects import register

        register("conversation", find_conversation_subjects)
        row_origins.register_path_finder("reply", find_reply_paths)
        conversation_notices.register_kinds()
