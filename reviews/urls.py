from django.urls import path

from . import views

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("milestones/", views.MilestoneListView.as_view(), name="milestones"),
    path("milestones/<slug:slug>/", views.MilestoneView.as_view(), name="milestone"),
]
