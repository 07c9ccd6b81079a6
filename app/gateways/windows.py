"""How many tokens a model takes at once: what the routes file says, else the price table's figure.

Only looked up after a request was too long for a route; the table takes a while to load.
"""

from __future__ import annotations

from app.gateways.spend import RouteFacts


def window_of(route: RouteFacts) -> int:
    """The context window in tokens; 0 when nobody knows it."""
    if route.window:
        return route.window
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415 - see above

    try:
        _, model = get_snapshot().find_provider_model(route.price_ref or route.model, None, route.provider, None)
    except LookupError:
        return 0
    return model.context_window or 0
