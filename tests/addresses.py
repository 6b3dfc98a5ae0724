"""Every address for readers, found by walking the URLconf: a new one is there on the day it is added."""

from django.urls import LocalePrefixPattern, URLPattern, get_resolver, reverse
from django.utils import translation

from reviews.digests.subscribers.tokens import confirmation_token_for, token_for
from tests.factories import (
    AddresseeFactory,
    ChapterLinkFactory,
    MembershipFactory,
    MilestoneFactory,
    RecommendationFactory,
    SubscriptionFactory,
    record,
)
from tests.reviews.digests.stages import fanned_out

LANGUAGES = ["en", "es"]


def public_patterns(patterns=None, namespace=""):
    """The name and the pattern of each address for readers: those that stand in both languages, but for the admin's."""
    if patterns is None:
        [in_both_languages] = [
            each for each in get_resolver().url_patterns if isinstance(each.pattern, LocalePrefixPattern)
        ]
        patterns = in_both_languages.url_patterns
    for each in patterns:
        if isinstance(each, URLPattern):
            if each.name:  # without one it is the sign-in of the admin, under another
                yield namespace + each.name, each.pattern
        elif each.namespace != "admin":
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from public_patterns(each.url_patterns, inner)


def parameters(pattern) -> list[str]:
    return list(getattr(pattern, "converters", None) or pattern.regex.groupindex)


def placed():
    """One of everything that has an address, and what leads there: {name of the address: {parameter: value}}."""
    recommendation = RecommendationFactory(code="2023-SB-1a", issue__code="2023-SB-1", priority=True)
    milestone = MilestoneFactory(note_en="A note.", place_en="A place.")
    milestone.documents.add(recommendation.document)
    organization = AddresseeFactory(recommendation=recommendation).organization
    chapter = ChapterLinkFactory(recommendation=recommendation, articles=["7.8"]).chapter
    MembershipFactory(group=recommendation.group, organization=organization)
    first = record(recommendation, status="implemented")
    record(recommendation, status="in_progress", reason_en="A reason.", corrects=first)
    subscription = SubscriptionFactory(series=[milestone.series])
    token = {"token": token_for(subscription.key)}
    return {
        "export": {"extension": "csv"},
        "figure": {"slug": "implemented"},
        "figure-export": {"slug": "implemented", "extension": "csv"},
        "changes-export": {"extension": "csv"},
        "recommendation": {"slug": recommendation.code},
        "bibtex": {"slug": recommendation.code},
        "badge": {"slug": recommendation.code},
        "card": {"slug": recommendation.code},
        "recommendation-widget": {"slug": recommendation.code},
        "issue": {"slug": recommendation.issue.code},
        "group": {"slug": recommendation.group.slug},
        "group-widget": {"slug": recommendation.group.slug},
        "chapter": {"slug": chapter.number},
        "organization": {"slug": organization.slug},
        "document": {"slug": recommendation.document.slug},
        "milestone": {"slug": milestone.slug},
        "milestone-calendar": {"slug": milestone.slug},
        "briefing": {"slug": milestone.slug, "extension": "pdf"},
        "digests:digest": {"pk": fanned_out(milestone).pk},
        "digests:preferences": token,
        "digests:confirm": {"token": confirmation_token_for(subscription.key)},
        "digests:unsubscribe": token,
        "digests:own-data": token,
        "digests:erase": token,
    }


def addresses(places):
    """The name of each public address, a language and the address in it; `places` is what placed() gives."""
    for name, pattern in public_patterns():
        needed = parameters(pattern)
        assert not needed or name in places, f"The address {name} is new: say in placed() what leads there."
        for language in LANGUAGES:
            with translation.override(language):
                address = reverse(name, kwargs=places.get(name) if needed else None)
            yield name, language, address
