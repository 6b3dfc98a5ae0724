"""Names of organizations have days (trial 18)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.history.past import words_of
from core.text.dates import write_date
from tests.database import queries_of, sql
from tests.factories import AddresseeFactory, OrganizationFactory
from tests.history import days_ago
from tests.reading import text
from working_groups.models import Organization, OrganizationVersion
from working_groups.names import attach_names_now

pytestmark = pytest.mark.django_db

YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def renamed():
    organization = OrganizationFactory(
        slug="se", acronym="SECON", name_en="Secretariat of Commerce", name_es="Comercio"
    )
    AddresseeFactory(organization=organization)
    days_ago(3)
    organization.acronym, organization.name_en, organization.name_es = "SE", "Secretariat of Economy", "Economía"
    organization.save()
    return organization


def test_its_page_has_the_name_of_the_day_and_says_what_it_is_now(client, renamed):
    page = text(client.get(renamed.get_absolute_url(), {"as_of": YESTERDAY.isoformat()}))

    assert "Secretariat of Commerce (SECON)" in page
    assert "Now Secretariat of Economy." in page


def test_its_page_of_today_has_the_former_name_with_its_last_day(client, renamed):
    page = " ".join(text(client.get(renamed.get_absolute_url())).split())

    assert f"Until {write_date(timezone.localdate())}: Secretariat of Commerce (SECON)" in page


def test_so_does_the_record_of_what_it_is_asked(client, renamed):
    recommendation = renamed.addressed.get().recommendation

    page = text(client.get(recommendation.get_absolute_url(), {"as_of": YESTERDAY.isoformat()}))

    assert "Secretariat of Commerce" in page
    assert "now Secretariat of Economy" in page


def test_the_search_can_ask_for_all_names(renamed):
    names = sql("SELECT acronym, name_en FROM organization_names(%s) ORDER BY 1", renamed.pk)

    assert names == [("SE", "Secretariat of Economy"), ("SECON", "Secretariat of Commerce")]
    assert [former.acronym for former in OrganizationVersion.objects.former_names()] == ["SECON"]


def test_names_of_many_take_as_many_queries_as_of_one(renamed):
    def attach():
        with words_of(YESTERDAY):
            attach_names_now(Organization.objects.all())

    few = queries_of(attach)
    OrganizationFactory.create_batch(10)

    assert queries_of(attach) == few
