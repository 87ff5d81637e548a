"""The group "purchases" of the REST API."""

from braze_engage.objects.checks import check_range
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, PagedOperation, PageNumbers, Replay
from braze_engage.rest.series import HourlySeries, check_given

__all__ = [
    "GetPurchaseSeries",
    "ListProducts",
    "ProductPage",
    "PurchaseQuantity",
    "PurchaseQuantitySeries",
    "PurchaseRevenue",
    "PurchaseRevenueSeries",
    "Purchases",
]


@model(kw_only=True)
class ListProducts:
    """Which page of products.

    Args:
        page: From 0.
    """

    page: int = 0

    def __attrs_post_init__(self) -> None:
        check_range("ListProducts.page", self.page, least=0)


@model(kw_only=True)
class ProductPage:
    """Some products; Braze does not say how many at most.

    Args:
        message: ``success``.
        products: Product ids seen in purchases.
    """

    message: str
    products: tuple[str, ...] = ()


@model(kw_only=True)
class GetPurchaseSeries(HourlySeries):
    """Which purchases, and which days or hours.

    Args:
        length: How many days or hours, 1 to 100.
        ending_at: The last one; now unless told otherwise.
        unit: Days unless told otherwise.
        app_id: In this app only.
        product: Of this product only.
    """

    app_id: str | None = None
    product: str | None = None

    def __attrs_post_init__(self) -> None:
        HourlySeries.__attrs_post_init__(self)
        check_given(self, "app_id", "product")


@model(kw_only=True)
class PurchaseRevenue:
    """What purchases brought in one day or hour.

    Args:
        time: The day, or the hour, in ISO 8601.
        revenue: In US dollars.
    """

    time: str
    revenue: float


@model(kw_only=True)
class PurchaseRevenueSeries:
    """What purchases brought over time.

    Args:
        message: ``success``.
        data: One entry for each day or hour.
    """

    message: str
    data: tuple[PurchaseRevenue, ...] = ()


@model(kw_only=True)
class PurchaseQuantity:
    """How much was bought in one day or hour.

    Args:
        time: The day, or the hour, in ISO 8601.
        purchase_quantity: Purchases, each counted by its quantity.
    """

    time: str
    purchase_quantity: int


@model(kw_only=True)
class PurchaseQuantitySeries:
    """How much was bought over time.

    Args:
        message: ``success``.
        data: One entry for each day or hour.
    """

    message: str
    data: tuple[PurchaseQuantity, ...] = ()


class Purchases(Family):
    """Purchases: products, revenue and quantity over time."""

    group = "purchases"

    list_products = PagedOperation(
        "GET",
        "/purchases/product_list",
        ListProducts,
        ProductPage,
        items=lambda page: page.products,
        paging=PageNumbers(None),
        bucket="events_purchases_lists",
        replay=Replay.ALWAYS,
        permission="purchases.product_list",
        docs="https://www.braze.com/docs/api/endpoints/export/purchases/get_list_product_id",
    )
    """List the product ids seen in purchases."""

    revenue_series = Operation(
        "GET",
        "/purchases/revenue_series",
        GetPurchaseSeries,
        PurchaseRevenueSeries,
        bucket="events_purchases_lists",
        replay=Replay.ALWAYS,
        permission="purchases.revenue_series",
        docs="https://www.braze.com/docs/api/endpoints/export/purchases/get_revenue_series",
    )
    """Read what purchases brought, by day or hour."""

    quantity_series = Operation(
        "GET",
        "/purchases/quantity_series",
        GetPurchaseSeries,
        PurchaseQuantitySeries,
        bucket="events_purchases_lists",
        replay=Replay.ALWAYS,
        permission="purchases.quantity_series",
        docs="https://www.braze.com/docs/api/endpoints/export/purchases/get_number_of_purchases",
    )
    """Read how much was bought, by day or hour."""
