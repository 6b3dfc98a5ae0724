from django.urls import path

from core.caching.page_cache import public_page

from .public import views as public
from .public.feed import DigestFeed
from .subscribers import views as subscribers

app_name = "digests"
urlpatterns = [
    path("digests/", public.ArchiveView.as_view(), name="archive"),
    path("digests/feed.atom", public_page("series")(DigestFeed()), name="feed"),
    path("digests/<int:pk>/", public.digest, name="digest"),
    path("subscribe/", subscribers.subscribe, name="subscribe"),
    path("subscribe/asked/", subscribers.asked, name="asked"),
    path("subscriptions/<str:token>/", subscribers.preferences, name="preferences"),
    path("subscriptions/<str:token>/confirm/", subscribers.confirm, name="confirm"),
    path("subscriptions/<str:token>/unsubscribe/", subscribers.unsubscribe, name="unsubscribe"),
    path("subscriptions/<str:token>/data.json", subscribers.own_data, name="own-data"),
    path("subscriptions/<str:token>/erase/", subscribers.erase, name="erase"),
]
