"""Every number Braze documents, with the page it comes from.

Bytes are counted in encoded UTF-8, characters in Unicode code points.
"""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

# https://www.braze.com/docs/api/api_limits
REQUEST_BYTES: Final = 4 * MIB
TRACK_OBJECTS: Final = 75
"""Attributes, events and purchases together in one ``/users/track`` request."""
DEFAULT_REQUESTS_PER_HOUR: Final = 250_000

# https://www.braze.com/docs/api/endpoints/user_data/post_user_track_bulk
BULK_OBJECTS: Final = 1_000
BULK_OBJECTS_PER_USER: Final = 100
BULK_BYTES: Final = 2_000_000
BULK_REQUESTS_PER_SECOND: Final = 50

# https://www.braze.com/docs/api/endpoints/user_data/post_user_track_synchronous
TRACK_SYNC_REQUESTS_PER_MINUTE: Final = 500

# https://www.braze.com/docs/api/endpoints/user_data/external_id_migration/post_external_ids_rename
EXTERNAL_ID_REQUESTS_PER_MINUTE: Final = 1_000
"""Of renaming and of removing, each."""

# https://www.braze.com/docs/api/endpoints/user_data/post_user_track
EXTERNAL_ID_BYTES: Final = 987
TRACK_BURST_REQUESTS: Final = 3_000
TRACK_BURST_SECONDS: Final = 3

# https://www.braze.com/docs/api/endpoints/user_data (identity, delete and export families)
IDENTIFIERS_PER_REQUEST: Final = 50
IDENTITY_REQUESTS_PER_MINUTE: Final = 20_000
"""Aliases, identification, merges and deletions together."""

# https://www.braze.com/docs/api/objects_filters/user_alias_object
ALIAS_BYTES: Final = 236

# https://www.braze.com/docs/user_guide/data/activation/attributes/managing_custom_data
KEY_CHARACTERS: Final = 255
STRING_CHARACTERS: Final = 255
ARRAY_ITEMS: Final = 500
NESTED_BYTES: Final = 100 * KIB

# https://www.braze.com/docs/api/objects_filters/user_attributes_object
IMAGE_URL_CHARACTERS: Final = 1_024
DEVICE_ID_BYTES_MIN: Final = 8
DEVICE_ID_BYTES_MAX: Final = 255

# https://www.braze.com/docs/api/objects_filters/event_object
EVENT_NAME_CHARACTERS: Final = 255
EVENT_PROPERTIES: Final = 256
EVENT_PROPERTIES_BYTES: Final = 100 * KIB

# https://www.braze.com/docs/api/objects_filters/purchase_object
PRODUCT_ID_CHARACTERS: Final = 255
PURCHASE_QUANTITY: Final = 100
PURCHASE_PROPERTIES_BYTES: Final = 50 * KIB

# https://www.braze.com/docs/user_guide/engagement_tools/segments/regex
REGEX_CHARACTERS: Final = 32_764

# https://www.braze.com/docs/user_guide/engagement_tools/segments/segmentation_filters
COUNT_IN_DAYS: Final = 50
"""The most "X times in Y days" takes for X."""
COUNT_DAYS: Final = (1, 3, 7, 14, 21, 30)
"""What it takes for Y."""

# https://www.braze.com/docs/cohort_import
COHORT_IDS: Final = 1_000
"""User ids, device ids and aliases together in one membership request."""
COHORT_REQUESTS_PER_HOUR: Final = 250_000
