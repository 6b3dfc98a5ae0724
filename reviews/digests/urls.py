from django.urls import path

from core.caching.page_cache import public_page

from .public.feed import DigestFeed
from .subscribers import views

app_name = "digests"
urlpatterns = [
    path("digests/", views.ArchiveView.as_view(), name="archive"),
    path("digests/feed.atom", public_page("series")(DigestFeed()), name="feed"),
    path("digests/<int:pk>/", views.digest, name="digest"),
    path("subscribe/", views.subscribe, name="subscribe"),
    path("subscribe/asked/", views.asked, name="asked"),
    path("subscriptions/<str:token>/", views.preferences, name="preferences"),
    path("subscriptions/<str:token>/confirm/", views.confirm, name="confirm"),
    path("subscriptions/<str:token>/unsubscribe/", views.unsubscribe, name="unsubscribe"),
    path("subscriptions/<str:token>/data.json", views.own_data, name="own-data"),
    path("subscriptions/<str:token>/erase/", views.erase, name="erase"),
]
