"""The two groups of staff, Editors and Managers, and what each may do.

Editors keep records and statuses. Managers also keep milestones, digests, subscriptions and accounts. Each app
says in its AppConfig what the two may do with its models; the permissions follow at each `migrate`.
"""

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission


def grant(sender, using, **kwargs):
    """Give Editors and Managers what `sender.roles` says: {group: {action: model names, or "*"}}.

    Only adds, so that what a superuser has granted besides stays.
    """
    roles = getattr(sender, "roles", {})
    if roles:
        # Django makes them after this, since its app comes later: without this line, the first migrate would grant none.
        create_permissions(using=using, **kwargs)
    for name, actions in roles.items():
        group, _created = Group.objects.using(using).get_or_create(name=name)
        for action, models in actions.items():
            permissions = Permission.objects.using(using).filter(
                content_type__app_label=sender.label, codename__startswith=f"{action}_"
            )
            if models != "*":
                permissions = permissions.filter(codename__in=[f"{action}_{model}" for model in models])
            group.permissions.add(*permissions)
