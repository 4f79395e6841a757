"""Pages of tasks, below /o/<slug>/tasks/."""

from django.urls import path

from teams.views import tasks

app_name = "tasks"
urlpatterns = [
    path("", tasks.listing, name="list"),
    path("new/", tasks.create, name="create"),
    path("<int:pk>/", tasks.show, name="task"),
    path("<int:pk>/accept/", tasks.accept, name="accept"),
    path("<int:pk>/done/", tasks.done, name="done"),
    path("<int:pk>/hand-over/", tasks.hand_over, name="hand_over"),
    path("<int:pk>/comment/", tasks.comment, name="comment"),
    path("<int:pk>/cancel/", tasks.cancel, name="cancel"),
    path("<int:pk>/reopen/", tasks.reopen, name="reopen"),
]
