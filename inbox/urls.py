"""The addresses of the inbox, below /o/<slug>/inbox/."""

from django.urls import path

from inbox.views import conversation_acts, inbox_pages, post_pictures

app_name = "inbox"

urlpatterns = [
    path("", inbox_pages.show_inbox, name="list"),
    path("rows/", inbox_pages.show_inbox_rows, name="rows"),
    path("views/", inbox_pages.show_inbox_views, name="views"),
    path("<int:pk>/", inbox_pages.show_conversation, name="conversation"),
    path("<int:pk>/head/", inbox_pages.show_conversation_head, name="head"),
    path("<int:pk>/messages/", inbox_pages.show_messages, name="messages"),
    path("<int:pk>/pictures/<int:place>/", post_pictures.show_post_picture, name="picture"),
    path("<int:pk>/count/", conversation_acts.count_reply_text, name="count"),
    path("<int:pk>/reply/", conversation_acts.send_reply, name="reply"),
    path("<int:pk>/messages/<int:message>/retry/", conversation_acts.retry_reply_view, name="retry"),
    path("<int:pk>/messages/<int:message>/resolve/", conversation_acts.resolve_reply_view, name="resolve"),
    path("<int:pk>/messages/<int:message>/withdraw/", conversation_acts.withdraw_reply_view, name="withdraw"),
    path("<int:pk>/assign/", conversation_acts.assign_conversation_view, name="assign"),
    path("<int:pk>/close/", conversation_acts.close_conversation_view, name="close"),
    path("<int:pk>/reopen/", conversation_acts.reopen_conversation_view, name="reopen"),
]
