"""The ledger's rows from `fixtures/updates.yaml`, and the corrections of rows that an earlier load wrote.

A row of the ledger never changes. So a fixture that is put right cannot put right the row that a database holds of it:
there it becomes a *correcting row*, with its reason, as a mistake of staff would. A new database gets the right row at
once. In both, the rows in force are the same.

Each update of the file has a `key`, which is a name and never changes, and a `revision`, 1 where none is given.
Whoever changes what an update says raises its revision and, where more than wording changed, says why
(`revision_reason_en`, `revision_reason_es`). The row that is stored for one of its recommendations bears both:
`import_key` is `key/code` for the first revision and `key/code@2` for the second, in every database. So a load compares
numbers and not texts:

- no row of that key: record it;
- a lower revision: record this one in the place of that row, if it is still in force. Where staff have corrected or
  confirmed it, it is left as they have it, and reported;
- the same revision: nothing to do, but to fill in kinds and quotations of its evidence that are not stored yet. Should the
  texts differ, somebody forgot to raise the revision, and the load refuses;
- a higher revision: these fixtures are older than the database; it is left alone, and reported.

The rows are taken in the order of their dates, so that each finds the rows before it as they will stay: the status
before it, which a row stores, is then the same in either kind of database. docs/adr/0005 has the alternatives.
"""

from dataclasses import dataclass

from django.core.management import CommandError

from core.fixtures import KeyIndex, Loader, read_fixture
from recommendations.models import Evidence, Recommendation, Update

FILLED_IN_ONCE = ["kind", "quotation", "quotation_language"]  # of evidence
WORDING_REASON = {
    "reason_en": "Wording of the imported entry revised; what it reports is the same.",
    "reason_es": "Se revisó la redacción de la entrada importada; lo que informa es lo mismo.",
}


@dataclass(frozen=True)
class ImportedRow:
    """One update of the file, for one of the recommendations that it applies to."""

    key: str
    code: str
    revision: int
    reason: dict  # why it was revised
    fields: dict
    evidence: list

    @property
    def base(self) -> str:
        return f"{self.key}/{self.code}"

    @property
    def import_key(self) -> str:
        return self.base if self.revision == 1 else f"{self.base}@{self.revision}"


def load_updates(loader: Loader):
    """Record the rows of the file that the ledger does not hold, and correct those that it holds in an older revision."""
    recommendations = KeyIndex(Recommendation, "code")
    stored = _stored_revisions()
    for row in _read_rows():
        revisions = stored.get(row.base, {})
        newest = max(revisions, default=0)
        if newest == row.revision:
            _require_same_content(row, revisions[newest])
            outcome = "completed" if _complete_evidence(revisions[newest], row) else "unchanged"
            loader.counts[Update, outcome] += 1
        elif newest > row.revision:
            loader.keep(Update, row.base, f"revision {newest} is newer than that of fixtures/")
        elif newest and revisions[newest].is_corrected:
            loader.keep(Update, row.base, "corrected or confirmed by staff")
        elif newest:
            _correct(revisions[newest], row)
            loader.counts[Update, "corrected"] += 1
        elif row.code in recommendations:
            recommendations[row.code].record_update(**row.fields, evidence=row.evidence, import_key=row.import_key)
            loader.counts[Update, "created"] += 1


def _read_rows():
    for update in read_fixture("updates.yaml"):
        key, codes = update.pop("key"), update.pop("applies_to")
        revision, evidence = update.pop("revision", 1), update.pop("evidence", [])
        given = {f"reason_{language}": update.pop(f"revision_reason_{language}", "") for language in ("en", "es")}
        reason = given if given["reason_en"] else WORDING_REASON
        for code in codes:
            yield ImportedRow(key, code, revision, reason, update, evidence)


def _stored_revisions() -> dict[str, dict[int, Update]]:
    """Return the rows that loads have written: {key/code: {revision: row}}."""
    stored = {}
    imported = Update.objects.exclude(import_key=None).select_related("correction").prefetch_related("evidence")
    for update in imported:
        base, _, revision = update.import_key.partition("@")
        stored.setdefault(base, {})[int(revision or 1)] = update
    return stored


def _correct(earlier: Update, row: ImportedRow):
    """Record `row` in the place of `earlier`; a row may have a reason of its own besides that of its revision."""
    reason = {name: " ".join(filter(None, [text, row.fields.get(name)])) for name, text in row.reason.items()}
    earlier.recommendation.record_update(
        **row.fields | reason, evidence=row.evidence, corrects=earlier, import_key=row.import_key
    )


def _require_same_content(row: ImportedRow, update: Update):
    """Raise CommandError where the file says something else than the row that bears its revision."""
    changed = [
        name for name, value in row.fields.items() if not name.startswith("reason") and getattr(update, name) != value
    ]
    stored = update.evidence.all()
    if [_plain(source) for source in stored] != [_plain_given(source) for source in row.evidence]:
        changed.append("evidence")
    elif any(_overwrites(source, given) for source, given in zip(stored, row.evidence, strict=True)):
        changed.append("kind or quotation of evidence")
    if changed:
        raise CommandError(
            f"The update {row.base} says something else in fixtures/ than in the ledger ({', '.join(changed)}), under"
            f" the same revision {row.revision}: raise its revision, and say why it changed."
        )


def _complete_evidence(update: Update, row: ImportedRow) -> bool:
    """Fill in what the stored sources did not say yet, which the ledger allows once; return whether anything was."""
    is_completed = False
    for source, given in zip(update.evidence.all(), row.evidence, strict=True):
        missing = [name for name in FILLED_IN_ONCE if given.get(name) and not getattr(source, name)]
        for name in missing:
            setattr(source, name, given[name])
        if missing:
            source.full_clean()
            source.save(update_fields=missing)
            is_completed = True
    return is_completed


def _overwrites(source: Evidence, given: dict) -> bool:
    """Return whether the file has another kind or quotation than the one that is stored already."""
    return any(getattr(source, name) not in ("", given.get(name, "")) for name in FILLED_IN_ONCE)


def _plain(source) -> tuple:
    return source.title, source.publisher, source.url, source.published_on


def _plain_given(source: dict) -> tuple:
    return source["title"], source["publisher"], source["url"], source.get("published_on")
