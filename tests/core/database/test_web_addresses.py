"""What a page links to is an address in the web, also where SQL or a fixture has written it."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, URLField

from tests.database import refused, sql
from tests.factories import DocumentFactory, OrganizationFactory

PROJECT = ["core", "mail", "working_groups", "recommendations", "reviews", "digests"]
FIELDS = [
    (model, field.name)
    for label in PROJECT
    for model in apps.get_app_config(label).get_models()
    for field in model._meta.fields
    if isinstance(field, URLField)
]


def refuses(model, field, value) -> bool:
    """Whether a constraint of the table, which PostgreSQL checks, is about this value."""
    for constraint in model._meta.constraints:
        if isinstance(constraint, CheckConstraint) and field in str(constraint.condition):
            try:
                constraint.validate(model, model(**{field: value}))
            except ValidationError as error:
                if "http://" in str(error):
                    return True
    return False


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "field"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_every_field_of_an_address_refuses_what_is_none(model, field):
    for value in ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/", "\nhttps://example.org/", "//e.org"]:
        assert refuses(model, field, value), value
    for value in ["https://example.org/", "HTTP://example.org/"]:
        assert not refuses(model, field, value), value


def test_there_are_such_fields():
    assert len(FIELDS) >= 8


@pytest.mark.django_db
def test_sql_cannot_write_one():
    document, organization = DocumentFactory(), OrganizationFactory(website="")

    with refused("document_url_is_a_web_address"):
        sql("UPDATE recommendations_document SET url = 'javascript:alert(1)' WHERE id = %s", document.pk)
    with refused("organization_website_is_a_web_address"):
        sql("UPDATE working_groups_organization SET website = 'javascript:alert(1)' WHERE id = %s", organization.pk)
