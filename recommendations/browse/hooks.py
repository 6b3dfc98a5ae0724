"""Additions to the list by apps above this one; they register in their `AppConfig.ready()`."""

# Functions that each return what `options.label_rows()` does, for the facet "series": of what documents were prepared
# for. The last column is the primary key of a document; a row for each, or one without where there is none.
PREPARED_FOR = []
