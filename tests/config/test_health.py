"""What the monitoring of the site asks: /healthz and /readyz."""

import pytest
from django.db import connection


def test_healthz_says_that_the_process_is_up_without_asking_anybody(client):
    assert client.get("/healthz").status_code == 200  # pytest-django refuses the database here


@pytest.mark.django_db(transaction=True)
def test_readyz_fails_without_a_worker_and_says_so(client):
    response = client.get("/readyz")

    said = response.json()
    assert response.status_code == 500
    assert "worker" in said.pop("ping").lower()
    assert said.pop("mail") == {
        "jobs": "OK",
        "last_runs": {"digests": None, "mail": None},
        "paused": False,
        "paused_domains": 0,
        "oldest_due_at": None,
        "unknown": 0,
    }
    assert said == {"database": "OK", "cache": "OK"}


@pytest.mark.django_db(transaction=True)
def test_readyz_gives_its_connections_back(client):
    def in_use():
        stats = connection.pool.get_stats()
        return stats["pool_size"] - stats["pool_available"]

    connection.ensure_connection()
    before = in_use()
    client.get("/readyz")
    connection.ensure_connection()

    assert in_use() == before
