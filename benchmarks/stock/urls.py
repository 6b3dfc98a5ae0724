from django.urls import path

from .views import RecommendationExport, RecommendationList

urlpatterns = [
    path("recommendations/", RecommendationList.as_view(), name="recommendations"),
    path("recommendations/export.csv", RecommendationExport.as_view()),
    # Pages that the list links to.
    path("recommendations/<slug:code>/", RecommendationList.as_view(), name="recommendation"),
    path("organizations/<slug:slug>/", RecommendationList.as_view(), name="organization"),
    path("chapters/<int:number>/", RecommendationList.as_view(), name="chapter"),
]
