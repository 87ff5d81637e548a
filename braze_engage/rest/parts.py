"""Which part of a list to read, for the groups whose lists have ``limit`` and ``offset``."""

from braze_engage.objects.checks import check_range

__all__ = ["check_part"]


def check_part(request: object, most: int) -> None:
    """Refuse a limit or an offset that is none.

    Args:
        request: Has ``limit`` and ``offset``.
        most: The largest limit.

    Raises:
        ConfigurationError: One is out of range.
    """
    owner = type(request).__name__
    check_range(f"{owner}.limit", getattr(request, "limit", None), least=1, most=most)
    check_range(f"{owner}.offset", getattr(request, "offset", None), least=0)
