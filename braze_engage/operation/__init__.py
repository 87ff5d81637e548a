"""A Braze endpoint as one typed row.

A row states verb, path, request class, response class, rate bucket, replay class and permission,
once. Read through its class it is the row; read through a client it is callable with exactly the
arguments of the request class::

    class Users(Family):
        group = "users"
        track = Operation("POST", "/users/track", TrackUsers, TrackResult, ...)

    Users.track.permission          # "users.track"
    braze.users.track(events=[...]) # TrackResult
"""

from braze_engage.operation.paging import (
    BoundPages,
    Links,
    Offsets,
    PagedOperation,
    PageNumbers,
    Paging,
    ToldOffsets,
)
from braze_engage.operation.row import (
    UNSET,
    Availability,
    Bound,
    Credential,
    Family,
    Method,
    Operation,
    Performer,
    Replay,
    Reply,
    Unset,
)

__all__ = [
    "UNSET",
    "Availability",
    "Bound",
    "BoundPages",
    "Credential",
    "Family",
    "Links",
    "Method",
    "Offsets",
    "Operation",
    "PageNumbers",
    "PagedOperation",
    "Paging",
    "Performer",
    "Replay",
    "Reply",
    "ToldOffsets",
    "Unset",
]
