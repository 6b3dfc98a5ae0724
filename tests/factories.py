"""Records for tests. A test states only what it is about."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from core.visibility import Visibility
from recommendations.models import (
    Addressee,
    Assessment,
    Chapter,
    ChapterLink,
    Document,
    Issue,
    Recommendation,
    Topic,
)
from reviews.digests.models import Subscription, SubscriptionState
from reviews.models import Milestone, Series
from working_groups.models import Membership, Organization, Person, User, WorkingGroup


class UserFactory(DjangoModelFactory):
    username = factory.Sequence(lambda n: f"user{n}")

    class Meta:
        model = User


class OrganizationFactory(DjangoModelFactory):
    slug = factory.Sequence(lambda n: f"organization-{n}")
    name_en = factory.Sequence(lambda n: f"Organization {n}")
    name_es = factory.Sequence(lambda n: f"Organización {n}")
    kind = "government"
    country = "MX"

    class Meta:
        model = Organization


class PersonFactory(DjangoModelFactory):
    name = factory.Sequence(lambda n: f"Person {n}")

    class Meta:
        model = Person


class WorkingGroupFactory(DjangoModelFactory):
    slug = factory.Sequence(lambda n: f"group-{n}")
    code = factory.Sequence(lambda n: f"G{n}")
    name_en = factory.Sequence(lambda n: f"Group {n}")
    name_es = factory.Sequence(lambda n: f"Grupo {n}")

    class Meta:
        model = WorkingGroup


class MembershipFactory(DjangoModelFactory):
    group = factory.SubFactory(WorkingGroupFactory)
    person = factory.SubFactory(PersonFactory)
    affiliation = "An institute"

    class Meta:
        model = Membership


class DocumentFactory(DjangoModelFactory):
    slug = factory.Sequence(lambda n: f"document-{n}")
    title_en = factory.Sequence(lambda n: f"Document {n}")
    title_es = factory.Sequence(lambda n: f"Documento {n}")
    publisher = factory.SubFactory(OrganizationFactory)
    published_on = date(2023, 9, 18)
    language = "en"
    url = "https://example.org/document"
    visibility = Visibility.PUBLIC

    class Meta:
        model = Document


class TopicFactory(DjangoModelFactory):
    document = factory.SubFactory(DocumentFactory)
    group = factory.SubFactory(WorkingGroupFactory)
    slug = factory.Sequence(lambda n: f"topic-{n}")
    title_en = factory.Sequence(lambda n: f"Topic {n}")
    title_es = factory.Sequence(lambda n: f"Tema {n}")

    class Meta:
        model = Topic


class PublicGroupFactory(WorkingGroupFactory):
    """A group that everybody may hear of: it has a part in a public document, if nothing that is asked in it yet."""

    class Meta:
        skip_postgeneration_save = True

    @factory.post_generation
    def topic(group, create, topic, **kwargs):  # noqa: N805
        TopicFactory(group=group)


class IssueFactory(DjangoModelFactory):
    topic = factory.SubFactory(TopicFactory)
    code = factory.Sequence(lambda n: f"2023-XX-{n}")
    title_en = factory.Sequence(lambda n: f"Issue {n}")
    title_es = factory.Sequence(lambda n: f"Problema {n}")
    summary_en = "Something is wrong."
    summary_es = "Algo anda mal."

    class Meta:
        model = Issue


class RecommendationFactory(DjangoModelFactory):
    """`group=` and `document=` reach up through its issue and topic; `status=` is recorded in the ledger."""

    class Params:
        group = None
        document = None

    issue = factory.Maybe(
        "group",
        factory.SubFactory(IssueFactory, topic__group=factory.SelfAttribute("...group")),
        factory.Maybe(
            "document",
            factory.SubFactory(IssueFactory, topic__document=factory.SelfAttribute("...document")),
            factory.SubFactory(IssueFactory),
        ),
    )
    code = factory.Sequence(lambda n: f"2023-YY-{n}")
    title_en = factory.Sequence(lambda n: f"Recommendation {n}")
    title_es = factory.Sequence(lambda n: f"Recomendación {n}")
    summary_en = "Do something."
    summary_es = "Hacer algo."
    success_test_en = "Implemented when it is done."
    success_test_es = "Cumplida cuando esté hecho."

    class Meta:
        model = Recommendation
        skip_postgeneration_save = True

    @factory.post_generation
    def status(recommendation, create, status, **kwargs):  # noqa: N805
        if status:
            record(recommendation, status=status)


class ChapterFactory(DjangoModelFactory):
    number = factory.Iterator(range(1, 35))
    title_en = "A chapter"
    title_es = "Un capítulo"

    class Meta:
        model = Chapter
        django_get_or_create = ["number"]


class ChapterLinkFactory(DjangoModelFactory):
    recommendation = factory.SubFactory(RecommendationFactory)
    chapter = factory.SubFactory(ChapterFactory)

    class Meta:
        model = ChapterLink


class AddresseeFactory(DjangoModelFactory):
    """`answer="accepted"` has it answer so; further fields of the answer are `answer__effective_on=` and the like."""

    recommendation = factory.SubFactory(RecommendationFactory)
    organization = factory.SubFactory(OrganizationFactory)

    class Meta:
        model = Addressee
        skip_postgeneration_save = True

    @factory.post_generation
    def answer(addressee, create, kind, **fields):  # noqa: N805
        if kind:
            record_answer(addressee, kind, **fields)


class AssessmentFactory(DjangoModelFactory):
    """Written, and not yet reviewed."""

    recommendation = factory.SubFactory(RecommendationFactory)
    because_en = "Work began on May 1, 2024."
    because_es = "La obra empezó el 1 de mayo de 2024."
    remains_en = "Half of it."
    remains_es = "La mitad."
    moves_up_en = "The other half."
    moves_up_es = "La otra mitad."
    moves_down_en = "The end of the work."
    moves_down_es = "El fin de la obra."
    testability = "measurable"
    testability_reason_en = "It can be counted."
    testability_reason_es = "Puede contarse."

    class Meta:
        model = Assessment


class SeriesFactory(DjangoModelFactory):
    slug = factory.Sequence(lambda n: f"series-{n}")
    name_en = factory.Sequence(lambda n: f"Series {n}")
    name_es = factory.Sequence(lambda n: f"Serie {n}")
    short_name_en = factory.Sequence(lambda n: f"S{n}")
    short_name_es = factory.Sequence(lambda n: f"S{n}")

    class Meta:
        model = Series


class MilestoneFactory(DjangoModelFactory):
    """A scheduled meeting of one day; `day=` sets both ends."""

    class Params:
        day = date(2030, 7, 1)

    series = factory.SubFactory(SeriesFactory)
    slug = factory.Sequence(lambda n: f"milestone-{n}")
    name_en = factory.Sequence(lambda n: f"Meeting {n}")
    name_es = factory.Sequence(lambda n: f"Reunión {n}")
    starts_on = factory.SelfAttribute("day")
    ends_on = factory.SelfAttribute("day")
    state = "scheduled"
    time_zone = "America/Mexico_City"

    class Meta:
        model = Milestone


class SubscriptionFactory(DjangoModelFactory):
    """Confirmed; `series=[...]` and `groups=[...]` are set after it is stored."""

    email = factory.Sequence(lambda n: f"reader{n}@example.org")
    language = "en"
    state = SubscriptionState.CONFIRMED
    confirmed_at = datetime(2026, 1, 1, tzinfo=UTC)
    consent_origin = "form"
    consent_version = "1"

    class Meta:
        model = Subscription
        skip_postgeneration_save = True

    @factory.post_generation
    def series(subscription, create, series, **kwargs):  # noqa: N805
        subscription.series.set(series or [])

    @factory.post_generation
    def groups(subscription, create, groups, **kwargs):  # noqa: N805
        subscription.groups.set(groups or [])


SOURCE = {"title": "A source", "publisher": "A gazette", "url": "https://example.org/source"}


def record_answer(addressee, kind="accepted", **fields):
    """Record what it answered: an unremarkable answer but for the fields given."""
    values = {
        "said_en": "We agree.",
        "said_es": "Estamos de acuerdo.",
        "effective_on": date(2024, 2, 1),
        "source_title": "Letter",
        "source_publisher": "The agency",
        "source_url": "https://anam.example/letter",
    }
    return addressee.record_answer(kind=kind, **values | fields)


def record(recommendation, **fields):
    """Record an update of it, with evidence: an unremarkable one but for the fields given."""
    values = {
        "what_en": "Something happened.",
        "what_es": "Algo pasó.",
        "effective_on": date(2024, 5, 1),
        "evidence": [SOURCE],
    }
    return recommendation.record_update(**values | fields)
