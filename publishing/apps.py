"""The Django application `publishing`."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "publishing"

    def ready(self) -> None:
        from networks import origins
        from publishing import notices, receivers  # noqa: F401 - connects them
        from publishing.about import find_posts
        from publishing.origins import find_paths
        from teams.about import register

        register("post", find_posts)
        origins.register("delete", find_paths)
        notices.register_kinds()
