"""Registers what the admin shows of digests; the pages themselves are in `desk/`."""

from django.contrib import admin

from reviews.admin import MilestoneAdmin

from .desk.digest_admin import DigestAdmin
from .desk.milestone_admin import MailOfMilestone
from .desk.subscription_admin import SubscriptionAdmin
from .models import Digest, Subscription

admin.site.register(Digest, DigestAdmin)
admin.site.register(Subscription, SubscriptionAdmin)
MilestoneAdmin.extensions.append(MailOfMilestone())
