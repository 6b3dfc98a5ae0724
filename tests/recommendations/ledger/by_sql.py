"""Rows of the ledger, written past Django."""

from datetime import date

from recommendations.models import Update
from tests.database import insert


def insert_update(recommendation, **columns) -> Update:
    """Write a row of its ledger, an unremarkable one but for the columns given."""
    row = {
        "recommendation_id": recommendation.pk,
        "status": "in_progress",
        "effective_on": date(2024, 5, 1),
        "precision": "day",
        "what_en": "Something happened.",
        "what_es": "",
        "reason_en": "",
        "reason_es": "",
        "basis": "verified",
        "visibility": "public",
    }
    return Update.objects.get(pk=insert("recommendations_update", **row | columns))


def insert_evidence(update):
    source = {"title": "A source", "publisher": "A gazette", "url": "https://example.org/"}
    insert("recommendations_evidence", update_id=update.pk, **source)


def insert_succession(update, successor):
    insert("recommendations_succession", update_id=update.pk, successor_id=successor.pk)
