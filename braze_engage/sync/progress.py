"""Shows where a run stands: in a bar of tqdm, or wherever the caller likes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from braze_engage.engage.outcomes import Outcome
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from braze_engage.sync.standing import Standing

__all__ = ["Progress", "TqdmProgress", "on_terminal", "progress_of"]

_MISSING: Final = (
    "progress: True shows a bar of tqdm, which is not installed; "
    "pip install 'braze_engage[progress]', or give a callable that takes a Standing"
)
_METHODS: Final = ("update", "close")


class Progress(Protocol):
    """Shows where a run stands; it may serve one run after the other.

    What it raises is logged and changes nothing.
    """

    def update(self, standing: Standing, /) -> None:
        """Show where the run stands: when it begins, twice a second, and when it has ended.

        Args:
            standing: Where it stands.
        """
        ...

    def close(self) -> None:
        """Learn that the run has ended; what comes next is another one."""
        ...


class CallableProgress:
    """Calls a function.

    Args:
        show: Takes where the run stands.
    """

    def __init__(self, show: Callable[[Standing], object]) -> None:
        self._show = show

    def update(self, standing: Standing, /) -> None:
        """Show where the run stands.

        Args:
            standing: Where it stands.
        """
        self._show(standing)

    def close(self) -> None:
        """Show nothing more."""


class TqdmProgress:
    """A bar of tqdm, of the kind that suits a terminal or a notebook.

    Args:
        bar: Makes the bar; None for that of ``tqdm.auto``.

    Raises:
        ConfigurationError: tqdm is not installed.
    """

    def __init__(self, bar: Callable[..., Any] | None = None) -> None:  # Any: tqdm states no types
        self._make = bar or _tqdm()
        self._bar: Any = None  # Any: as above

    def update(self, standing: Standing, /) -> None:
        """Show where the run stands.

        Args:
            standing: Where it stands.
        """
        if self._bar is None:
            self._bar = self._make(
                total=standing.total, initial=standing.skipped, unit=" items", dynamic_ncols=True
            )
        self._bar.total = standing.total
        told = [f"{count:,} {name}" for name, count in _told(standing).items()]
        if standing.waits_for:
            told.append(standing.waits_for)
        self._bar.set_postfix_str(", ".join(told), refresh=False)
        if standing.skipped > self._bar.initial:  # what is skipped tells nothing of the rate
            self._bar.initial = self._bar.n = standing.skipped
        self._bar.update(standing.done - self._bar.n)
        self._bar.refresh()

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _told(standing: Standing) -> dict[str, int]:
    found = {one.value: standing.outcomes.get(one, 0) for one in Outcome}
    return {name: count for name, count in found.items() if count}


def _tqdm() -> Callable[..., Any]:  # Any: as above
    try:
        from tqdm.auto import tqdm  # noqa: PLC0415 - only when used # pyright: ignore[reportMissingModuleSource] # an extra
    except ImportError:
        raise ConfigurationError(_MISSING) from None
    return cast("Callable[..., Any]", tqdm)


def progress_of(value: object) -> Progress | None:
    """Check ``progress``; None and False stand for none, True for a bar of tqdm.

    Args:
        value: What was given.

    Raises:
        ConfigurationError: It does not fit, or tqdm is not installed.
    """
    if value is None or value is False:
        return None
    if value is True:
        return TqdmProgress()
    if all(callable(getattr(value, name, None)) for name in _METHODS):
        return cast("Progress", value)
    if callable(value):
        return CallableProgress(value)
    raise ConfigurationError(
        f"progress: got {type(value).__name__}; give True, a callable that takes a Standing, or an "
        "object with the methods update and close"
    )


def on_terminal(errors: TextIO) -> Progress | None:
    """Give a bar for a program that somebody watches; None where tqdm is not installed.

    Args:
        errors: Where the bar goes; only a terminal is watched.
    """
    if not errors.isatty():
        return None
    try:
        return TqdmProgress()
    except ConfigurationError:
        return None
