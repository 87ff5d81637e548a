"""The group "purchases" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Purchases"]


class Purchases(Family):
    """Purchases: products, revenue and quantity over time."""

    group = "purchases"
