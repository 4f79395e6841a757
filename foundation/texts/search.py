"""Finding by what people remember of a text: the one mechanism of every door (docs/adr/0020-search.md).

The functions stand in the database (networks/migrations/0020_search.py), so that an index, a row and what is asked for
are always read alike: without accents, case, width and punctuation, in pieces. Every word asked for must begin a piece.
"""

from typing import Any

from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import BooleanField, Func, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import JSONField


class Words(Func):
    """The pieces of a long text: its words, and of scripts that are written without gaps every one and two letters."""

    function = "search_words"
    arg_joiner = " || ' ' || "
    output_field = SearchVectorField()


class Parts(Words):
    """The same, and every ending of each word: for names, and for texts of which there are few."""

    function = "search_parts"


class Texts(Func):
    """The texts of a JSON list as one; empty for anything else."""

    function = "search_texts"
    arity = 1

    def __init__(self, expression: Combinable | str, **extra: Any) -> None:
        super().__init__(expression, output_field=extra.pop("output_field", JSONField()), **extra)


class MatchesQuery(Func):
    """Whether `pieces` hold every word of `q`: a condition for `filter`. Nothing fits a `q` without any."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()

    def __init__(self, pieces: Words, q: str, **extra: Any) -> None:
        asked = (
            q if isinstance(q, Combinable) else Func(Value(q), function="search_query", output_field=SearchQueryField())
        )
        super().__init__(pieces, asked, **extra)
