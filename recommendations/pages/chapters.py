"""The chapters of the treaty, and what touches them."""

from django.utils.decorators import method_decorator
from django.views.generic import DetailView, ListView

from core.caching.page_cache import public_page
from recommendations.models import Chapter
from working_groups.models import WorkingGroup

from .base import AsOfMixin, recommendation_rows, visible_recommendations


@method_decorator(public_page("as_of"), name="dispatch")
class ChapterListView(AsOfMixin, ListView):
    """The 34 chapters, and how many recommendations of each group touch them."""

    template_name = "recommendations/chapters.html"
    context_object_name = "chapters"
    model = Chapter

    def get_context_data(self, **kwargs):
        groups = list(WorkingGroup.objects.visible_to(self.request.user))
        counts = visible_recommendations(self.request, self.as_of).count_by_chapter_and_group()
        for chapter in self.object_list:
            chapter.by_group = [(group, counts.get((chapter.pk, group.pk), 0)) for group in groups]
            chapter.total = sum(count for _group, count in chapter.by_group)
        return super().get_context_data(
            groups=groups,
            touched=[chapter for chapter in self.object_list if chapter.total],
            untouched=[chapter for chapter in self.object_list if not chapter.total],
            **kwargs,
        )


@method_decorator(public_page("as_of"), name="dispatch")
class ChapterView(AsOfMixin, DetailView):
    """One chapter, and the recommendations that are mapped to it, with the reason."""

    template_name = "recommendations/chapter.html"
    context_object_name = "chapter"
    model = Chapter
    slug_field = "number"

    def get_context_data(self, **kwargs):
        found = recommendation_rows(self.request, self.as_of, chapters=self.object)
        links = self.object.links.filter(recommendation__in=[row.pk for row in found["rows"]])
        links = {link.recommendation_id: link for link in links}
        for row in found["rows"]:
            row.link = links[row.pk]
        return super().get_context_data(
            **found,
            articles=self.object.articles.all(),
            previous=Chapter.objects.filter(number=self.object.number - 1).first(),
            next=Chapter.objects.filter(number=self.object.number + 1).first(),
            **kwargs,
        )
