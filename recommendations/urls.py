from django.urls import path, re_path

from .browse import views as browse
from .figures import views as figures
from .pages import about, chapters, corrections, documents, groups, issues, organizations, record
from .sharing import views as sharing

urlpatterns = [
    path("recommendations/", browse.recommendation_list, name="recommendations"),
    re_path(r"^recommendations/export\.(?P<extension>csv|xlsx|json)$", browse.export, name="export"),
    path("recommendations/feed.atom", browse.feed, name="feed"),
    path("recommendations/<code:slug>/", record.RecordView.as_view(), name="recommendation"),
    path("recommendations/<code:slug>/cite.bib", sharing.bibtex, name="bibtex"),
    path("recommendations/<code:slug>/badge.svg", sharing.status_badge, name="badge"),
    path("recommendations/<code:slug>/card.png", sharing.share_card, name="card"),
    path("recommendations/<code:slug>/widget/", sharing.recommendation_widget, name="recommendation-widget"),
    path("issues/<code:slug>/", issues.IssueView.as_view(), name="issue"),
    path("groups/", groups.GroupListView.as_view(), name="groups"),
    path("groups/<slug:slug>/", groups.GroupView.as_view(), name="group"),
    path("groups/<slug:slug>/widget/", sharing.group_widget, name="group-widget"),
    path("chapters/", chapters.ChapterListView.as_view(), name="chapters"),
    path("chapters/<int:slug>/", chapters.ChapterView.as_view(), name="chapter"),
    path("organizations/", organizations.OrganizationListView.as_view(), name="organizations"),
    path("organizations/<slug:slug>/", organizations.OrganizationView.as_view(), name="organization"),
    path("documents/", documents.DocumentListView.as_view(), name="documents"),
    path("documents/<slug:slug>/", documents.DocumentView.as_view(), name="document"),
    path("figures/", figures.FigureListView.as_view(), name="figures"),
    path("figures/<slug:slug>/", figures.FigureView.as_view(), name="figure"),
    re_path(
        r"^figures/(?P<slug>[a-z-]+)/export\.(?P<extension>csv|xlsx|json)$", figures.figure_export, name="figure-export"
    ),
    path("corrections/", corrections.CorrectionsView.as_view(), name="corrections"),
    path("status-definitions/", about.StatusDefinitionsView.as_view(), name="status-definitions"),
    path("about/", about.AboutView.as_view(), name="about"),
]
