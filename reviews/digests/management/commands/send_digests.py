from datetime import date, datetime, time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from mail.delivery.deliver import deliver
from mail.delivery.queue import sweep
from mail.models import MessageState
from reviews.digests.models import Digest, DigestState
from reviews.digests.pipeline import run
from reviews.digests.pipeline.answers import unreported_answers
from reviews.digests.pipeline.freeze import unreported, why_skipped
from reviews.digests.pipeline.plan import plan
from reviews.digests.pipeline.readers import readers_of
from reviews.digests.pipeline.success_tests import unreported_test_changes

EVENING = time(20)  # all of that day is due in Mexico City, and it is the same day wherever milestones are held


class Command(BaseCommand):
    help = "Does what the scheduler does each minute, in this process, and prints which digests went to how many."

    def add_arguments(self, parser):
        parser.add_argument(
            "--on",
            type=date.fromisoformat,
            metavar="DATE",
            help="as if it were the evening of that day (not in production)",
        )
        parser.add_argument("--dry-run", action="store_true", help="print what would be sent, and send nothing")

    def handle(self, *, on, dry_run, **options):
        if on and not dry_run and settings.PRODUCTION:
            raise CommandError("--on without --dry-run is refused in production: readers would get a false date.")
        now = timezone.make_aware(datetime.combine(on, EVENING)) if on else timezone.now()
        if dry_run:
            self.foretell(now)
        else:
            self.send(now)

    def foretell(self, now):
        """Print what is due, and leave no trace in the database."""
        with transaction.atomic():
            plan(now)
            due = list(Digest.objects.due(now).select_related("milestone__series").order_by("milestone", "lead_days"))
            for digest in due:
                has_news = bool(unreported(digest) or unreported_answers(digest) or unreported_test_changes(digest))
                if reason := why_skipped(digest, now, has_news):
                    self.stdout.write(f"{digest}: would be skipped, {reason.label}")
                    continue
                self.stdout.write(f"{digest}: would go to {readers_of(digest).count()} subscribers")
            if not due:
                self.stdout.write("Nothing is due.")
            transaction.set_rollback(True)

    def send(self, now):
        under_way = run.prepare(now)
        sweep()
        before = {pk: self._accepted(pk) for pk in under_way}
        deliver()
        is_stuck = False
        for pk in under_way:
            digest = Digest.objects.select_related("milestone", "batch").get(pk=pk)
            accepted = self._accepted(pk) - before[pk]
            is_sent = digest.state == DigestState.SENT
            left = digest.batch.messages.unfinished().count()
            is_stuck |= left > 0 and not is_sent and not accepted
            rest = "" if is_sent else f", {left} left ({digest.status_label})"
            self.stdout.write(f"{digest}: {accepted} accepted by the mail server{rest}")
        if not under_way:
            self.stdout.write("Nothing is due.")
        if is_stuck:
            raise CommandError("The mail server took nothing of it, or mail is paused. The log says why.")

    def _accepted(self, pk) -> int:
        return Digest.objects.filter(pk=pk, batch__messages__state=MessageState.ACCEPTED).count()
