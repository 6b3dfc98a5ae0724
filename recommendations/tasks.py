"""What is done for the recommendations in the background."""

import logging

from celery import shared_task
from django.db import OperationalError

from .models import Tally

logger = logging.getLogger(__name__)


@shared_task
def recount():
    """Mend counts that do not agree with what is there; next time, where somebody is writing just now."""
    try:
        mended = Tally.objects.recount()
    except OperationalError as error:
        logger.warning("The counts were not compared: %s", error)
        return
    if mended:
        logger.error("%d counts did not agree with what is there, and are mended.", mended)
