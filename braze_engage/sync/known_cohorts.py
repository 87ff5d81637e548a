"""The cohorts that are known: which name in the dashboard stands for which computation id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, overload

import attrs

from braze_engage.sync.tables import html_table, text_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = ["KnownCohort", "KnownCohorts"]

_COLUMNS: Final = ("cohort", "id", "computation", "retired")


@attrs.frozen(kw_only=True)
class KnownCohort:
    """A cohort that was written to.

    Args:
        cohort_id: Its id, which is that of the computation.
        name: What it is called in the dashboard; None where that is not known.
        key: The computation key.
        retired_at: When it was retired; None for one in use.
    """

    cohort_id: str
    name: str | None
    key: str
    retired_at: datetime | None = None


class KnownCohorts(Sequence[KnownCohort]):
    """The cohorts that are known, by name.

    Args:
        cohorts: In any order.
    """

    def __init__(self, cohorts: Iterable[KnownCohort]) -> None:
        self._cohorts = sorted(cohorts, key=lambda one: (one.name or "", one.cohort_id))

    def __len__(self) -> int:
        return len(self._cohorts)

    @overload
    def __getitem__(self, index: int) -> KnownCohort: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[KnownCohort]: ...

    def __getitem__(self, index: int | slice) -> KnownCohort | Sequence[KnownCohort]:
        return self._cohorts[index]

    def ids_of(self, name: str) -> tuple[str, ...]:
        """Give the ids of the cohorts of a name; an audience made anew bears the old one's.

        Args:
            name: The name in the dashboard.
        """
        return tuple(one.cohort_id for one in self if one.name == name)

    def name_of(self, cohort_id: str) -> str | None:
        """Give the name of a cohort; None where it is not known.

        Args:
            cohort_id: Its id.
        """
        return next((one.name for one in self if one.cohort_id == cohort_id), None)

    def __repr__(self) -> str:
        return f"KnownCohorts({len(self):,})"

    def __str__(self) -> str:
        return text_table(_COLUMNS, self._rows())

    def _repr_html_(self) -> str:
        return html_table(_COLUMNS, self._rows())

    def _rows(self) -> list[tuple[object, ...]]:
        return [
            (
                one.name or "(no name)",
                one.cohort_id,
                one.key,
                "" if one.retired_at is None else f"{one.retired_at:%Y-%m-%d}",
            )
            for one in self
        ]
