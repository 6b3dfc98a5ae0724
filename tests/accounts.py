"""Browsers in which somebody is signed in."""

from django.contrib.auth.models import Group
from django.test import Client

from tests.factories import UserFactory


def signed_in(*roles, is_staff=True, **fields) -> Client:
    """A browser of an account with these roles, by the names of their groups; `fields` are the account's."""
    user = UserFactory(is_staff=is_staff, **fields)
    user.groups.set([Group.objects.get(name=role) for role in roles])
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
