"""Pages below /o/<slug>/ for writing, planning and deciding."""

from django.urls import path

from publishing.views import calendar, compose, decide, deliveries, fallback, late, media, posts, queue, restored

app_name = "publishing"
urlpatterns = [
    path("compose/", compose.compose, name="compose"),
    path("compose/preview/", compose.preview, name="preview"),
    path("compose/profiles/", compose.profiles, name="profiles"),
    path("media/", media.upload, name="upload"),
    path("media/<int:pk>/", media.show, name="media"),
    path("media/<int:pk>/original/", media.original, name="original"),
    path("media/<int:pk>/tray/", media.tray_item, name="tray_item"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<int:pk>/move/", calendar.move, name="move"),
    path("posts/", posts.posts, name="posts"),
    path("posts/deleted/", decide.bring_back, name="bring_back"),
    path("posts/<int:pk>/", posts.post, name="post"),
    path("posts/<int:pk>/edit/", compose.edit, name="edit"),
    path("posts/<int:pk>/submit/", decide.submit, name="submit"),
    path("posts/<int:pk>/approve/", decide.approve, name="approve"),
    path("posts/<int:pk>/unapprove/", decide.unapprove, name="unapprove"),
    path("posts/<int:pk>/reject/", decide.reject, name="reject"),
    path("posts/<int:pk>/schedule/", decide.schedule, name="schedule"),
    path("posts/<int:pk>/publish/", decide.publish, name="publish"),
    path("posts/<int:pk>/withdraw/", decide.withdraw, name="withdraw"),
    path("posts/<int:pk>/cancel/", decide.cancel, name="cancel"),
    path("posts/<int:pk>/delete/", decide.delete, name="delete"),
    path("deliveries/<int:pk>/retry/", deliveries.retry, name="retry"),
    path("deliveries/<int:pk>/resolve/", deliveries.resolve, name="resolve"),
    path("deliveries/<int:pk>/send/", late.send, name="send_delivery"),
    path("deliveries/<int:pk>/move/", late.move, name="move_delivery"),
    path("deliveries/<int:pk>/cancel/", deliveries.cancel, name="cancel_delivery"),
    path("deliveries/<int:pk>/delete/", deliveries.delete, name="delete_delivery"),
    path("queue/", queue.queue, name="queue"),
    path("restored/", restored.restored, name="restored"),
    path("queue/pace/", queue.pace, name="queue_pace"),
    path("settings/fallback/", fallback.show, name="fallback"),
    path("settings/fallback/plan/", fallback.change, name="change_fallback"),
    path("settings/fallback/remove/", fallback.remove, name="remove_fallback"),
    path("approvals/", posts.approvals, name="approvals"),
]
