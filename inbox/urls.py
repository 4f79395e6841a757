"""The addresses of the inbox, below /o/<slug>/inbox/."""

from django.urls import path

from inbox.views import acts, pages, pictures

app_name = "inbox"

urlpatterns = [
    path("", pages.list_page, name="list"),
    path("rows/", pages.rows, name="rows"),
    path("views/", pages.views_pane, name="views"),
    path("<int:pk>/", pages.conversation_page, name="conversation"),
    path("<int:pk>/head/", pages.head, name="head"),
    path("<int:pk>/messages/", pages.messages, name="messages"),
    path("<int:pk>/pictures/<int:place>/", pictures.picture, name="picture"),
    path("<int:pk>/count/", acts.count, name="count"),
    path("<int:pk>/reply/", acts.reply, name="reply"),
    path("<int:pk>/messages/<int:message>/retry/", acts.retry, name="retry"),
    path("<int:pk>/messages/<int:message>/resolve/", acts.resolve, name="resolve"),
    path("<int:pk>/messages/<int:message>/withdraw/", acts.withdraw, name="withdraw"),
    path("<int:pk>/assign/", acts.assign, name="assign"),
    path("<int:pk>/close/", acts.close, name="close"),
    path("<int:pk>/reopen/", acts.reopen, name="reopen"),
]
