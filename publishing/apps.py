"""The Django application `publishing`."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "publishing"

    def ready(self) -> None:
        from networks import row_origins
        from organizations.auditing import subject_names
        from publishing import notices, receivers  # noqa: F401 - connects them
        from publishing.media.storage_quota import register_quotas
        from publishing.post_subjects import find_deliveries, find_outgoing, find_posts
        from publishing.row_origins import find_paths
        from teams.member_tasks.task_subjects import register

        register("post", find_posts)
        subject_names.register_subject_finder("delivery", find_deliveries)
        subject_names.register_subject_finder("outgoing", find_outgoing)
        row_origins.register_path_finder("delete", find_paths)
        notices.register_kinds()
        register_quotas()
