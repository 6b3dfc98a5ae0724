from itertools import groupby

import pghistory
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from core.fixtures import Loader
from recommendations.ledger.loading import load_answers, load_updates
from recommendations.loading import load_recommendations
from reviews.loading import load_reviews
from working_groups.loading import load_working_groups

# Of what an earlier load wrote and this one puts right: readers see it where a success test changes.
WHY = {
    "why_en": "Put right in the data that this site is made from.",
    "why_es": "Se corrigió en los datos de los que se hace este sitio.",
}


class Command(BaseCommand):
    help = (
        "Loads fixtures/ into the database. Can be run again at any time: it adds and updates records, never "
        "overwrites what staff have edited since, and corrects a row of the ledger by a further one."
    )

    def handle(self, **options):
        with pghistory.context(command="load_data", **WHY):
            self.load(Loader())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # so that the first queries know what has come in

    @transaction.atomic
    def load(self, loader):
        load_working_groups(loader)
        load_recommendations(loader)
        load_updates(loader)
        load_answers(loader)
        load_reviews(loader)
        for model, entries in groupby(loader.counts.items(), key=lambda entry: entry[0][0]):
            outcome = ", ".join(f"{count} {what}" for (_model, what), count in entries)
            self.stdout.write(f"{model._meta.verbose_name_plural}: {outcome}")
        for line in loader.skipped:
            self.stdout.write(self.style.WARNING(f"left as staff have it: {line}"))
