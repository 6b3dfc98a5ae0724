"""A compression that a browser refuses is not used: by pages, by static files, and by what is not cached."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/about/", "/subscribe/", "/static/site.css"])
@pytest.mark.parametrize("refusal", ["gzip;q=0", "br, GZIP ; q=0.000", "identity, gzip;q=0"])
def test_what_is_refused_is_not_used(client, address, refusal):
    response = client.get(address, headers={"Accept-Encoding": refusal})

    assert response.status_code == 200
    assert response.get("Content-Encoding") in (None, "br")


@pytest.mark.parametrize("accepted", ["gzip", "br;q=0, gzip;q=0.5", "gzip;q=0.001"])
def test_what_is_accepted_is_used(client, accepted):
    assert client.get("/about/", headers={"Accept-Encoding": accepted})["Content-Encoding"] == "gzip"
