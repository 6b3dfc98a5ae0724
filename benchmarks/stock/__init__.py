"""The stock page: the list as django-filter's FilterView makes it, which somebody would write instead of ours.

Normalized models, selects, three facets with counts over what was found, 25 rows, PostgreSQL's full-text search on an
indexed column, `startproject`'s middleware. Nothing is left slow on purpose: relations are fetched together, long
columns are deferred, connections stay open.
"""
