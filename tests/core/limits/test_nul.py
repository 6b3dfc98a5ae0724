"""NUL comes to no view."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "/recommendations/a%00b/",
        "/recommendations/?q=%00",
        "/es/changes/?since=x%00",
        "/api/v1/recommendations/?group=%00",
        "/admin/autocomplete/?app_label=recommendations&model_name=addressee&field_name=organization&term=%00",
        "/static/%00",
    ],
)
def test_an_address_with_nul_is_refused(as_staff, address):
    assert as_staff.get(address).status_code == 400


@pytest.mark.parametrize("form", [{}, {"format": "multipart"}])
def test_a_form_with_nul_is_refused(client, form):
    body = {"content_type": "application/x-www-form-urlencoded", "data": "email=a%00b"} if not form else {}
    assert client.post("/subscribe/", **body or {"data": {"email": "a\0b"}}).status_code == 400


def test_a_file_may_have_it(as_staff):
    file = SimpleUploadedFile("readers.csv", "email\n".encode("utf-16"))

    assert as_staff.post("/admin/digests/subscription/import/", {"file": file}).status_code == 200


def test_a_percent_sign_before_two_noughts_is_no_nul(client):
    assert client.get("/recommendations/?q=%2500").status_code == 200
