"""The group "users" of the REST API."""

from braze_engage.rest.users_export import UsersExport
from braze_engage.rest.users_external_ids import UsersExternalIds
from braze_engage.rest.users_identity import UsersIdentity
from braze_engage.rest.users_jobs import UsersJobs
from braze_engage.rest.users_subscriptions import UsersSubscriptions
from braze_engage.rest.users_track import UsersTrack

__all__ = ["Users"]


class Users(
    UsersTrack, UsersIdentity, UsersExternalIds, UsersSubscriptions, UsersExport, UsersJobs
):
    """People: what they did and are, by which names Braze knows them, and their export."""
