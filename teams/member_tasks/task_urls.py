"""Pages of tasks, below /o/<slug>/tasks/."""

from django.urls import path

from teams.views import tasks

app_name = "tasks"
urlpatterns = [
    path("", tasks.list_tasks, name="list"),
    path("new/", tasks.create_task_view, name="create"),
    path("<int:pk>/", tasks.show_task, name="task"),
    path("<int:pk>/accept/", tasks.accept_task_view, name="accept"),
    path("<int:pk>/done/", tasks.finish_task_view, name="done"),
    path("<int:pk>/hand-over/", tasks.hand_over_task_view, name="hand_over"),
    path("<int:pk>/comment/", tasks.comment_task_view, name="comment"),
    path("<int:pk>/cancel/", tasks.cancel_task_view, name="cancel"),
    path("<int:pk>/reopen/", tasks.reopen_task_view, name="reopen"),
]
