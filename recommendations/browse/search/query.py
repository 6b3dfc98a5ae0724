"""The condition by which a search finds recommendations, and their rank: one look at one column."""

import re
from functools import reduce
from operator import or_

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Q, SmallIntegerField, Value, When
from django.db.models.functions import Substr, Upper
from django.db.models.lookups import StartsWith

from .terms import HYPHENS, MARKS, Search, read_search

CODE = re.compile(r"\d[\w-]*")
CODE_WITHOUT_YEAR = re.compile(r"[a-z]+-\d[\w-]*", re.IGNORECASE)
AFTER_YEAR = Upper(Substr("code", 6))  # 2023-SB-3a


class TsQuery(SearchQuery):
    """A full-text query that is given as the text of a tsquery.

    It stands in a subquery, so that PostgreSQL does not estimate how many rows it finds, and takes the index: the planner
    leaves out of account that the column is stored apart, and would fetch it for each row where the words are common.
    """

    template = "(SELECT %(expressions)s::tsquery)"

    def __init__(self, query: str):
        super().__init__(query)

    def as_sql(self, compiler, connection, function=None, template=None):
        return super(SearchQuery, self).as_sql(compiler, connection, function, template)


def search(recommendations, words: str):
    """Narrow a queryset to those that hold `words`, or whose code begins with them, with their `rank`.

    A code may be given without its year. Where only exclusions are asked for there is no rank.
    """
    asked = read_search(words)
    conditions = []
    if asked.query:
        conditions.append(Q(search=TsQuery(asked.query)))
    # As a code begins, which an index knows; for other words it would mean a look at each row.
    code = _as_code(words)
    if CODE.fullmatch(code):
        conditions.append(Q(code__istartswith=code))
    elif CODE_WITHOUT_YEAR.fullmatch(code):
        conditions.append(Q(StartsWith(AFTER_YEAR, code.upper())))
    if conditions:
        recommendations = recommendations.filter(reduce(or_, conditions))
    return recommendations.annotate(rank=_rank(recommendations.model, asked)) if asked.groups else recommendations


def _rank(model, asked: Search) -> Case:
    """Return 0 for what has all that is asked for in the best place, and less for worse ones.

    The index alone knows it: ts_rank() would fetch the column of each row that is found.
    """
    places = [
        When(pk__in=model.objects.filter(search=TsQuery(asked.query_in(mark))).values("pk"), then=Value(-worse))
        for worse, mark in enumerate(MARKS.values())
    ]
    return Case(*places, default=Value(-len(MARKS)), output_field=SmallIntegerField())


def may_be_code(words: str) -> bool:
    """Tell whether a search may have found by the beginning of a code."""
    code = _as_code(words)
    return bool(CODE.fullmatch(code) or CODE_WITHOUT_YEAR.fullmatch(code))


def _as_code(words: str) -> str:
    return HYPHENS.sub("-", words).removesuffix("*")
