"""Addresses with a query behind them."""


def url_with_query(address: str, query: str) -> str:
    """An address with a query string behind it; with an empty one as it is, without a bare question mark."""
    return f"{address}?{query}" if query else address
