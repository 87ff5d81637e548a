"""A fake Braze for tests and demos, with state, over a loopback socket or in process.

::

    from braze_engage.testing import FakeBraze

    with FakeBraze() as fake:
        fake.add_user("u1")
        ...
        assert fake.cohorts["aud_1"].members == {"u1"}

In pytest, ``pytest_plugins = ["braze_engage.testing.pytest_plugin"]`` gives the fixtures
``fake_braze`` and ``in_process_braze``.
"""

from braze_engage.testing.clock import Clock, ManualClock, SystemClock
from braze_engage.testing.cohorts import Cohort
from braze_engage.testing.fake import FakeBraze
from braze_engage.testing.messages import RecordedRequest
from braze_engage.testing.profiles import (
    CustomEvent,
    History,
    Profile,
    PurchaseRecord,
    Summary,
)
from braze_engage.testing.users import Users
from braze_engage.testing.values import Alias, Json

__all__ = [
    "Alias",
    "Clock",
    "Cohort",
    "CustomEvent",
    "FakeBraze",
    "History",
    "Json",
    "ManualClock",
    "Profile",
    "PurchaseRecord",
    "RecordedRequest",
    "Summary",
    "SystemClock",
    "Users",
]
