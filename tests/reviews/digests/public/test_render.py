"""Rendering: once for each language and set of groups, from nothing but what was frozen."""

import re
from datetime import date, timedelta
from email import message_from_bytes, policy
from unittest.mock import patch

import pytest

from reviews.digests.models import Delivery, Rendering
from reviews.digests.pipeline.fan_out import fan_out
from reviews.digests.public import render
from reviews.digests.subscribers.tokens import token_for
from tests.factories import (
    AssessmentFactory,
    DocumentFactory,
    IssueFactory,
    MilestoneFactory,
    RecommendationFactory,
    SeriesFactory,
    SubscriptionFactory,
    TopicFactory,
    WorkingGroupFactory,
    record,
)
from working_groups.models import WorkingGroup

from ..reading import CODE
from ..stages import LATER, NOW, as_sent, fanned_out, frozen

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def series():
    return SeriesFactory()


@pytest.fixture
def milestone(series):
    return MilestoneFactory(series=series)


@pytest.fixture
def borders():
    return WorkingGroupFactory(slug="borders", name_en="Borders", name_es="Fronteras")


@pytest.fixture
def digital():
    return WorkingGroupFactory(slug="digital", name_en="Digital", name_es="Lo digital")


def body(digest, language="en", groups=()):
    return Rendering.objects.get(digest=digest, language=language, groups=list(groups))


def test_readers_who_want_the_same_share_a_rendering(series, milestone, borders, digital):
    for _ in range(5):
        SubscriptionFactory(series=[series], language="en")
        SubscriptionFactory(series=[series], language="es", groups=[digital, borders])
        SubscriptionFactory(series=[series], language="es", groups=[borders, digital])

    with patch.object(render, "render_to_string", wraps=render.render_to_string) as made:
        digest = fanned_out(milestone)

    audiences = {("en", ()), ("es", ()), ("es", ("borders", "digital"))}
    assert {(each.language, tuple(each.groups)) for each in digest.renderings.all()} == audiences
    assert made.call_count == 2 * len(audiences)  # HTML and text
    assert digest.deliveries.count() == 15


def test_each_reader_gets_the_rendering_that_they_want(series, milestone, borders, digital):
    wishes = [("en", []), ("es", []), ("en", [borders]), ("es", [digital, borders])]
    for language, groups in wishes:
        SubscriptionFactory(series=[series], language=language, groups=groups, email=f"{len(groups)}{language}@x.org")

    digest = fanned_out(milestone)

    found = digest.deliveries.values_list("subscription__email", "rendering__language", "rendering__groups")
    assert {(email, language, tuple(groups)) for email, language, groups in found} == {
        (f"{len(groups)}{language}@x.org", language, tuple(sorted(group.slug for group in groups)))
        for language, groups in wishes
    }


def test_who_wants_another_series_or_has_not_confirmed_or_has_stopped_is_not_written_to(series, milestone):
    SubscriptionFactory(series=[series], email="wanted@example.org")
    SubscriptionFactory(series=[SeriesFactory()])
    SubscriptionFactory(series=[series], state="pending", confirmed_at=None)
    SubscriptionFactory(series=[series], state="unsubscribed", unsubscribed_at=NOW)

    assert fanned_out(milestone).deliveries.get().subscription.email == "wanted@example.org"


def test_who_subscribes_between_the_freeze_and_the_sending_gets_it_too(series, milestone, borders):
    digest = frozen(milestone)
    late = SubscriptionFactory(series=[series], language="es", groups=[borders])

    assert fan_out(digest.pk, NOW) == 1

    assert digest.deliveries.get().subscription == late


def test_a_reader_of_some_groups_gets_only_those(series, milestone, borders, digital):
    RecommendationFactory(group=borders, code="2023-SB-1", status="in_progress")
    RecommendationFactory(group=digital, code="2023-DE-1", status="in_progress")
    SubscriptionFactory(series=[series], groups=[borders])

    rendering = fanned_out(milestone).deliveries.get().rendering

    for source in (rendering.html, rendering.text):
        assert set(CODE.findall(source)) == {"2023-SB-1"}
        assert "Digital" not in source


def test_a_reader_of_spanish_gets_spanish(milestone, borders):
    recommendation = RecommendationFactory(group=borders, title_en="A bridge", title_es="Un puente")
    record(recommendation, what_en="Opened.", what_es="Se abrió.")

    spanish, english = (
        body(frozen_or_found, language) for frozen_or_found in [frozen(milestone)] for language in ("es", "en")
    )

    for source in (spanish.html, spanish.text):
        assert all(
            words in source for words in (milestone.name_es, "Fronteras", "Un puente", "Se abrió.", "1 de mayo de 2024")
        )
        assert not any(
            words in source for words in (milestone.name_en, "Borders", "A bridge", "Opened.", "Unsubscribe")
        )
    assert all(words in english.text for words in (milestone.name_en, "Borders", "A bridge", "Opened.", "May 1, 2024"))


def test_where_there_is_no_spanish_the_english_stands(milestone):
    record(RecommendationFactory(), what_en="Opened.", what_es="")

    assert "Opened." in body(frozen(milestone), "es").text


def test_a_digest_with_nothing_new_still_says_what_is_open(milestone, borders):
    RecommendationFactory(group=borders, code="2023-SB-1")

    digest = frozen(milestone)

    assert digest.content["news"] == []
    assert "2023-SB-1" in body(digest).text


def test_the_subject_counts_the_days_and_the_news(milestone):
    record(RecommendationFactory())

    assert body(frozen(milestone, 30)).subject.startswith(f"{milestone.name_en} in 30 days: 1 ")
    assert body(frozen(milestone, 1, NOW + timedelta(days=29))).subject.startswith(f"{milestone.name_en} in 1 day: ")


def test_the_rows_of_a_group_begin_with_priorities_and_those_of_which_least_is_heard(milestone, borders):
    for code, changes in {
        "2023-SB-1": {"status": "in_progress"},
        "2023-SB-2": {},
        "2023-SB-3": {"priority": True, "status": "in_progress"},
    }.items():
        RecommendationFactory(group=borders, code=code, **changes)

    [group] = frozen(milestone).content["groups"]

    assert [row["code"] for row in group["open"]] == ["2023-SB-3", "2023-SB-2", "2023-SB-1"]


def test_what_changed_since_the_last_milestone_stands_in_html_and_text(series, milestone, borders):
    MilestoneFactory(series=series, slug="last", name_en="The last talks", day=date(2024, 1, 1), state="held")
    moved = RecommendationFactory(group=borders, code="2023-SB-1", status="in_progress")
    record(RecommendationFactory(group=borders, code="2023-SB-2"), effective_on=date(2024, 5, 1))

    made = body(frozen(milestone))

    for words in ("The last talks (January 1, 2024)", "1 moved forward · 1 with new evidence, same status"):
        assert words in made.html
        assert words in " ".join(made.text.split())
    assert "There is new evidence on 1 whose status has not changed." in made.text
    row = made.text.split(f"{moved.code} {moved.title_en}\n")[1]
    assert row.startswith("Issued → In progress\n")
    assert f"/changes/?since=last&until={milestone.digests.get(lead_days=30).content['as_of']}\n" in made.text


def test_of_many_changes_some_are_shown_what_moved_first_and_the_rest_is_linked(series, milestone, borders):
    MilestoneFactory(series=series, slug="last", day=date(2024, 1, 1), state="held")
    document = DocumentFactory(published_on=date(2024, 2, 1))
    topic = TopicFactory(group=borders, document=document)
    for number in range(12):
        RecommendationFactory(issue=IssueFactory(topic=topic), code=f"2024-NEW-{number}")
        RecommendationFactory(group=borders, code=f"2023-SB-{number}", status="in_progress")

    since = body(frozen(milestone)).text.split("Since Meeting")[2].split("What happened")[0]

    shown = CODE.findall(since)
    assert len(set(shown)) == 15
    assert [code[5:7] for code in dict.fromkeys(shown)] == ["SB"] * 12 + ["NE"] * 3
    assert re.search(r"and 9 more:\n\S+/changes/\?since=last&until=[\d-]+&group=borders\n", since)


def test_readers_of_chosen_groups_get_the_changes_of_these(series, milestone, borders, digital):
    MilestoneFactory(series=series, day=date(2024, 1, 1), state="held")
    RecommendationFactory(group=borders, status="in_progress")
    RecommendationFactory(group=digital, status="implemented")
    SubscriptionFactory(series=[series], groups=[borders])

    made = body(fanned_out(milestone), groups=["borders"])

    assert "1 moved forward." in made.text
    assert "1 closed" not in made.text


def test_without_a_milestone_behind_there_is_no_such_section(milestone, borders):
    RecommendationFactory(group=borders, status="in_progress")

    made = body(frozen(milestone))

    assert "/changes/" not in made.html + made.text
    assert "Since" not in made.html + made.text


def test_what_was_sent_can_be_made_again_to_the_byte(series, milestone, borders):
    recommendation = RecommendationFactory(group=borders, status="in_progress")
    SubscriptionFactory(series=[series], language="es", groups=[borders])
    SubscriptionFactory(series=[series])
    digest = fanned_out(milestone)
    sent = [as_sent(delivery) for delivery in Delivery.objects.order_by("pk")]
    bodies = list(
        digest.renderings.order_by("language", "groups").values("language", "groups", "subject", "html", "text")
    )

    recommendation.title_en = "Another title"
    recommendation.save()
    record(recommendation, status="implemented")
    WorkingGroup.objects.update(name_en="Another name", position=9)
    milestone.name_en, milestone.starts_on, milestone.ends_on = "Another", date(2030, 8, 1), date(2030, 8, 2)
    milestone.save()
    RecommendationFactory()

    assert [as_sent(delivery) for delivery in Delivery.objects.order_by("pk")] == sent
    digest.refresh_from_db()
    for made in bodies:
        with render.override(made["language"]):
            again = render.bodies(digest, made["language"], tuple(made["groups"]))
        assert again == {name: made[name] for name in ("subject", "html", "text")}


def test_the_subject_has_room_for_the_longest_name_and_is_one_line(series):
    milestone = MilestoneFactory(series=series, name_en="Joint\nreview " + "x" * 187)

    subject = body(frozen(milestone)).subject

    assert subject.startswith("Joint review xxx")
    assert subject.endswith("in 30 days: no news")


def test_what_looks_like_our_placeholder_does_not_become_a_readers_token(series, milestone):
    address = f"https://elsewhere.example/?{render.TOKEN}"
    record(
        RecommendationFactory(),
        what_en=f"It says {render.TOKEN}.",
        evidence=[{"title": render.TOKEN, "publisher": render.TOKEN, "url": address}],
    )
    reader = SubscriptionFactory(series=[series], language="en")
    fanned_out(milestone)

    message = message_from_bytes(as_sent(reader.deliveries.get()), policy=policy.default)

    for part in ("plain", "html"):
        content = message.get_body([part]).get_content()
        assert address.lower() in content
        assert content.count(token_for(reader.key)) == content.count(f"/subscriptions/{token_for(reader.key)}/")


@pytest.mark.parametrize(
    ("language", "because"), [("en", "Work began on May 1"), ("es", "La obra empezó el 1 de mayo")]
)
def test_what_is_open_says_why_but_in_the_long_first_digest(series, milestone, borders, language, because):
    SubscriptionFactory(series=[series], language=language)
    AssessmentFactory(recommendation=RecommendationFactory(group=borders))
    first = body(fanned_out(milestone), language)
    record(RecommendationFactory(group=borders))

    second = body(fanned_out(milestone, 7, LATER), language)

    assert first.html.count(because) == first.text.count(because) == 0
    assert second.html.count(because) == second.text.count(because) == 1
