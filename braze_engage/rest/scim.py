"""The group "scim" of the REST API."""

from braze_engage.operation import Family

__all__ = ["Scim"]


class Scim(Family):
    """Dashboard users, provisioned over SCIM."""

    group = "scim"
