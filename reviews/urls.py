from django.urls import path, re_path

from .briefing.views import briefing
from .calendar import views as calendars
from .changes import views as changes
from .home import HomeView
from .milestones import MilestoneListView, MilestoneView

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("changes/", changes.what_changed, name="changes"),
    re_path(r"^changes/export\.(?P<extension>csv|xlsx|json)$", changes.changes_export, name="changes-export"),
    path("milestones/", MilestoneListView.as_view(), name="milestones"),
    path("milestones.ics", calendars.calendar, name="calendar"),
    path("milestones/<slug:slug>.ics", calendars.milestone_calendar, name="milestone-calendar"),
    path("milestones/<slug:slug>/", MilestoneView.as_view(), name="milestone"),
    re_path(r"^milestones/(?P<slug>[-\w]+)/briefing\.(?P<extension>pdf|docx)$", briefing, name="briefing"),
]
