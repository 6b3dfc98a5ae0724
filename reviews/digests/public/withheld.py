"""The news that the web copy of a digest leaves out since it is no longer public, and how it says so.

What was sent stays as it was frozen. But everybody may read the copy, so what has been hidden since is not in it: the
page says how much that is, and none of its words.
"""

from django.contrib.auth.models import AnonymousUser

from recommendations.models import Recommendation
from working_groups.models import WorkingGroup

from .render import subject

LISTS = ["all_news", "all_open", "all_moves", "answers"]  # the rows of a section that the page shows


def withhold(context: dict) -> dict:
    """Return what `describe()` returns without the groups and recommendations that are not public now.

    Beside them `groups_withheld` is how many groups are left out, and `withheld` of each section, and of the whole,
    how many recommendations. Totals are those that were sent. Two queries.
    """
    slugs = [section["slug"] for section in context["sections"]]
    public_groups = set(
        WorkingGroup.objects.visible_to(AnonymousUser()).filter(slug__in=slugs).values_list("slug", flat=True)
    )
    codes = {row["code"] for section in context["sections"] for name in LISTS for row in section[name]}
    public_codes = set(Recommendation.objects.public().filter(code__in=codes).values_list("code", flat=True))
    sections = [
        _without_hidden_rows(section, public_codes)
        for section in context["sections"]
        if section["slug"] in public_groups
    ]
    return context | {
        "sections": sections,
        # It names the group of a digest of one.
        "subject": context["subject"] if sections else subject(context | {"sections": []}),
        "groups_withheld": len(context["sections"]) - len(sections),
        "withheld": sum(section["withheld"] for section in sections),
    }


def _without_hidden_rows(section, public_codes) -> dict:
    shown = {name: [row for row in section[name] if row["code"] in public_codes] for name in LISTS}
    hidden = {row["code"] for name in LISTS for row in section[name]} - public_codes
    return section | shown | {"withheld": len(hidden)}
