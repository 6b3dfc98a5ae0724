"""How a recommendation is cited: by people, in words or BibTeX of the current language, and by machines, as JSON-LD."""

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from core.text.bilingual import current_language
from core.text.dates import write_date
from recommendations.models import Recommendation

# BibTeX counts braces even behind a backslash: one without its partner must not stand in a field at all.
LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        **{character: f"\\{character}" for character in "$&%#_"},
    }
)
PUBLISHER = "U.S.-Mexico Foundation"  # a name in both languages
LANGUAGES = {"en": "english", "es": "spanish"}  # as LaTeX calls them


def address(recommendation: Recommendation) -> str:
    """The permanent address of its page in the current language."""
    return settings.SITE_URL + recommendation.get_absolute_url()


def in_words(recommendation: Recommendation, today: date) -> str:
    """A reference to it as read on `today`: statuses change, so it says which one was seen and from when it is."""
    return gettext(
        "%(publisher)s, %(site)s: “%(title)s” (%(code)s). Asked by: %(group)s, in “%(document)s”, %(published)s. "
        "%(status)s. Accessed on %(today)s. %(address)s"
    ) % {
        "publisher": PUBLISHER,
        "site": _site(),
        "title": recommendation.title,
        "code": recommendation.code,
        "group": recommendation.group.name,
        "document": recommendation.document.title,
        "published": recommendation.document.published,
        "status": _status(recommendation),
        "today": write_date(today),
        "address": address(recommendation),
    }


def in_bibtex(recommendation: Recommendation, today: date) -> str:
    """The same as an entry of BibTeX, of a type and with fields that every style knows."""
    accessed = gettext("Accessed on %(today)s") % {"today": write_date(today)}
    fields = {
        # Inside quotes, braces of their own: no surname is to be found in the first, and the second keeps its capitals.
        "author": f'"{{{latex(PUBLISHER)}}}"',
        "title": f'"{{{latex(recommendation.title)}}}"',
        "year": (recommendation.last_update_on or recommendation.document.published_on).year,
        "howpublished": rf"{{{latex(_site())}, \url{{{address(recommendation)}}}}}",
        "note": f"{{{latex(f'{recommendation.code}. {_status(recommendation)}. {accessed}')}}}",
        "langid": f"{{{LANGUAGES[current_language()]}}}",
    }
    lines = "".join(f"  {name} = {value},\n" for name, value in fields.items())
    return f"@misc{{{recommendation.code},\n{lines}}}\n"


def latex(text: str) -> str:
    """The text so that LaTeX prints it as it is, in one line."""
    strip_control_chars = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(strip_control_chars.split()).translate(LATEX)


def linked_data(recommendation: Recommendation) -> dict:
    """What the page is about, in the words of schema.org."""
    document = recommendation.document
    page = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "@id": address(recommendation),
        "url": address(recommendation),
        "name": f"{recommendation.code} {recommendation.title}",
        "description": recommendation.summary,
        "inLanguage": current_language(),
        "publisher": {"@type": "Organization", "name": PUBLISHER},
        "isPartOf": {"@type": "WebSite", "name": _site(), "url": settings.SITE_URL + reverse("home")},
        "mainEntity": {
            "@type": "CreativeWork",
            "identifier": recommendation.code,
            "name": recommendation.title,
            "abstract": recommendation.summary,
            "creativeWorkStatus": recommendation.get_status_display(),
            "creator": {
                "@type": "Organization",
                "name": recommendation.group.name,
                "url": settings.SITE_URL + recommendation.group.get_absolute_url(),
            },
            "datePublished": document.published_iso,
            "isPartOf": {
                "@type": "Report",
                "name": document.title,
                "url": document.url,
                "inLanguage": document.language,
                "datePublished": document.published_iso,
                "publisher": {"@type": "Organization", "name": document.publisher.name},
            },
        },
    }
    if recommendation.last_update:
        page["dateModified"] = recommendation.last_update.recorded_at.isoformat(timespec="seconds")
    return page


def _site() -> str:
    return gettext("C26+ Recommendations Tracker")


def _status(recommendation) -> str:
    status = recommendation.get_status_display()
    if not recommendation.last_update:
        return gettext("Status: %(status)s, no update yet") % {"status": status}
    return gettext("Status: %(status)s, last update %(day)s") % {
        "status": status,
        "day": recommendation.last_update.effective_date,
    }
