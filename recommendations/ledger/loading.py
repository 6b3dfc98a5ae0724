"""The ledger's rows from `fixtures/updates.yaml` and `answers.yaml`, and corrections of those that an earlier load wrote.

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

Answers are loaded in the same way. Each has an `organization` beside its key, which is asked by all that it applies to.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.management import CommandError

from core.fixtures import KeyIndex, Loader, read_fixture
from recommendations.models import Addressee, Answer, Evidence, Recommendation, Update

FILLED_IN_ONCE = ["kind", "quotation", "quotation_language"]  # of evidence
WORDING_REASON = {
    "reason_en": "Wording of the imported entry revised; what it reports is the same.",
    "reason_es": "Se revisó la redacción de la entrada importada; lo que informa es lo mismo.",
}


@dataclass(frozen=True)
class ImportedRow:
    """One entry of a file, for one of the recommendations that it applies to."""

    key: str
    code: str
    revision: int
    reason: dict  # why it was revised
    fields: dict

    @property
    def base(self) -> str:
        return f"{self.key}/{self.code}"

    @property
    def import_key(self) -> str:
        return self.base if self.revision == 1 else f"{self.base}@{self.revision}"

    def correcting(self, earlier) -> dict:
        """Return what it records in the place of `earlier`; it may have a reason of its own beside its revision's."""
        reason = {name: " ".join(filter(None, [text, self.fields.get(name)])) for name, text in self.reason.items()}
        return self.fields | reason | {"corrects": earlier}


def load_updates(loader: Loader):
    """Record the updates of the file that the ledger does not hold, and correct those of an older revision."""
    recommendations = KeyIndex(Recommendation, "code")

    def record(row, fields) -> bool:
        if row.code not in recommendations:
            return False  # staff have deleted it
        recommendations[row.code].record_update(**fields, import_key=row.import_key)
        return True

    _load(loader, Update, _read_rows("updates.yaml"), record)


def load_answers(loader: Loader):
    """Record the answers of the file that the database does not hold, and correct those of an older revision."""
    addressees = {
        (addressee.recommendation.code, addressee.organization.slug): addressee
        for addressee in Addressee.objects.select_related("recommendation__topic__document", "organization")
    }

    def record(row, fields) -> bool:
        fields = dict(fields)
        addressee = addressees.get((row.code, fields.pop("organization")))
        if addressee is None:
            loader.keep(Answer, row.base, "nobody of that name is asked")
            return False
        addressee.record_answer(**fields, import_key=row.import_key)
        return True

    _load(loader, Answer, _read_rows("answers.yaml"), record)


def _load(loader: Loader, model, rows: Iterable[ImportedRow], record: Callable[[ImportedRow, dict], bool]):
    stored = _stored_revisions(model)
    for row in rows:
        revisions = stored.get(row.base, {})
        newest = max(revisions, default=0)
        if newest == row.revision:
            _require_same_content(row, revisions[newest])
            outcome = "completed" if _complete_evidence(revisions[newest], row) else "unchanged"
            loader.counts[model, outcome] += 1
        elif newest > row.revision:
            loader.keep(model, row.base, f"revision {newest} is newer than that of fixtures/")
        elif newest and revisions[newest].is_corrected:
            loader.keep(model, row.base, "corrected or confirmed by staff")
        elif newest:
            if record(row, row.correcting(revisions[newest])):
                loader.counts[model, "corrected"] += 1
        elif record(row, row.fields):
            loader.counts[model, "created"] += 1


def _read_rows(name):
    for entry in read_fixture(name):
        key, codes, revision = entry.pop("key"), entry.pop("applies_to"), entry.pop("revision", 1)
        given = {f"reason_{language}": entry.pop(f"revision_reason_{language}", "") for language in ("en", "es")}
        reason = given if given["reason_en"] else WORDING_REASON
        for code in codes:
            yield ImportedRow(key, code, revision, reason, entry)


def _stored_revisions(model) -> dict[str, dict]:
    """Return the rows that loads have written: {key/code: {revision: row}}."""
    stored = {}
    imported = model.objects.exclude(import_key=None).select_related("correction")
    if model is Update:
        imported = imported.prefetch_related("evidence")
    else:
        imported = imported.select_related("addressee__organization")
    for row in imported:
        base, _, revision = row.import_key.partition("@")
        stored.setdefault(base, {})[int(revision or 1)] = row
    return stored


def _require_same_content(row: ImportedRow, stored):
    """Raise CommandError where the file says something else than the row that bears its revision."""
    changed = [
        name
        for name, value in _given(row).items()
        if not name.startswith("reason") and _stored_value(stored, name) != value
    ]
    given = row.fields.get("evidence", [])
    if "evidence" not in changed and any(map(_overwrites, _evidence_of(stored), given)):
        changed.append("kind or quotation of evidence")
    if changed:
        raise CommandError(
            f"The {stored._meta.verbose_name} {row.base} says something else in fixtures/ than in the ledger"
            f" ({', '.join(changed)}), under the same revision {row.revision}: raise its revision, and say why it changed."
        )


def _evidence_of(stored) -> list[Evidence]:
    """Return the sources of a stored row; an answer has its own in itself."""
    return list(stored.evidence.all()) if isinstance(stored, Update) else []


def _complete_evidence(stored, row: ImportedRow) -> bool:
    """Fill in what the stored sources did not say yet, which the ledger allows once; return whether anything was."""
    is_completed = False
    for source, given in zip(_evidence_of(stored), row.fields.get("evidence", []), strict=False):
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


def _given(row: ImportedRow) -> dict:
    if "organization" in row.fields:
        return row.fields
    return row.fields | {"evidence": [_plain_given(source) for source in row.fields.get("evidence", [])]}


def _stored_value(stored, name: str):
    if name == "evidence":
        return [_plain(source) for source in stored.evidence.all()]
    if name == "organization":
        return stored.addressee.organization.slug
    return getattr(stored, name)


def _plain(source) -> tuple:
    return source.title, source.publisher, source.url, source.published_on


def _plain_given(source: dict) -> tuple:
    return source["title"], source["publisher"], source["url"], source.get("published_on")
