"""Pages of this floor, below /o/<slug>/."""

from django.urls import path

from organizations.views import audit, hours, logo, notifications, settings

app_name = "organizations"
urlpatterns = [
    path("audit/", audit.log, name="audit"),
    path("settings/", settings.show, name="settings"),
    path("logo/", logo.picture, name="logo"),
    path("settings/organization/", settings.change, name="change"),
    path("settings/logo/", logo.change, name="change_logo"),
    path("settings/logo/remove/", logo.remove, name="remove_logo"),
    path("settings/hours/", hours.show, name="hours"),
    path("settings/hours/week/", hours.change_week, name="change_week"),
    path("settings/hours/holidays/", hours.add, name="add_holiday"),
    path("settings/hours/holidays/<int:pk>/remove/", hours.remove, name="remove_holiday"),
    path("notifications/", notifications.listing, name="notifications"),
    path("notifications/bell/", notifications.bell, name="bell"),
    path("notifications/badge/", notifications.badge, name="badge"),
    path("notifications/read/", notifications.read_all, name="read_notifications"),
    path("notifications/<int:pk>/", notifications.open_notice, name="notification"),
    path("settings/notifications/", notifications.settings, name="notification_settings"),
    path("settings/members/", settings.add_member, name="add_member"),
    path("settings/tokens/", settings.add_token, name="add_token"),
    path("settings/tokens/<int:pk>/revoke/", settings.revoke_token, name="revoke_token"),
]
