"""The group "transactional" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Transactional"]


class Transactional(Family):
    """Transactional messages, sent with priority."""

    group = "transactional"
