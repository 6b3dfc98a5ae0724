"""Parts of the pages of milestones about digests."""

from django.template.loader import render_to_string

from core.page_parts import part_of
from reviews.digests.models import Digest


@part_of("milestone")
def digests_of_milestone(context) -> str:
    """Render which digests were sent for a milestone, as of the day of the page, and which comes next."""
    milestone, as_of = context["milestone"], context["as_of"]
    digests = Digest.objects.filter(milestone=milestone)
    published = digests.published()
    return render_to_string(
        "digests/_of_milestone.html",
        {
            "milestone": milestone,
            "digests": published.filter(frozen_at__date__lte=as_of) if as_of else published,
            "next": None if as_of else digests.next_planned(),
            "is_past": context["is_past"],
            "as_of": as_of,
        },
    )


@part_of("coming milestones")
def link_to_subscribe(context) -> str:
    """Render the link by which readers ask for digests."""
    return render_to_string("digests/_subscribe_link.html")
