"""A frozen digest as e-mail: subject, HTML and text, once for each language and set of groups."""

import json
from collections import Counter
from datetime import date
from functools import cache, partial

import css_inline
from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.template.loader import render_to_string
from django.utils.translation import gettext, ngettext, override

from core.text.dates import write_date
from core.text.markup import without_indentation
from mail.message.mime import TOKEN
from recommendations.charts.status_style import COLORS
from recommendations.models import AnswerKind
from recommendations.models.status import Status
from recommendations.models.updates import write_effective_date
from reviews.changes.compare import Kind
from reviews.digests.models import Digest, DigestKind, Rendering, Subscription
from reviews.models import write_window

from . import budget


def wanted_audiences(series) -> set[tuple[str, tuple[str, ...]]]:
    """Each (language, sorted group slugs) that active subscribers of the series want, and all groups in both languages."""
    rows = (
        Subscription.objects.active()
        .filter(series=series)
        .values_list("pk", "language")
        .annotate(slugs=ArrayAgg("groups__slug", default=[], distinct=True, order_by="groups__slug"))
    )
    audiences = {(language, tuple(slug for slug in slugs if slug)) for _pk, language, slugs in rows}
    # The page on the web is made from these two.
    return audiences | {("en", ()), ("es", ())}


def render(digest: Digest, language: str, groups: tuple[str, ...]) -> Rendering:
    """Store, or find, the bodies for one language and set of groups, from nothing but what was frozen."""
    found = Rendering.objects.filter(digest=digest, language=language, groups=list(groups)).first()
    if found:
        return found
    with override(language):
        return Rendering.objects.create(
            digest=digest, language=language, groups=list(groups), **bodies(digest, language, groups)
        )


def bodies(digest: Digest, language: str, groups=()) -> dict[str, str]:
    """Subject, HTML and text, in `language`, which is active."""
    if digest.kind == DigestKind.DIGEST:
        template = "digests/digest"
        context, html = _what_fits(describe(digest, language, groups), f"{template}.html")
    else:
        template = "digests/notice"
        context = describe_notice(digest, language)
        html = _html(f"{template}.html", context)
    return {
        "subject": " ".join(context["subject"].split()),  # a header is one line
        "html": html,
        "text": render_to_string(f"{template}.txt", context),
    }


def _what_fits(context: dict, template: str) -> tuple[dict, str]:
    """Return the context with no more rows than an e-mail has room for, and the HTML with them."""

    @cache
    def render_within(tried: budget.Budget) -> str:
        return _html(template, budget.within(context, tried))

    usual = budget.usual(len(context["sections"]), is_first=context["since"] is None)
    largest = budget.largest_that_fits(usual, render_within)
    return budget.within(context, largest), render_within(largest)


def _html(template: str, context: dict) -> str:
    return css_inline.inline(
        without_indentation(render_to_string(template, context)),
        keep_style_tags=True,
        remove_inlined_selectors=True,
        minify_css=True,
    )


def describe(digest: Digest, language: str, groups=()) -> dict:
    """What the templates show, in `language`, of the groups with the slugs `groups` (all if none)."""
    content = _content(digest)
    say = partial(_say, language)
    prefix = site_in(language)
    last = content.get("last_milestone")  # what was frozen before there was one has none
    shown = [group for group in content["groups"] if not groups or group["slug"] in groups]
    sections = []
    for group in shown:
        news = [_news(row, say, prefix) for row in content["news"] if row["group"] == group["slug"]]
        # What was frozen before answers were rows has none.
        answers = [_answer(row, say, prefix) for row in content.get("answers", []) if row["group"] == group["slug"]]
        still_open = [_open(row, say, prefix) for row in group["open"]]
        changes = (
            [_change(row, say, prefix) for row in last["changes"] if row["group"] == group["slug"]] if last else []
        )
        # Where not all can be shown, what moved goes before what is only new.
        moves = sorted(
            (change for change in changes if change["kind"] not in (Kind.UPDATED, Kind.ANSWERED)),
            key=lambda change: change["kind"] == Kind.NEW,
        )
        sections.append(
            {
                "name": say(group, "name"),
                "url": prefix + group["url"],
                "slug": group["slug"],
                "counts": group["counts"],
                "total": sum(group["counts"].values()),
                "bar": _bar(group["counts"]),
                "all_news": news,
                "news_count": len(news),
                "all_open": still_open,
                "changes": changes,
                "all_moves": moves,
                "unmoved_count": sum(change["kind"] == Kind.UPDATED for change in changes),
                "answers": answers,
                "open_count": len(still_open),
            }
        )
    context = _frame(digest, content, language) | {
        "last": last and _last_milestone(last, say, prefix, content["as_of"], sections),
        "days_left": content["days_left"],
        "sources_read_on": _day(content.get("sources_read_on")),  # what was frozen before it was known has none
        # The first digest of a series is long enough without; its web copy has them.
        "says_why": content["previous_as_of"] is not None,
        "since": content["previous_as_of"] and write_date(date.fromisoformat(content["previous_as_of"])),
        "sections": sections,
        "news_count": sum(section["news_count"] for section in sections),
        "answer_count": sum(len(section["answers"]) for section in sections),
        "open_count": sum(section["open_count"] for section in sections),
        "total": sum(section["total"] for section in sections),
        "list_url": f"{prefix}/recommendations/",
        "is_filtered": bool(groups),
    }
    return context | {"subject": subject(context)}


def _last_milestone(last, say, prefix, as_of, sections) -> dict:
    """The milestone that changes are counted from, where they all stand, and how many there are of each kind."""
    counts = Counter(change["kind"] for section in sections for change in section["changes"])
    return {
        "name": say(last, "name"),
        "url": prefix + last["url"],
        "when": _window(last),
        "changes_url": f"{prefix}/changes/?since={last['slug']}&until={as_of}",
        "counts": " · ".join(f"{counts[kind]} {kind.words(counts[kind])}" for kind in Kind if counts[kind])
        or gettext("nothing changed"),
    }


def describe_notice(digest: Digest, language: str) -> dict:
    """What the templates of a notice show, in `language`."""
    content = _content(digest)
    before = content["before"]
    context = _frame(digest, content, language) | {
        "is_cancellation": digest.kind == DigestKind.CANCELLATION,
        "has_date": content["milestone"]["starts_on"] is not None,
        "before": before and _window(before),
        "reason": _say(language, content, "reason"),
        "reason_is_english": _is_english(content, "reason"),
    }
    if context["is_cancellation"]:
        subject = gettext("Canceled: %(milestone)s") % context
    elif context["has_date"]:
        subject = gettext("New date: %(milestone)s, %(when)s") % context
    else:
        subject = gettext("Postponed: %(milestone)s") % context
    return context | {"subject": subject}


def _content(digest) -> dict:
    """What was frozen. TOKEN in it is another word: it would become the reader's own, in a link to anybody's site."""
    return json.loads(json.dumps(digest.content).replace(TOKEN, TOKEN.lower()))


def _frame(digest, content, language) -> dict:
    """What every message says: which milestone, as of when, and where to read, change and stop it."""
    prefix = site_in(language)
    milestone, series = content["milestone"], content["series"]
    return {
        "language": language,
        "milestone": _say(language, milestone, "name"),
        "milestone_url": prefix + milestone["url"],
        "calendar_url": prefix + milestone["url"].rstrip("/") + ".ics",
        "series": _say(language, series, "short_name"),
        "series_name": _say(language, series, "name"),
        "when": _window(milestone),
        "place": _say(language, milestone, "place"),
        "is_tentative": milestone["is_tentative"],
        "as_of": write_date(date.fromisoformat(content["as_of"])),
        "web_url": f"{prefix}/digests/{digest.pk}/",
        "own_url": f"{prefix}/subscriptions/{TOKEN}/",
        "unsubscribe_url": f"{prefix}/subscriptions/{TOKEN}/unsubscribe/",
        "site_url": prefix + "/",
        "status_colors": COLORS,
    }


def _day(iso: str | None) -> str:
    return write_date(date.fromisoformat(iso)) if iso else ""


def site_in(language: str) -> str:
    """The address of the site in a language, without a slash at its end: links in messages are whole addresses."""
    return settings.SITE_URL + ("/es" if language == "es" else "")


def _say(language, record, name) -> str:
    return record[f"{name}_{language}"]


def _is_english(record, name) -> bool:
    """Whether English stood in where Spanish was empty when it was frozen: readers are told its language."""
    return record[f"{name}_en"] == record[f"{name}_es"]


def _window(milestone) -> str:
    days = [day and date.fromisoformat(day) for day in (milestone["starts_on"], milestone["ends_on"])]
    return write_window(*days, milestone["precision"])


def subject(context) -> str:
    """What and when: "USMCA joint review in 30 days: 4 updates in Smart Borders"."""
    days, news = context["days_left"], context["news_count"]
    when = ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days} if days > 0 else gettext("today")
    parts = {"milestone": context["milestone"], "when": when, "changes": _changes(news, context["answer_count"])}
    if (news or context["answer_count"]) and len(context["sections"]) == 1:
        parts["group"] = context["sections"][0]["name"]
        return gettext("%(milestone)s %(when)s: %(changes)s in %(group)s") % parts
    return gettext("%(milestone)s %(when)s: %(changes)s") % parts


def _changes(count, answers) -> str:
    if not count and answers:
        return ngettext("%(count)d answer", "%(count)d answers", answers) % {"count": answers}
    if not count:
        return gettext("no news")
    return ngettext("%(count)d update", "%(count)d updates", count) % {"count": count}


def _news(row, say, prefix) -> dict:
    is_confirmation = row.get("is_confirmation", False)  # what was frozen long ago does not say
    return {
        "code": row["code"],
        "url": prefix + row["url"],
        "title": say(row, "recommendation_title"),
        "what": say(row, "what"),
        "what_is_english": _is_english(row, "what"),
        "reason": say(row, "reason"),
        "reason_is_english": _is_english(row, "reason"),
        "date": write_effective_date(
            date.fromisoformat(row["effective_on"]), row["precision"], row.get("dated_by_report", False)
        ),
        "status": Status(row["status"]),
        "previous_status": Status(row["previous_status"]),
        "changes_status": row["status"] != row["previous_status"] and not is_confirmation,
        "is_correction": row["is_correction"],
        "is_confirmation": is_confirmation,
        "is_verified": row["basis"] == "verified",
        "evidence": row["evidence"],
    }


def _answer(row, say, prefix) -> dict:
    return {
        "code": row["code"],
        "url": prefix + row["url"],
        "title": say(row, "recommendation_title"),
        "organization": say(row, "organization_name"),
        "kind": AnswerKind(row["kind"]),
        "said": say(row, "said"),
        "said_is_english": _is_english(row, "said"),
        "reason": say(row, "reason"),
        "reason_is_english": _is_english(row, "reason"),
        "date": write_date(date.fromisoformat(row["effective_on"]), row["precision"]),
        "is_correction": row["is_correction"],
        "source": row["source"],
        "source_in_words": ", ".join(filter(None, [row["source"]["title"], row["source"]["publisher"]])),
    }


def _change(row, say, prefix) -> dict:
    return {
        "code": row["code"],
        "url": prefix + row["url"],
        "title": say(row, "title"),
        "kind": Kind(row["kind"]),
        "before": row["before"] and Status(row["before"]),
        "after": Status(row["after"]),
    }


def _open(row, say, prefix) -> dict:
    return {
        "code": row["code"],
        "url": prefix + row["url"],
        "title": say(row, "title"),
        "status": Status(row["status"]),
        "priority": row["priority"],
        "updated": row["updated_on"] and write_date(date.fromisoformat(row["updated_on"]), row["precision"]),
        "because": say(row, "because") if "because_en" in row else "",  # what was frozen long ago does not say
        "answers": [f"{say(answer, 'name')}: {AnswerKind(answer['kind']).label}" for answer in row.get("answers", [])],
    }


def _bar(counts) -> list[dict]:
    """The statuses that occur, with their share of a hundred."""
    total = sum(counts.values())
    return [
        {
            "status": status,
            "color": COLORS[status],
            "count": counts[status],
            "percent": round(100 * counts[status] / total),
        }
        for status in Status
        if counts.get(status)
    ]
