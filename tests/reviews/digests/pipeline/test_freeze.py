"""Freezing: what a digest tells is fixed at one moment, each update once in a series, and never changed."""

import re
from datetime import UTC, date, datetime, timedelta
from threading import Event

import pytest
from django.db import transaction

from reviews.digests.models import Digest, DigestItem
from reviews.digests.pipeline.freeze import freeze
from reviews.digests.pipeline.run import prepare
from reviews.digests.public.render import bodies, render
from tests.database import insert, refused, sql
from tests.factories import DocumentFactory, MilestoneFactory, RecommendationFactory, SeriesFactory, record
from tests.parallel import beside, eventually, nobody_reads, somebody_waits_for

from ..stages import LATER, NOW, fanned_out, frozen, planned, reported

pytestmark = pytest.mark.django_db(transaction=True)


def open_codes(digest) -> list[str]:
    return [row["code"] for group in digest.content["groups"] for row in group["open"]]


def counted(digest, status) -> int:
    return sum(group["counts"][status] for group in digest.content["groups"])


# News


def test_news_is_what_no_digest_of_the_series_has_told(recommendation):
    milestone = MilestoneFactory()
    record(recommendation, what_en="First.")
    first = fanned_out(milestone, 30)
    record(recommendation, what_en="Second.")

    second = frozen(milestone, 7, LATER)

    assert reported(first) == ["First."]
    assert reported(second) == ["Second."]


def test_a_digest_of_the_next_milestone_goes_on_where_the_series_was(recommendation):
    series = SeriesFactory()
    record(recommendation, what_en="First.")
    frozen(MilestoneFactory(series=series))
    record(recommendation, what_en="Second.")

    following = frozen(MilestoneFactory(series=series, day=date(2030, 8, 1)), 30, NOW + timedelta(days=31))

    assert reported(following) == ["Second."]


def test_another_series_tells_it_on_its_own(recommendation):
    record(recommendation, what_en="First.")

    digests = [frozen(MilestoneFactory()), frozen(MilestoneFactory())]

    assert [reported(digest) for digest in digests] == [["First."], ["First."]]


def test_an_update_that_is_recorded_late_is_in_the_next_digest(recommendation):
    milestone = MilestoneFactory()
    record(recommendation, what_en="In time.", effective_on=date(2025, 6, 1))
    fanned_out(milestone, 30)

    record(recommendation, what_en="Long ago.", effective_on=date(2023, 10, 1))

    assert reported(frozen(milestone, 7, LATER)) == ["Long ago."]


def test_that_it_is_told_once_in_a_series_holds_for_sql_too(recommendation):
    update = record(recommendation)
    series = SeriesFactory()
    first = frozen(MilestoneFactory(series=series))
    other = planned(MilestoneFactory(series=series))

    assert first.news.get() == update
    with refused("news_is_told_once_in_a_series"):
        insert("digests_digestnews", digest_id=other.pk, series_id=series.pk, update_id=update.pk)


def test_only_what_is_public_is_told(recommendation):
    record(recommendation, what_en="For members.", visibility="members")
    record(recommendation, what_en="For staff.", visibility="staff")
    record(recommendation, what_en="For all.")

    digest = frozen()

    assert reported(digest) == ["For all."]
    assert "For members." not in str(digest.content)
    assert "For staff." not in str(digest.content)


@pytest.mark.parametrize("visibility", ["members", "staff"])
def test_of_a_document_that_is_not_public_nothing_is_told_until_it_is(visibility):
    document = DocumentFactory(visibility=visibility)
    hidden = RecommendationFactory(document=document, code="2023-XX-9", title_en="Hidden")
    record(hidden, what_en="Something hidden.")
    milestone = MilestoneFactory()

    first = frozen(milestone, 30)
    document.visibility = "public"
    document.save()
    second = frozen(milestone, 7, LATER)

    assert "idden" not in str(first.content)
    assert "2023-XX-9" not in str(first.content)
    assert (reported(second), open_codes(second)) == (["Something hidden."], ["2023-XX-9"])


def test_of_a_row_that_was_corrected_before_it_was_told_only_the_correction_is_told(recommendation):
    mistake = record(recommendation, what_en="Wrong.")
    record(recommendation, what_en="Right.", corrects=mistake, reason_en="A slip.")

    digest = frozen()

    assert reported(digest) == ["Right."]
    assert digest.content["news"][0]["is_correction"]


def test_a_row_that_was_corrected_before_it_was_told_is_told_no_more(recommendation):
    milestone = MilestoneFactory()
    mistake = record(recommendation, what_en="Wrong.")
    record(recommendation, what_en="Right.", corrects=mistake, reason_en="A slip.")
    fanned_out(milestone, 30)

    assert reported(frozen(milestone, 7, LATER)) == []


def test_the_correction_of_what_was_told_is_news(recommendation):
    milestone = MilestoneFactory()
    mistake = record(recommendation, what_en="Wrong.")
    fanned_out(milestone, 30)
    record(recommendation, what_en="Right.", corrects=mistake, reason_en="A slip.")

    assert reported(frozen(milestone, 7, LATER)) == ["Right."]


def confirm(update):
    same = {name: getattr(update, name) for name in ["status", "effective_on", "what_en", "what_es"]}
    return record(update.recommendation, **same, corrects=update, basis="verified", reason_en="Checked.")


def test_the_confirmation_of_what_was_told_is_news_but_no_correction_and_no_move(recommendation):
    milestone = MilestoneFactory()
    update = record(recommendation, status="in_progress", what_en="Work began.", basis="public_source")
    fanned_out(milestone, 30)
    confirm(update)

    digest = frozen(milestone, 7, LATER)

    [row] = digest.content["news"]
    assert (row["is_correction"], row["is_confirmation"]) == (False, True)
    body = render(digest, "en", ()).text
    assert re.search(r"Still: In progress · May 1, 2024 · Verified by staff\nWork began.", body)


def test_what_is_confirmed_before_it_was_told_is_news_like_any_other(recommendation):
    confirm(record(recommendation, status="in_progress", what_en="Work began.", basis="public_source"))

    digest = frozen()

    [row] = digest.content["news"]
    assert (row["what_en"], row["is_correction"], row["is_confirmation"]) == ("Work began.", False, False)
    assert "Issued → In progress · May 1, 2024\n" in render(digest, "en", ()).text


def test_what_was_told_corrected_and_then_confirmed_is_told_as_a_correction(recommendation):
    milestone = MilestoneFactory()
    mistake = record(recommendation, what_en="Wrong.")
    frozen(milestone, 30)
    right = record(recommendation, what_en="Right.", corrects=mistake, basis="reported", reason_en="A slip.")
    confirm(right)

    [row] = frozen(milestone, 7, LATER).content["news"]

    assert (row["what_en"], row["is_correction"], row["is_confirmation"]) == ("Right.", True, False)


# The state of play


def test_the_state_of_play_is_that_of_the_freeze():
    RecommendationFactory(code="2023-SB-1")
    RecommendationFactory(code="2023-SB-2", status="in_progress")
    RecommendationFactory(code="2023-SB-3", status="implemented")

    digest = frozen()

    assert sorted(open_codes(digest)) == ["2023-SB-1", "2023-SB-2"]
    assert [counted(digest, status) for status in ("issued", "in_progress", "implemented")] == [1, 1, 1]


def test_a_digest_says_when_it_was_made_and_since_when_its_news_are():
    milestone = MilestoneFactory(time_zone="Pacific/Kiritimati")
    late = datetime(2030, 6, 1, 12, tzinfo=UTC)  # there it is 2 June

    first = fanned_out(milestone, 30, late)
    second = frozen(milestone, 7, LATER)

    assert (first.frozen_at, first.content["as_of"], first.content["days_left"]) == (late, "2030-06-02", 29)
    assert (first.content["previous_as_of"], second.content["previous_as_of"]) == (None, "2030-06-02")


def test_a_digest_says_up_to_when_public_sources_were_read(recommendation):
    document = recommendation.document
    document.sources_read_on = date(2026, 7, 2)
    document.save()
    record(recommendation, dated_by_report=True, effective_on=date(2024, 5, 1))

    digest = frozen()

    assert digest.content["sources_read_on"] == "2026-07-02"
    for language, day, date_of_report in [
        ("en", "July 2, 2026", "reported May 1, 2024"),
        ("es", "2 de julio de 2026", "nota del 1 de mayo de 2024"),
    ]:
        rendering = render(digest, language, ())
        assert day in rendering.html
        assert day in rendering.text
        assert date_of_report in rendering.text


def test_a_digest_that_was_frozen_before_that_was_known_says_nothing_of_it(recommendation):
    digest = frozen()

    assert digest.content["sources_read_on"] is None
    assert "Public sources" not in render(digest, "en", ()).text
    digest.content.pop("sources_read_on")
    assert "Public sources" not in bodies(digest, "en")["text"]


# What changed since the last milestone


def since_last_milestone(milestone, now=NOW) -> tuple | None:
    """The last milestone that its digest names, and {code: (status before, after)} since then."""
    last = frozen(milestone, now=now).content["last_milestone"]
    return last and (last["slug"], {row["code"]: (row["before"], row["after"]) for row in last["changes"]})


def test_it_says_what_changed_since_the_last_milestone_of_the_series_that_was_held():
    series = SeriesFactory()
    for slug, day, state in [
        ("long-ago", date(2024, 1, 1), "held"),
        ("last", date(2025, 1, 1), "held"),
        ("unknown-outcome", date(2025, 6, 1), "scheduled"),
        ("cancelled", date(2025, 9, 1), "cancelled"),
    ]:
        MilestoneFactory(series=series, slug=slug, day=day, state=state)
    MilestoneFactory(slug="of-another-series", day=date(2025, 12, 1), state="held")
    moved = RecommendationFactory(code="2023-SB-1")
    record(moved, status="under_consideration", effective_on=date(2024, 6, 1))
    record(moved, status="in_progress", effective_on=date(2025, 2, 1))
    RecommendationFactory(code="2026-SB-1", document=DocumentFactory(published_on=date(2026, 1, 1)))
    RecommendationFactory(code="2026-SB-2", document=DocumentFactory(published_on=date(2026, 1, 1), visibility="staff"))

    assert since_last_milestone(MilestoneFactory(series=series)) == (
        "last",
        {"2026-SB-1": (None, "issued"), "2023-SB-1": ("under_consideration", "in_progress")},
    )


def test_where_no_outcome_is_recorded_it_is_the_last_whose_date_has_gone_by():
    series = SeriesFactory()
    MilestoneFactory(series=series, slug="earlier", day=date(2024, 1, 1))
    MilestoneFactory(series=series, slug="later", day=date(2025, 1, 1))
    MilestoneFactory(series=series, slug="put-off", day=date(2025, 6, 1), state="postponed")

    assert since_last_milestone(MilestoneFactory(series=series)) == ("later", {})


def test_where_no_milestone_is_behind_nothing_is_compared(recommendation):
    record(recommendation, status="in_progress")

    assert since_last_milestone(MilestoneFactory()) is None


# An update that is under way meanwhile


def test_an_update_that_was_recorded_before_a_freeze_but_committed_after_it_is_in_the_next_digest(recommendation):
    milestone = MilestoneFactory()
    digest = planned(milestone)
    recorded, frozen_meanwhile = Event(), Event()

    def record_slowly():
        with transaction.atomic():
            record(recommendation, status="in_progress", what_en="Slow.")
            recorded.set()
            assert frozen_meanwhile.wait(30)

    writer = beside(record_slowly)
    assert recorded.wait(30)
    assert freeze(digest.pk, NOW)
    frozen_meanwhile.set()
    writer.result(30)

    digest.refresh_from_db()
    following = frozen(milestone, 7, LATER)
    assert (reported(digest), counted(digest, "in_progress")) == ([], 0)
    assert (reported(following), counted(following, "in_progress")) == (["Slow."], 1)


def test_an_update_that_is_committed_during_a_freeze_is_whole_in_the_next_digest(recommendation):
    milestone = MilestoneFactory()
    digest = planned(milestone)
    record(recommendation, what_en="Before.")

    with nobody_reads("working_groups_workinggroup"):  # stops the freeze after its snapshot, before it reads the news
        freezing = beside(freeze, digest.pk, NOW)
        assert eventually(lambda: somebody_waits_for("working_groups_workinggroup"))
        record(recommendation, status="in_progress", what_en="During.")

    assert freezing.result(30)
    prepare(NOW)
    digest.refresh_from_db()
    following = frozen(milestone, 7, LATER)
    assert (reported(digest), counted(digest, "in_progress")) == (["Before."], 0)
    assert (reported(following), counted(following, "in_progress")) == (["During."], 1)


def test_freezing_many_times_at_once_is_freezing_once(recommendation):
    record(recommendation)
    digest = planned()

    done = [future.result(60) for future in [beside(freeze, digest.pk, NOW) for _ in range(6)]]

    assert sorted(done) == [False] * 5 + [True]
    assert DigestItem.objects.count() == 1


def test_two_milestones_of_a_series_that_freeze_at_once_tell_each_update_once(recommendation):
    record(recommendation, what_en="First.")
    series = SeriesFactory()
    digests = [planned(MilestoneFactory(series=series)) for _ in range(2)]

    done = [future.result(60) for future in [beside(freeze, digest.pk, NOW) for digest in digests]]

    assert done == [True, True]
    assert sorted(reported(digest) for digest in Digest.objects.exclude(content=None)) == [[], ["First."]]


# Afterwards


@pytest.mark.parametrize("assignment", ["content = '{}'", "content = NULL", "frozen_at = now()"])
def test_what_was_frozen_cannot_be_changed_by_sql(assignment):
    digest = frozen()

    with refused("Cannot update of"):
        sql(f"UPDATE digests_digest SET {assignment} WHERE id = %s", digest.pk)


def test_a_later_update_changes_nothing_of_what_was_frozen(recommendation):
    digest = frozen()
    before = digest.content

    record(recommendation, status="implemented")
    freeze(digest.pk, LATER)

    digest.refresh_from_db()
    assert digest.content == before
