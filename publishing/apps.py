"""The Django application `publishing`."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "publishing"

    def ready(self) -> None:
        from networks import origins
        from organizations import about
        from publishing import notices, receivers  # noqa: F401 - connects them
        from publishing.about import find_deliveries, find_outgoing, find_posts
        from publishing.origins import find_paths
        from publishing.quotas import register_quotas
        from teams.about import register

        register("post", find_posts)
        about.register("delivery", find_deliveries)
        about.register("outgoing", find_outgoing)
        origins.register("delete", find_paths)
        notices.register_kinds()
        register_quotas()
