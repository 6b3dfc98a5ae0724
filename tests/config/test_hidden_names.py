"""What only an unpublished document brings is nowhere in public: neither its texts nor the names that come with it.

Each text and name that a hidden document can bring holds a marker; every public address, file, feed and answer of the
API is read for it.
"""

from datetime import date
from io import BytesIO
from itertools import count
from zipfile import ZipFile, is_zipfile

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import get_resolver, reverse
from pypdf import PdfReader

from recommendations.models import Document, ExpectedStep, Recommendation, SourceCheck
from tests.accounts import signed_in
from tests.addresses import addresses, placed
from tests.factories import (
    AddresseeFactory,
    ChapterLinkFactory,
    MembershipFactory,
    OrganizationFactory,
    RecommendationFactory,
    UserFactory,
    WorkingGroupFactory,
    record,
    record_answer,
)
from working_groups.models import Organization, WorkingGroup

MARKER = "quetzal"


def marked(*names) -> dict:
    """A text with the marker for each of `names`, no two alike."""
    return {name: f"{MARKER} {name} {next(numbers)}" for name in names}


numbers = count()


def hidden_organization():
    return OrganizationFactory(
        slug=f"{MARKER}-organization-{next(numbers)}",
        acronym=MARKER.upper(),
        website=f"https://{MARKER}.example/",
        **marked("name_en", "name_es"),
    )


def hidden_world(visibility="staff") -> Recommendation:
    """A recommendation in an unpublished document, with all that it can have, and new names wherever there can be one."""
    in_both = ["title_en", "title_es", "summary_en", "summary_es"]
    group = WorkingGroupFactory(
        slug=f"{MARKER}-group",
        code="QUETZAL",
        kind="stakeholder",
        organization=hidden_organization(),
        **marked("name_en", "name_es", "description_en", "description_es"),
    )
    group.partners.add(hidden_organization())
    MembershipFactory(
        group=group,
        organization=hidden_organization(),
        person__name=f"{MARKER} person",
        **marked("affiliation", "note_en", "source_en"),
    )
    document = {"slug": f"{MARKER}-document", "visibility": visibility, "publisher": hidden_organization()}
    topic = {"slug": f"{MARKER}-topic", "group": group} | marked("title_en", "title_es", "summary_en", "summary_es")
    recommendation = RecommendationFactory(
        code="2023-QUETZAL-1a",
        issue__code="2023-QUETZAL-1",
        **{f"issue__{name}": text for name, text in marked(*in_both).items()},
        **{f"issue__topic__{name}": value for name, value in topic.items()},
        **{f"issue__topic__document__{name}": value for name, value in (document | marked(*in_both)).items()},
        **marked(*in_both, "official_wording", "success_test_en", "success_test_es"),
        priority=True,
    )
    addressee = AddresseeFactory(recommendation=recommendation, organization=hidden_organization())
    record_answer(
        addressee,
        source_url=f"https://{MARKER}.example/answer",
        **marked("said_en", "said_es", "source_title", "source_publisher"),
    )
    recommendation.mentions.add(hidden_organization())
    ChapterLinkFactory(recommendation=recommendation, articles=["7.8"], **marked("reason_en", "reason_es"))
    ExpectedStep.objects.create(
        recommendation=recommendation,
        slug=MARKER,
        source_url=f"https://{MARKER}.example/step",
        **marked("what_en", "what_es"),
    )
    SourceCheck.objects.create(
        recommendation=recommendation, checked_on=date(2024, 1, 1), **marked("note_en", "note_es")
    )
    source = marked("title", "publisher") | {"url": f"https://{MARKER}.example/source"}
    record(recommendation, status="implemented", evidence=[source], **marked("what_en", "what_es"))
    return recommendation


def public_world(hidden) -> dict[str, dict]:
    """One of everything that is public, tied to what is hidden in each way there is; the places that addresses need."""
    places = placed()
    document = Document.objects.get(visibility="public")
    document.milestones.get().documents.add(hidden.document)
    shown = Recommendation.objects.get(topic__document=document)
    for organization in Organization.objects.filter(addressed__recommendation=shown):
        AddresseeFactory(recommendation=hidden, organization=organization)
        MembershipFactory(group=hidden.group, organization=organization, person__name=f"{MARKER} of both")
    record(shown, status="superseded", successors=[hidden], what_en="Another one took its place.")
    return places


def read(response) -> str:
    """All that a file or a page says, also what is compressed."""
    content = response.getvalue()
    if content.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    if is_zipfile(BytesIO(content)):
        with ZipFile(BytesIO(content)) as parts:
            return " ".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    return content.decode(errors="replace")


def asked_of(places):
    """Every public address, the files and answers beside them, and those that ask for something in particular."""
    for name, _language, address in addresses(places):
        yield address
        if name.endswith("export"):
            yield from (address.replace(".csv", f".{extension}") for extension in ("xlsx", "json"))
        if name == "briefing":
            yield address.replace(".pdf", ".docx")
    yield from ["/sitemap.xml", "/robots.txt", "/no/such/page/", "/es/no/such/page/"]
    yield from (f"/sitemap-{section}.xml" for section in sections())
    yield from (f"/api/v1/{part}" for part in ("", "recommendations/", "groups/", "milestones/", "status-definitions/"))
    yield from ["/api/v1/recommendations/2023-SB-1a/", "/api/v1/changes/"]
    yield "/recommendations/?page=all"
    for address in ("/recommendations/", "/recommendations/export.csv", "/recommendations/feed.atom"):
        yield f"{address}?as_of=2025-01-01"
    yield from ["/groups/?as_of=2025-01-01", "/changes/?since=2020-01-01", "/es/changes/?since=2020-01-01"]
    yield from ["/subscribe/?group=quet", "/recommendations/?q=quet*", "/recommendations/?q=quetsal"]


def sections() -> list[str]:
    [sitemap] = [pattern for pattern in get_resolver().url_patterns if getattr(pattern, "name", "") == "sitemap"]
    return list(sitemap.default_args["sitemaps"])


@pytest.mark.django_db(transaction=True)  # a digest is frozen in a transaction of its own
@pytest.mark.parametrize("visibility", ["members", "staff"])
def test_no_name_that_only_a_hidden_document_has_is_public(client, visibility):
    places = public_world(hidden_world(visibility))

    said = {}
    for address in asked_of(places):
        text = read(client.get(address)).lower()
        if MARKER in text:
            place = text.index(MARKER)
            said[address] = text[max(0, place - 80) : place + 40]

    assert said == {}


def hidden_addresses(hidden) -> list[str]:
    organizations = Organization.objects.filter(slug__startswith=MARKER)
    pages = [hidden, hidden.issue, hidden.document, hidden.group, *organizations]
    parts = ["bibtex", "badge", "recommendation-widget"]
    return [
        *(page.get_absolute_url() for page in pages),
        *(reverse(part, args=[hidden.code]) for part in parts),
        reverse("group-widget", args=[hidden.group.slug]),
        reverse("api-recommendation", args=[hidden.code]),
    ]


@pytest.mark.django_db
def test_the_address_of_a_hidden_name_is_like_one_that_leads_nowhere(client):
    hidden = hidden_world()

    answers = {address: client.get(address).status_code for address in hidden_addresses(hidden)}

    assert len(answers) == 15
    assert set(answers.values()) == {404}


@pytest.mark.django_db
@pytest.mark.parametrize("facet", ["group", "addressee", "document", "topic"])
def test_to_filter_by_a_hidden_name_is_to_filter_by_one_that_does_not_exist(client, facet):
    hidden = hidden_world()
    names = {
        "group": hidden.group.slug,
        "addressee": hidden.addressees.get().organization.slug,
        "document": hidden.document.slug,
        "topic": hidden.topic.slug,
    }

    known, unknown = (
        read(client.get("/recommendations/", {facet: name})).replace(name, "…") for name in (names[facet], "nowhere")
    )

    assert known == unknown


@pytest.mark.django_db
def test_names_are_public_with_the_first_public_document_that_brings_them(client):
    hidden = hidden_world()
    Document.objects.filter(pk=hidden.document.pk).update(visibility="public")

    pages = {address: client.get(address).status_code for address in hidden_addresses(hidden)}

    assert set(pages.values()) == {200}
    assert hidden.group.name_en in read(client.get("/groups/"))


@pytest.mark.django_db
def test_members_and_staff_hear_of_what_they_may_read():
    hidden = hidden_world("members")
    nobody, member, staff = AnonymousUser(), UserFactory(), UserFactory(is_staff=True)
    unnamed = OrganizationFactory()

    heard_of = {
        reader: (
            hidden.group in WorkingGroup.objects.visible_to(user),
            Organization.objects.visible_to(user).filter(slug__startswith=MARKER).count(),
            unnamed in Organization.objects.visible_to(user),
        )
        for reader, user in {"nobody": nobody, "member": member, "staff": staff}.items()
    }

    assert heard_of == {"nobody": (False, 0, False), "member": (True, 6, False), "staff": (True, 6, True)}
    assert signed_in(is_staff=False).get(hidden.group.get_absolute_url()).status_code == 200


@pytest.mark.django_db
def test_an_organization_is_named_for_each_thing_that_names_it():
    shown = RecommendationFactory()
    named = {
        "publishes": shown.document.publisher,
        "asked": AddresseeFactory(recommendation=shown).organization,
        "mentioned": OrganizationFactory(),
        "partner": OrganizationFactory(),
        "member": MembershipFactory(group=shown.group, organization=OrganizationFactory()).organization,
        "stakeholder": OrganizationFactory(),
    }
    shown.mentions.add(named["mentioned"])
    shown.group.partners.add(named["partner"])
    WorkingGroup.objects.filter(pk=shown.group.pk).update(kind="stakeholder", organization=named["stakeholder"])
    OrganizationFactory()

    assert set(Organization.objects.visible_to(AnonymousUser())) == set(named.values())
