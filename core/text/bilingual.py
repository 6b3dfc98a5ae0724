"""Content in two languages: a pair of fields `<name>_en`, `<name>_es`, read through one name.

Two plain columns and this descriptor, and not a translation library: the pair never grows, and the columns
stay visible to SQL (search, exports, triggers).
"""

from django.db.models import Expression, F, TextField, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language


def current_language() -> str:
    """The language of the page being made: "en" or "es"."""
    return "es" if (get_language() or "en").startswith("es") else "en"


def in_current_language(name: str) -> str:
    """The name of the column that holds `name` in the current language, for queries: title → title_es."""
    return f"{name}_{current_language()}"


def language_shown(record, name: str) -> str:
    """The language in which the current page shows the bilingual `name` of a record: English where Spanish is empty."""
    shown = current_language()
    return shown if getattr(record, f"{name}_{shown}") or not getattr(record, f"{name}_en") else "en"


def bilingual(path: str) -> Expression:
    """The text at `path` (issue__title) in the current language, English where Spanish is empty, for queries."""
    if current_language() == "en":
        return F(f"{path}_en")
    return first_given(f"{path}_es", f"{path}_en")


def first_given(*texts) -> Expression:
    """The first of some texts (paths or expressions) that is not empty, or the last one, for queries."""
    *others, last = texts
    return Coalesce(*(NullIf(text, Value("")) for text in others), last, output_field=TextField())


def both_languages(record, *names) -> dict:
    """Return the fields `names` of a record in both languages, English where Spanish is empty: {title_en: …, title_es: …}."""
    return {
        f"{name}_{language}": getattr(record, f"{name}_{language}") or getattr(record, f"{name}_en")
        for name in names
        for language in ("en", "es")
    }


class Bilingual:
    """`title = Bilingual()` reads `title_en` or `title_es` by the current language, English where Spanish is empty."""

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return getattr(instance, in_current_language(self.name)) or getattr(instance, f"{self.name}_en")
