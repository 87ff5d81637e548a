"""The group "kpi" of the REST API."""

from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.series import DailySeries, check_given

__all__ = [
    "DailyActiveUsers",
    "DailyActiveUsersSeries",
    "GetKpiSeries",
    "Kpi",
    "MonthlyActiveUsers",
    "MonthlyActiveUsersSeries",
    "NewUsers",
    "NewUsersSeries",
    "Uninstalls",
    "UninstallsSeries",
]


@model(kw_only=True)
class GetKpiSeries(DailySeries):
    """Which days, and of which app.

    Args:
        length: How many days, 1 to 100.
        ending_at: The last one; now unless told otherwise.
        app_id: Of this app only.
    """

    app_id: str | None = None

    def __attrs_post_init__(self) -> None:
        DailySeries.__attrs_post_init__(self)
        check_given(self, "app_id")


@model(kw_only=True)
class NewUsers:
    """New users of one day.

    Args:
        time: The day, in ISO 8601.
        new_users: How many people Braze saw first.
    """

    time: str
    new_users: int


@model(kw_only=True)
class NewUsersSeries:
    """New users over time.

    Args:
        message: ``success``.
        data: One entry for each day.
    """

    message: str
    data: tuple[NewUsers, ...] = ()


@model(kw_only=True)
class DailyActiveUsers:
    """Active users of one day.

    Args:
        time: The day, in ISO 8601.
        dau: How many there were on that day.
    """

    time: str
    dau: int


@model(kw_only=True)
class DailyActiveUsersSeries:
    """Daily active users over time.

    Args:
        message: ``success``.
        data: One entry for each day.
    """

    message: str
    data: tuple[DailyActiveUsers, ...] = ()


@model(kw_only=True)
class MonthlyActiveUsers:
    """Active users of the 30 days up to one day.

    Args:
        time: The day, in ISO 8601.
        mau: How many there were in those 30 days.
    """

    time: str
    mau: int


@model(kw_only=True)
class MonthlyActiveUsersSeries:
    """Monthly active users over time.

    Args:
        message: ``success``.
        data: One entry for each day.
    """

    message: str
    data: tuple[MonthlyActiveUsers, ...] = ()


@model(kw_only=True)
class Uninstalls:
    """Uninstalls of one day.

    Args:
        time: The day, in ISO 8601.
        uninstalls: How many apps were found uninstalled.
    """

    time: str
    uninstalls: int


@model(kw_only=True)
class UninstallsSeries:
    """Uninstalls over time.

    Args:
        message: ``success``.
        data: One entry for each day.
    """

    message: str
    data: tuple[Uninstalls, ...] = ()


class Kpi(Family):
    """Daily figures of the workspace: new and active users, uninstalls."""

    group = "kpi"

    new_users = Operation(
        "GET",
        "/kpi/new_users/data_series",
        GetKpiSeries,
        NewUsersSeries,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="kpi.new_users.data_series",
        docs="https://www.braze.com/docs/api/endpoints/export/kpi/get_kpi_daily_new_users_date",
    )
    """Read how many new users there were day by day."""

    daily_active_users = Operation(
        "GET",
        "/kpi/dau/data_series",
        GetKpiSeries,
        DailyActiveUsersSeries,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="kpi.dau.data_series",
        docs="https://www.braze.com/docs/api/endpoints/export/kpi/get_kpi_dau_date",
    )
    """Read how many users were active day by day."""

    monthly_active_users = Operation(
        "GET",
        "/kpi/mau/data_series",
        GetKpiSeries,
        MonthlyActiveUsersSeries,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="kpi.mau.data_series",
        docs="https://www.braze.com/docs/api/endpoints/export/kpi/get_kpi_mau_30_days",
    )
    """Read for each day how many users were active in the 30 days up to it."""

    uninstalls = Operation(
        "GET",
        "/kpi/uninstalls/data_series",
        GetKpiSeries,
        UninstallsSeries,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="kpi.uninstalls.data_series",
        docs="https://www.braze.com/docs/api/endpoints/export/kpi/get_kpi_uninstalls_date",
    )
    """Read how many apps were uninstalled day by day."""
