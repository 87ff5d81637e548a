"""Makes the state file that stands for a schema: ``python -m tests.support.released_state``.

Run it once, with the version that is about to be released; afterwards the file stays as it is.
"""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

from braze_engage import Delivery, SqliteState
from braze_engage.engage.calls import OrderKey
from braze_engage.engage.identity import Identity
from braze_engage.engage.outcomes import Reason
from braze_engage.sync.known import Known, attribute_subject
from braze_engage.sync.state_journal import Once
from braze_engage.sync.state_messages import delivery_bit
from braze_engage.sync.state_schema import SCHEMA
from braze_engage.sync.trail import Mark
from tests.support.stores import NOW_NS, SECOND, Clock

ANA = Identity("external_id", "ana@example.test")
LTV = attribute_subject("ltv_90d")


def order(at: int) -> OrderKey:
    return OrderKey(NOW_NS + at * SECOND, NOW_NS, "m1", "")


def fill(path: Path) -> None:
    """Make a state file that holds something of every kind."""
    state = SqliteState(path, now_ns=Clock())
    state.bind(hosts={"https://rest.iad-06.braze.com"}, workspace="shop-eu")
    state.created(ANA)
    state.accepted(LTV, ANA, Known(order(3), "12.5"), sure=True)
    state.remember_done(Delivery.TRACK, "m1")
    state.bury(ANA._replace(value="gone"), order(1).time_ns)
    state.spend("2026-11", 7)
    state.remember_name("aud_1", "vip", "vip", explicit=False)
    state.take_note(ANA, "vip", Reason.IGNORED, 'overrides["vip"]')
    state.take_checkpoint("nightly")
    state.move_checkpoint("nightly", Mark(12, '"page-3"', b"\1"))
    for table, reason in (("letters", Reason.NOT_DELIVERED), ("held", Reason.PAUSED)):
        content = '{"call":{"type":"identify"},"position":0}'
        state.keep(
            "letters" if table == "letters" else "held",
            reason,
            NOW_NS // 1_000_000,
            identity=ANA,
            known_as="m2",
            content=content,
        )
    state.write_ahead([Once(delivery_bit(Delivery.TRACK), "m9", "m9")], [])
    state.commit()
    # The mark of this process goes with it, so that what was under way is left behind.
    state.close()


def main() -> None:
    """Write the file and its key to where the tests look for them."""
    data = Path(__file__).parents[1] / "data"
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "engage.db"
        fill(path)
        for name in ("engage.db", "engage.db-key"):
            packed = gzip.compress((path.parent / name).read_bytes(), mtime=0)
            (data / f"state-{SCHEMA}-{name}.gz").write_bytes(packed)


if __name__ == "__main__":
    main()
