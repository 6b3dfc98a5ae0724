from django.urls import path, re_path

from . import views

urlpatterns = [
    path("recommendations/", views.recommendation_list, name="recommendations"),
    re_path(r"^recommendations/export\.(?P<extension>csv|xlsx|json)$", views.export, name="export"),
    path("recommendations/<slug:slug>/", views.RecordView.as_view(), name="recommendation"),
    path("issues/<slug:slug>/", views.IssueView.as_view(), name="issue"),
    path("groups/", views.GroupListView.as_view(), name="groups"),
    path("groups/<slug:slug>/", views.GroupView.as_view(), name="group"),
    path("chapters/", views.ChapterListView.as_view(), name="chapters"),
    path("chapters/<int:slug>/", views.ChapterView.as_view(), name="chapter"),
    path("organizations/<slug:slug>/", views.OrganizationView.as_view(), name="organization"),
    path("documents/", views.DocumentListView.as_view(), name="documents"),
    path("documents/<slug:slug>/", views.DocumentView.as_view(), name="document"),
    path("status-definitions/", views.StatusDefinitionsView.as_view(), name="status-definitions"),
]
