"""The Django application `organizations`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from organizations.kinds import register


class OrganizationsConfig(AppConfig):
    name = "organizations"

    def ready(self) -> None:
        from organizations import receivers  # noqa: F401 - connects them

        register("invitation_accepted", _("Somebody whom I invited has joined"), "user-plus")
