"""Every change of words leaves the words before it, also by SQL; and nothing else does."""

from io import StringIO

import pghistory
import pytest
from django.apps import apps
from django.core.management import call_command

from core.history.past_views import version_models
from core.history.versions import Version
from recommendations.models import DocumentVersion, RecommendationVersion, SuccessTestVersion
from tests.database import refused, sql
from tests.factories import AddresseeFactory, DocumentFactory, RecommendationFactory

pytestmark = pytest.mark.django_db


def changes(recommendation):
    return list(recommendation.versions.exclude(pgh_label="insert").values_list("title_en", flat=True))


def test_a_change_leaves_the_old_words(recommendation):
    before = recommendation.title_en
    recommendation.title_en = "Another title"
    recommendation.save()

    assert changes(recommendation) == [before]


def test_so_does_one_by_sql_which_says_its_role(recommendation):
    before = recommendation.title_en
    sql("UPDATE recommendations_recommendation SET title_en = 'By hand'")

    version = recommendation.versions.get(pgh_label="update")
    assert version.title_en == before
    assert version.pgh_context == {"role": sql("SELECT session_user")[0][0]}


def test_saving_what_is_the_same_leaves_none(recommendation):
    recommendation.save()
    sql("UPDATE recommendations_recommendation SET title_en = title_en")

    assert changes(recommendation) == []


def test_a_removed_row_is_kept(recommendation):
    addressee = AddresseeFactory(recommendation=recommendation)
    organization = addressee.organization_id
    addressee.delete()

    [[removed]] = sql("SELECT organization_id FROM recommendations_addresseeversion WHERE pgh_label = 'delete'")
    assert removed == organization


def test_who_and_why_come_from_the_context(recommendation):
    with pghistory.context(user=7, why_en="  A slip of the pen. "):
        recommendation.title_en = "Another title"
        recommendation.save()

    version = recommendation.versions.get(pgh_label="update")
    assert (version.pgh_context["user"], version.why_en, version.why_es) == (7, "A slip of the pen.", "")


def test_sql_says_why_by_a_setting(recommendation):
    sql("""SET LOCAL pghistory.context_metadata = '{"why_en": "By hand"}'""")
    sql("UPDATE recommendations_recommendation SET title_en = 'By hand'")

    assert recommendation.versions.get(pgh_label="update").why_en == "By hand"


def test_a_version_knows_whether_the_public_could_read_the_words():
    document = DocumentFactory(visibility="staff", title_en="A draft")
    document.title_en, document.visibility = "The paper", "public"
    document.save()
    document.title_en = "The paper, second printing"
    document.save()

    versions = DocumentVersion.objects.filter(pgh_label="update").order_by("pgh_id")
    assert list(versions.values_list("title_en", "is_public")) == [("A draft", False), ("The paper", True)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE recommendations_recommendationversion SET title_en = 'Never said'",
        "DELETE FROM recommendations_recommendationversion",
        "TRUNCATE recommendations_recommendationversion",
    ],
)
def test_versions_never_change(recommendation, statement):
    with refused("versions_never_change"):
        sql(statement)


def test_none_is_made_up(recommendation):
    columns = ", ".join(field.column for field in RecommendationVersion._meta.concrete_fields if not field.primary_key)
    with refused("versions_come_from_changes"):
        sql(f"""
            INSERT INTO recommendations_recommendationversion ({columns})
            SELECT {columns} FROM recommendations_recommendationversion
        """)


def test_an_unchanged_load_leaves_none(loaded):
    models = [version for found in version_models().values() for version in found]
    before = [model.objects.count() for model in models]

    call_command("load_data", stdout=StringIO())

    assert [model.objects.count() for model in models] == before
    assert sum(before) > 100


def test_what_has_versions_is_never_null():
    """Past views take the words of today where there is no version, so that an empty one must not look like none."""
    models = [model for model in apps.get_models() if issubclass(model, Version)]

    shown = [field for model in models for field in model.tracked_fields() if field.name not in model.not_in_past_views]
    assert [field for field in shown if field.null] == []


class TestSuccessTest:
    def change(self, recommendation):
        sql("UPDATE recommendations_recommendation SET success_test_en = 'Done when said so.'")

    def test_one_that_was_published_is_not_changed_without_a_reason(self, recommendation):
        with refused("changed_success_test_needs_a_reason"):
            self.change(recommendation)

    def test_with_one_it_is(self, recommendation):
        with pghistory.context(why_en="It could not be measured."):
            self.change(recommendation)

        assert SuccessTestVersion.objects.get().why == "It could not be measured."

    def test_before_publication_it_is_free(self):
        recommendation = RecommendationFactory(document=DocumentFactory(visibility="staff"))

        self.change(recommendation)

        assert not recommendation.earlier_success_tests.get().is_public
