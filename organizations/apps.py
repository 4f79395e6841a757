"""The Django application `organizations`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from organizations.notifications.notice_kinds import register_notice_kind


class OrganizationsConfig(AppConfig):
    name = "organizations"

    def ready(self) -> None:
        from organizations import receivers  # noqa: F401 - connects them
        from organizations.configuration.usage_quotas import register_quotas

        register_quotas()
        register_notice_kind("quota", _("My organization has used most of what it may"), "gauge", "bell", "email")
        register_notice_kind("invitation_accepted", _("Somebody whom I invited has joined"), "user-plus")
        register_notice_kind("handed_over", _("Somebody has left and I take over"), "user-minus", "bell", "email")
        label = _("A domain of our single sign-on needs care")
        register_notice_kind("sign_on_domain", label, "shield-alert", "bell", "email")
