"""The Spanish catalog: whole, and compiled as it stands."""

import re

import polib
import pytest
from django.conf import settings

CATALOG = settings.BASE_DIR / "locale/es/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


@pytest.fixture(scope="module")
def catalog() -> polib.POFile:
    return polib.pofile(CATALOG)


def texts(entry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_string_is_translated(catalog):
    assert not [entry.msgid for entry in catalog if entry.obsolete or entry.fuzzy or not all(texts(entry))]


def test_what_is_served_is_what_stands_there(catalog):
    compiled = polib.mofile(CATALOG.with_suffix(".mo"))

    assert {(each.msgctxt, each.msgid): texts(each) for each in compiled} == {
        (each.msgctxt, each.msgid): texts(each) for each in catalog
    }


def test_placeholders_are_those_of_the_original(catalog):
    for entry in catalog:
        for text in texts(entry):
            known = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
            assert set(PLACEHOLDER.findall(text)) <= known, entry.msgid
            if not entry.msgid_plural:
                assert set(PLACEHOLDER.findall(text)) == known, entry.msgid
