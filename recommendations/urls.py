from django.urls import path, re_path

from .browse import views as lists
from .pages import organizations, pages
from .sharing import views as sharing

urlpatterns = [
    path("recommendations/", lists.recommendation_list, name="recommendations"),
    re_path(r"^recommendations/export\.(?P<extension>csv|xlsx|json)$", lists.export, name="export"),
    path("recommendations/feed.atom", lists.feed, name="feed"),
    path("recommendations/<slug:slug>/", pages.RecordView.as_view(), name="recommendation"),
    path("recommendations/<slug:slug>/cite.bib", sharing.bibtex, name="bibtex"),
    path("recommendations/<slug:slug>/badge.svg", sharing.status_badge, name="badge"),
    path("recommendations/<slug:slug>/widget/", sharing.recommendation_widget, name="recommendation-widget"),
    path("issues/<slug:slug>/", pages.IssueView.as_view(), name="issue"),
    path("groups/", pages.GroupListView.as_view(), name="groups"),
    path("groups/<slug:slug>/", pages.GroupView.as_view(), name="group"),
    path("groups/<slug:slug>/widget/", sharing.group_widget, name="group-widget"),
    path("chapters/", pages.ChapterListView.as_view(), name="chapters"),
    path("chapters/<int:slug>/", pages.ChapterView.as_view(), name="chapter"),
    path("organizations/", organizations.OrganizationListView.as_view(), name="organizations"),
    path("organizations/<slug:slug>/", organizations.OrganizationView.as_view(), name="organization"),
    path("documents/", pages.DocumentListView.as_view(), name="documents"),
    path("documents/<slug:slug>/", pages.DocumentView.as_view(), name="document"),
    path("status-definitions/", pages.StatusDefinitionsView.as_view(), name="status-definitions"),
    path("about/", pages.AboutView.as_view(), name="about"),
]
