from django.urls import path

from . import views

app_name = "digests"
urlpatterns = [
    path("digests/<int:pk>/", views.digest, name="digest"),
    path("subscriptions/<str:token>/unsubscribe/", views.unsubscribe, name="unsubscribe"),
]
