"""Content in two languages, read through one name."""

import pytest
from django.utils import translation

from core.text.bilingual import Bilingual, current_language, in_current_language, language_shown
from tests.factories import OrganizationFactory


@pytest.fixture
def organization():
    return OrganizationFactory.build(name_en="Bank of Mexico", name_es="Banco de México")


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "Bank of Mexico"), ("es", "Banco de México"), ("es-mx", "Banco de México"), ("fr", "Bank of Mexico")],
)
def test_a_name_is_read_in_the_language_of_the_page(organization, language, name):
    with translation.override(language):
        assert organization.name == name
        assert str(organization) == name


def test_english_stands_in_where_spanish_is_missing(organization):
    organization.name_es = ""

    with translation.override("es"):
        assert organization.name == "Bank of Mexico"


@pytest.mark.parametrize(
    ("spanish", "page", "language"), [("Banco", "es", "es"), ("Banco", "en", "en"), ("", "es", "en"), ("", "en", "en")]
)
def test_what_is_shown_knows_its_language(organization, spanish, page, language):
    organization.name_es = spanish

    with translation.override(page):
        assert language_shown(organization, "name") == language


def test_nothing_is_in_the_language_of_the_page(organization):
    organization.name_en = organization.name_es = ""

    with translation.override("es"):
        assert language_shown(organization, "name") == "es"


def test_without_a_language_it_is_english(organization):
    with translation.override(None):
        assert (current_language(), organization.name) == ("en", "Bank of Mexico")


@pytest.mark.parametrize(("language", "column"), [("en", "title_en"), ("es", "title_es")])
def test_queries_use_the_column_of_the_current_language(language, column):
    with translation.override(language):
        assert in_current_language("title") == column


def test_the_pair_cannot_be_read_from_the_class():
    assert isinstance(type(OrganizationFactory.build()).name, Bilingual)
