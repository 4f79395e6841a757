"""The Django application `publishing`."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "publishing"

    def ready(self) -> None:
        from publishing import notices, receivers  # noqa: F401 - connects them
        from publishing.about import find_posts
        from teams.about import register

        register("post", find_posts)
        notices.register_kinds()
