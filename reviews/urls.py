from django.urls import path, re_path

from . import views

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("changes/", views.what_changed, name="changes"),
    re_path(r"^changes/export\.(?P<extension>csv|xlsx|json)$", views.changes_export, name="changes-export"),
    path("milestones/", views.MilestoneListView.as_view(), name="milestones"),
    path("milestones/<slug:slug>/", views.MilestoneView.as_view(), name="milestone"),
]
