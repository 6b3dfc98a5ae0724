"""The fixed labels of a briefing book."""

from django.utils.translation import gettext


def labels() -> dict[str, str]:
    """Return the labels by their names, in the current language."""
    return {
        "publisher": gettext("C26+ Recommendations Tracker"),
        "book": gettext("Briefing book"),
        "contents": gettext("Contents"),
        "at_a_glance": gettext("All recommendations at a glance"),
        "group": gettext("Group"),
        "code": gettext("Code"),
        "recommendation": gettext("Recommendation"),
        "status": gettext("Status"),
        "total": gettext("Total"),
        "on_page": gettext("Page"),
        "page": gettext("Page {page} of {pages}"),
        "continued": gettext("{code}, continued"),
        "see_page": gettext("See page {page}"),
        "what_happened": gettext("What happened"),
        "priority": gettext("Priority"),
        "summary": gettext("What is asked"),
        "success_test": gettext("Success test"),
        "addressees": gettext("Asked to act"),
        "chapters": gettext("USMCA chapters"),
        "no_addressees": gettext("No one in particular"),
        "no_chapters": gettext("No provision of the agreement applies."),
        "no_updates": gettext("No updates have been recorded yet."),
        "no_recommendations": gettext("No recommendation had been published by this day."),
        "also": gettext("Also related to this chapter; in full elsewhere in this book"),
        "method": gettext("Notes on method"),
        "named_letters": gettext(
            "The fonts in this file lack some characters, such as emoji; their names appear in brackets instead."
        ),
        "no_claim": gettext("This file is tagged for screen readers but could not be checked against PDF/UA."),
        "documents": gettext("Documents"),
        "rules": gettext("Rules"),
        "meaning": gettext("Meaning"),
        "statuses": gettext("What the statuses mean"),
    }
