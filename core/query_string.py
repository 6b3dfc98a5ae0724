"""URLs with a query behind them."""

from datetime import date


def url_with_query(url: str, query: str) -> str:
    """Return a URL with a query string behind it; with an empty one as it is, without a bare question mark."""
    return f"{url}?{query}" if query else url


def with_as_of(url: str, day: date | None) -> str:
    """Return a URL of ours as of `day`, which is put at its end; for None the URL as it is."""
    return f"{url}{'&' if '?' in url else '?'}as_of={day.isoformat()}" if day else url
