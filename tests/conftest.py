"""Settings every test shares."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

pytest_plugins = ["braze_engage.testing.pytest_plugin"]

settings.register_profile(
    "steady",
    deadline=None,  # the speed of a loaded machine is no property of the code
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")
