"""Loading again and again: the load gives way to what staff have done since."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from core.fixtures import Loader
from core.models import LoadedRecord
from recommendations.models import Addressee
from tests.factories import AddresseeFactory, OrganizationFactory, RecommendationFactory, record_answer
from working_groups.models import Membership, Organization, Person, WorkingGroup

pytestmark = pytest.mark.django_db

SAT = {"name_en": "Tax Service", "name_es": "Servicio Tributario", "kind": "government", "country": "MX"}


def load(**changes) -> Loader:
    """Load one organization, as it stands in a file with `changes`, and give the loader."""
    loader = Loader()
    loader.upsert(Organization, {"slug": "sat"}, SAT | changes)
    return loader


def outcome(loader) -> str:
    [((model, what), count)] = loader.counts.items()
    assert (model, count) == (Organization, 1)
    return what


def test_a_load_creates():
    assert outcome(load()) == "created"
    assert Organization.objects.get().name_es == "Servicio Tributario"


def test_a_second_load_changes_nothing():
    load()

    assert outcome(load()) == "unchanged"
    assert Organization.objects.count() == 1


def test_a_field_that_nobody_touched_follows_the_file():
    load()

    assert outcome(load(name_en="Tax Administration")) == "updated"
    assert Organization.objects.get().name_en == "Tax Administration"


def test_a_field_that_staff_have_edited_is_kept_and_the_others_follow_the_file():
    load()
    Organization.objects.update(name_en="The Taxman")

    loader = load(name_en="Tax Administration", name_es="Administración Tributaria")

    organization = Organization.objects.get()
    assert (organization.name_en, organization.name_es) == ("The Taxman", "Administración Tributaria")
    assert outcome(loader) == "kept"
    assert loader.skipped == ["organization sat (edited: name_en)"]


def test_an_edit_is_kept_load_after_load():
    load()
    Organization.objects.update(name_en="The Taxman")

    for name in ["Tax Administration", "Tax Administration", "Revenue"]:
        load(name_en=name)

        assert Organization.objects.get().name_en == "The Taxman"


def test_an_edit_that_the_file_has_taken_up_follows_the_file_again():
    load()
    Organization.objects.update(name_en="The Taxman")
    load(name_en="The Taxman")

    assert outcome(load(name_en="Revenue")) == "updated"
    assert Organization.objects.get().name_en == "Revenue"


def test_a_record_that_staff_have_deleted_stays_deleted():
    load()
    Organization.objects.all().delete()

    for loader in [load(), load()]:
        assert outcome(loader) == "kept"
        assert loader.skipped == ["organization sat (deleted)"]
        assert not Organization.objects.exists()


def test_a_record_that_staff_have_added_is_left_alone():
    OrganizationFactory(slug="sat", name_en="The Taxman")

    for loader in [load(), load(name_en="Revenue")]:
        assert outcome(loader) == "kept"
        assert loader.skipped == ["organization sat (added by staff)"]
        assert Organization.objects.get().name_en == "The Taxman"


def test_a_record_under_another_key_is_nobodys_business():
    other = OrganizationFactory(slug="shcp", name_en="Ministry")

    load()

    other.refresh_from_db()
    assert other.name_en == "Ministry"


def test_a_field_that_the_file_gains_is_written():
    load()

    assert outcome(load(acronym="SAT")) == "updated"
    assert Organization.objects.get().acronym == "SAT"


def test_records_point_at_records():
    loader = Loader()
    organization = loader.upsert(Organization, {"slug": "sat"}, SAT)
    group = loader.upsert(WorkingGroup, {"slug": "taxes"}, {"code": "TX", "name_en": "Taxes", "name_es": "Impuestos"})
    person = loader.upsert(Person, {"name": "Ana"}, {})
    loader.upsert(Membership, {"group": group, "person": person}, {"affiliation": "SAT", "organization": organization})
    other = OrganizationFactory()
    Membership.objects.update(organization=other)

    again = Loader()
    again.upsert(Membership, {"group": group, "person": person}, {"affiliation": "SAT", "organization": organization})

    assert Membership.objects.get().organization == other
    assert again.skipped == ["membership taxes/Ana (edited: organization)"]


def load_addressee(recommendation, *organizations) -> Loader:
    """Load a recommendation's addressees, as they stand in a file, and give the loader."""
    loader = Loader()
    for organization in organizations:
        loader.upsert(Addressee, {"recommendation": recommendation, "organization": organization}, {"is_named": True})
    loader.drop_missing(
        Addressee, "recommendation", "organization", is_in_use=lambda addressee: addressee.answers.exists()
    )
    return loader


def test_what_is_loaded_is_known_again_after_titles_and_names_have_changed():
    recommendation, organization = RecommendationFactory(code="2023-SB-1"), OrganizationFactory(slug="sat")
    load_addressee(recommendation, organization)
    recommendation.title_en = organization.name_en = "Another"

    loader = load_addressee(recommendation, organization)

    assert (dict(loader.counts), loader.skipped) == ({(Addressee, "unchanged"): 1}, [])


def test_what_the_file_no_longer_has_is_deleted():
    recommendation = RecommendationFactory()
    first, second = OrganizationFactory(), OrganizationFactory()
    load_addressee(recommendation, first, second)

    loader = load_addressee(recommendation, second)

    assert loader.counts[Addressee, "removed"] == 1
    assert [addressee.organization for addressee in recommendation.addressees.all()] == [second]
    assert load_addressee(recommendation, second).counts[Addressee, "removed"] == 0


def test_what_the_file_no_longer_has_stays_where_staff_have_edited_it_or_it_has_answered():
    recommendation = RecommendationFactory(code="2023-SB-1")
    edited, answered = OrganizationFactory(slug="sat"), OrganizationFactory(slug="anam")
    load_addressee(recommendation, edited, answered)
    recommendation.addressees.filter(organization=edited).update(is_named=False)
    record_answer(recommendation.addressees.get(organization=answered), "noted")

    loader = load_addressee(recommendation)

    assert recommendation.addressees.count() == 2
    assert sorted(loader.skipped) == [
        "addressee 2023-SB-1/anam (no longer in fixtures/, but in use)",
        "addressee 2023-SB-1/sat (no longer in fixtures/, but in use)",
    ]


def test_what_staff_have_added_is_not_deleted():
    theirs = AddresseeFactory()

    load_addressee(theirs.recommendation)

    assert Addressee.objects.get() == theirs


def load_partners(*partners) -> Loader:
    loader = Loader()
    values = {"code": "TX", "name_en": "Taxes", "name_es": "Impuestos"}
    group = loader.upsert(WorkingGroup, {"slug": "taxes"}, values)
    loader.set_links(group, "partners", list(partners))
    return loader


def partners() -> set:
    return set(WorkingGroup.objects.get(slug="taxes").partners.all())


def test_links_follow_the_file():
    first, second = OrganizationFactory(), OrganizationFactory()
    load_partners(first)
    load_partners(first, second)
    assert partners() == {first, second}

    load_partners(second)
    assert partners() == {second}


def test_links_that_staff_have_changed_are_kept():
    first, second = OrganizationFactory(), OrganizationFactory()
    load_partners(first)
    WorkingGroup.objects.get().partners.set([second])

    for loader in [load_partners(first), load_partners()]:
        assert partners() == {second}
        assert "working group taxes (edited: partners)" in loader.skipped


def test_links_of_the_first_release_which_remembered_none_are_taken_for_its_own():
    first, second = OrganizationFactory(), OrganizationFactory()
    load_partners(first)
    LoadedRecord.objects.filter(key="taxes/partners").delete()

    load_partners(first, second)

    assert partners() == {first, second}


def test_what_is_missing_is_named(loaded):
    Organization.objects.filter(slug="anam").update(slug="customs")

    with pytest.raises(CommandError, match="There is no organization whose slug is “anam”, which fixtures/ refers to"):
        call_command("load_data", stdout=StringIO())


def test_what_the_file_gets_wrong_is_refused():
    with pytest.raises(ValidationError, match="not a valid choice"):
        load(kind="circus")

    assert not Organization.objects.exists()
