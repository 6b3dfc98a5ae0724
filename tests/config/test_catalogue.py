"""The Spanish catalog: whole, and compiled as it stands."""

import re

import polib
import pytest
from django.conf import settings

CATALOGUE = settings.BASE_DIR / "locale/es/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(CATALOGUE)


def texts(entry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_string_is_translated(catalogue):
    assert not [entry.msgid for entry in catalogue if entry.obsolete or entry.fuzzy or not all(texts(entry))]


def test_what_is_served_is_what_stands_there(catalogue):
    compiled = polib.mofile(CATALOGUE.with_suffix(".mo"))

    assert {(each.msgctxt, each.msgid): texts(each) for each in compiled} == {
        (each.msgctxt, each.msgid): texts(each) for each in catalogue
    }


def test_placeholders_are_those_of_the_original(catalogue):
    for entry in catalogue:
        for text in texts(entry):
            known = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
            assert set(PLACEHOLDER.findall(text)) <= known, entry.msgid
            if not entry.msgid_plural:
                assert set(PLACEHOLDER.findall(text)) == known, entry.msgid
