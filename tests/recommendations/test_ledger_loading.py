"""What the ledger's rows become when their fixture is put right: a correction where they are stored, the right row elsewhere."""

from datetime import date

import pytest
import yaml
from django.core.management import CommandError

from core import fixtures
from core.fixtures import Loader
from recommendations.ledger.loading import WORDING_REASON, load_answers, load_updates
from recommendations.models import Answer, Recommendation, Update
from tests.factories import AddresseeFactory, DocumentFactory, RecommendationFactory, record, record_answer

pytestmark = pytest.mark.django_db

SOURCE = {"title": "A source", "publisher": "A gazette", "url": "https://example.org/1"}
BEGUN = {
    "key": "works",
    "applies_to": ["2023-SB-1"],
    "status": "in_progress",
    "effective_on": date(2024, 5, 1),
    "precision": "day",
    "what_en": "Work began.",
    "what_es": "Empezó la obra.",
    "basis": "public_source",
    "evidence": [SOURCE],
}
ANNOUNCED = BEGUN | {
    "revision": 2,
    "revision_reason_en": "It was only announced.",
    "revision_reason_es": "Solo se anunció.",
    "status": "issued",
    "what_en": "Work was announced.",
    "what_es": "Se anunció la obra.",
}


@pytest.fixture(autouse=True)
def recommendations():
    document = DocumentFactory(published_on=date(2023, 9, 18))
    return [RecommendationFactory(code=code, document=document) for code in ("2023-SB-1", "2023-SB-2")]


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Load a ledger that consists of the updates given, and return the loader."""

    def load(*updates) -> Loader:
        monkeypatch.setattr(fixtures, "FIXTURES", tmp_path)
        (tmp_path / "updates.yaml").write_text(yaml.safe_dump(list(updates)))
        loader = Loader()
        load_updates(loader)
        return loader

    return load


def outcomes(loader) -> dict:
    return {what: count for (_model, what), count in loader.counts.items()}


def in_force() -> list[tuple]:
    return list(Update.objects.in_force().values_list("import_key", "status", "what_en"))


def test_an_update_becomes_a_row_for_each_recommendation_that_it_applies_to(load):
    loader = load(BEGUN | {"applies_to": ["2023-SB-1", "2023-SB-2"]})

    assert outcomes(loader) == {"created": 2}
    assert set(Update.objects.values_list("import_key", flat=True)) == {"works/2023-SB-1", "works/2023-SB-2"}


def test_loading_again_changes_nothing(load):
    load(BEGUN)

    assert outcomes(load(BEGUN)) == {"unchanged": 1}
    assert Update.objects.count() == 1


def test_a_higher_revision_corrects_the_row_that_is_stored_and_says_why(load):
    load(BEGUN)
    loader = load(ANNOUNCED)

    assert outcomes(loader) == {"corrected": 1}
    earlier, correction = Update.objects.order_by("pk")
    assert (earlier.what_en, correction.what_en) == ("Work began.", "Work was announced.")
    assert correction.corrects == earlier
    assert (correction.reason_en, correction.reason_es) == ("It was only announced.", "Solo se anunció.")
    assert Recommendation.objects.get(code="2023-SB-1").status == "issued"


def test_a_correction_is_recorded_once(load):
    load(BEGUN)
    load(ANNOUNCED)

    assert outcomes(load(ANNOUNCED)) == {"unchanged": 1}
    assert Update.objects.count() == 2


def test_a_new_database_gets_the_right_row_at_once(load):
    load(ANNOUNCED)
    [row] = Update.objects.all()

    assert (row.import_key, row.corrects, row.reason_en) == ("works/2023-SB-1@2", None, "")


def test_a_revision_without_a_reason_is_one_of_wording(load):
    load(BEGUN)
    load(BEGUN | {"revision": 2, "what_en": "The work began."})

    correction = Update.objects.latest("pk")
    assert (correction.reason_en, correction.reason_es) == tuple(WORDING_REASON.values())


def test_a_row_with_a_reason_of_its_own_keeps_it_beside_that_of_its_revision(load):
    stopped = BEGUN | {
        "key": "stop",
        "status": "issued",
        "effective_on": date(2024, 6, 1),
        "reason_en": "It was stopped.",
    }
    load(BEGUN, stopped)
    load(
        BEGUN,
        stopped | {"revision": 2, "revision_reason_en": "A source was added.", "what_en": "Work stopped for good."},
    )

    assert Update.objects.latest("pk").reason_en == "A source was added. It was stopped."


def test_revisions_that_a_database_has_missed_become_one_correction(load):
    load(BEGUN)
    load(ANNOUNCED | {"revision": 4})

    assert in_force() == [("works/2023-SB-1@4", "issued", "Work was announced.")]
    assert Update.objects.count() == 2


@pytest.mark.parametrize(
    "by_staff",
    [
        {"what_en": "Work began in June.", "reason_en": "A call to the agency."},
        {"basis": "verified", "reason_en": "Checked."},
    ],
    ids=["corrected", "confirmed"],
)
def test_a_row_that_staff_have_corrected_or_confirmed_is_left_as_they_have_it(load, by_staff):
    load(BEGUN)
    stored = Update.objects.get()
    same = {name: BEGUN[name] for name in ("status", "effective_on", "what_en", "what_es")}
    theirs = record(stored.recommendation, **same | by_staff, corrects=stored)

    loader = load(ANNOUNCED)

    assert list(Update.objects.in_force()) == [theirs]
    assert loader.skipped == ["update works/2023-SB-1 (corrected or confirmed by staff)"]


def test_other_words_under_the_same_revision_are_refused(load):
    load(BEGUN)

    for change in [
        {"what_es": "Comenzó la obra."},
        {"status": "issued"},
        {"evidence": [SOURCE | {"title": "Another"}]},
    ]:
        with pytest.raises(CommandError, match=r"works/2023-SB-1 says something else .* raise its revision"):
            load(BEGUN | change)
    assert Update.objects.count() == 1


def test_fixtures_that_are_older_than_the_database_change_nothing(load):
    load(ANNOUNCED)
    loader = load(BEGUN)

    assert in_force() == [("works/2023-SB-1@2", "issued", "Work was announced.")]
    assert loader.skipped == ["update works/2023-SB-1 (revision 2 is newer than that of fixtures/)"]


def test_a_recommendation_that_an_update_gains_gets_its_row_without_a_correction(load):
    load(BEGUN)
    loader = load(ANNOUNCED | {"applies_to": ["2023-SB-1", "2023-SB-2"]})

    assert outcomes(loader) == {"corrected": 1, "created": 1}
    assert Update.objects.get(recommendation__code="2023-SB-2").corrects is None


def test_what_sources_left_open_is_filled_in_without_a_correction(load):
    load(BEGUN)
    told = BEGUN | {"evidence": [SOURCE | {"kind": "press", "quotation": "Work began.", "quotation_language": "en"}]}

    assert outcomes(load(told)) == {"completed": 1}

    [row] = Update.objects.all()
    source = row.evidence.get()
    assert (source.kind, source.quotation) == ("press", "Work began.")
    assert outcomes(load(told)) == {"unchanged": 1}


def test_another_kind_needs_a_revision(load):
    load(BEGUN | {"evidence": [SOURCE | {"kind": "press"}]})

    with pytest.raises(CommandError, match="kind or quotation"):
        load(BEGUN | {"evidence": [SOURCE | {"kind": "law"}]})


# Answers


ACCEPTED = {
    "key": "anam-accepts",
    "applies_to": ["2023-SB-1"],
    "organization": "anam",
    "kind": "accepted",
    "effective_on": date(2024, 3, 10),
    "precision": "day",
    "said_en": "We agree.",
    "said_es": "Estamos de acuerdo.",
    "source_title": "A letter",
    "source_publisher": "ANAM",
    "source_url": "https://anam.example/letter",
}
ONLY_NOTED = ACCEPTED | {"revision": 2, "kind": "noted", "revision_reason_en": "It only took note."}


@pytest.fixture
def addressee(recommendations):
    return AddresseeFactory(recommendation=recommendations[0], organization__slug="anam")


@pytest.fixture
def load_all(tmp_path, monkeypatch):
    """Load the answers given, and return the loader."""

    def load_all(*answers) -> Loader:
        monkeypatch.setattr(fixtures, "FIXTURES", tmp_path)
        (tmp_path / "answers.yaml").write_text(yaml.safe_dump(list(answers)))
        loader = Loader()
        load_answers(loader)
        return loader

    return load_all


def test_an_answer_becomes_a_row_once(load_all, addressee):
    assert outcomes(load_all(ACCEPTED)) == {"created": 1}
    assert outcomes(load_all(ACCEPTED)) == {"unchanged": 1}

    answer = Answer.objects.get()
    assert (answer.addressee, answer.kind, answer.import_key) == (addressee, "accepted", "anam-accepts/2023-SB-1")


def test_a_higher_revision_of_an_answer_corrects_it_once(load_all, addressee):
    load_all(ACCEPTED)

    assert outcomes(load_all(ONLY_NOTED)) == {"corrected": 1}
    assert outcomes(load_all(ONLY_NOTED)) == {"unchanged": 1}
    correction = Answer.objects.in_force().get()
    assert (correction.kind, correction.reason_en, correction.corrects.kind) == (
        "noted",
        "It only took note.",
        "accepted",
    )


def test_a_new_answer_is_an_entry_of_its_own(load_all, addressee):
    refused = ACCEPTED | {"key": "anam-refuses", "kind": "not_accepted", "effective_on": date(2024, 6, 20)}
    load_all(ACCEPTED, refused)

    assert Answer.objects.in_force().count() == 2


def test_an_answer_that_staff_have_corrected_is_left_as_they_have_it(load_all, addressee):
    load_all(ACCEPTED)
    theirs = record_answer(addressee, "noted", corrects=Answer.objects.get(), reason_en="A call.")

    loader = load_all(ACCEPTED | {"revision": 2, "kind": "not_accepted"})

    assert list(Answer.objects.in_force()) == [theirs]
    assert loader.skipped == ["answer anam-accepts/2023-SB-1 (corrected or confirmed by staff)"]


def test_another_answer_under_the_same_revision_is_refused(load_all, addressee):
    load_all(ACCEPTED)

    for change in [{"kind": "noted"}, {"said_es": "Sí."}, {"organization": "cbp"}]:
        with pytest.raises(CommandError, match=r"anam-accepts/2023-SB-1 says something else .* raise its revision"):
            load_all(ACCEPTED | change)


def test_an_answer_of_nobody_who_is_asked_is_reported(load_all, addressee):
    loader = load_all(ACCEPTED | {"organization": "cbp"})

    assert loader.skipped == ["answer anam-accepts/2023-SB-1 (nobody of that name is asked)"]
    assert not Answer.objects.exists()
