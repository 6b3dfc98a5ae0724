"""The admin pages of groups."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from tests.accounts import signed_in
from tests.factories import WorkingGroupFactory
from working_groups.models import WorkingGroup

pytestmark = pytest.mark.django_db


def fields(code) -> dict:
    """What the form of a group sends."""
    names = {"slug": "a-group", "kind": "working_group", "name_en": "A group", "name_es": "Un grupo", "position": "1"}
    inline = {f"memberships-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}
    return names | inline | {"code": code}


def warnings(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request) if message.level_tag == "warning"]


@pytest.mark.parametrize("code", ["SEP", "MAR", "DIC", "MAY", "ago", "SEPTIEMBRE"])
def test_a_code_that_excel_reads_as_a_month_is_saved_and_warned_about(code):
    response = signed_in(is_superuser=True).post(reverse("admin:working_groups_workinggroup_add"), fields(code))

    assert WorkingGroup.objects.get().code == code
    [warning] = warnings(response)
    assert f"“{code}”" in warning


def test_other_codes_and_those_that_stay_are_not_warned_about():
    staff = signed_in(is_superuser=True)
    group = WorkingGroupFactory(slug="a-group", code="SEP")
    change = reverse("admin:working_groups_workinggroup_change", args=[group.pk])

    assert warnings(staff.post(change, fields("SEP"))) == []
    assert warnings(staff.post(change, fields("SB"))) == []
    assert WorkingGroup.objects.get().code == "SB"
