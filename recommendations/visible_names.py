"""Names that documents bring to light: the groups and organizations that a reader of a document hears of."""

from django.db.models import Exists, OuterRef

from working_groups.hooks import SHOWS_GROUP, SHOWS_ORGANIZATION

from .models import Document, Recommendation, Topic


def shows_group(levels) -> Exists:
    """The condition that a group has a part in a document of one of these `levels` of Visibility."""
    return Exists(Topic.objects.filter(group=OuterRef("pk"), document__visibility__in=levels))


def publishes(levels) -> Exists:
    """The condition that an organization has published a document of one of these `levels`."""
    return Exists(Document.objects.filter(publisher=OuterRef("pk"), visibility__in=levels))


def is_asked(levels) -> Exists:
    """The condition that a recommendation in a document of one of these `levels` asks an organization to act."""
    return Exists(_recommendations(levels).filter(addressees__organization=OuterRef("pk")))


def is_mentioned(levels) -> Exists:
    """The condition that a recommendation in a document of one of these `levels` mentions an organization."""
    return Exists(_recommendations(levels).filter(mentions=OuterRef("pk")))


def _recommendations(levels):
    return Recommendation.objects.filter(topic__document__visibility__in=levels)


SHOWS_GROUP.append(shows_group)
SHOWS_ORGANIZATION.extend([is_asked, publishes, is_mentioned])
