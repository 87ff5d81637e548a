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

# https://www.braze.com/docs/api/endpoints/user_data/post_user_track
EXTERNAL_ID_BYTES: Final = 987
TRACK_BURST_REQUESTS: Final = 3_000
TRACK_BURST_SECONDS: Final = 3

# https://www.braze.com/docs/api/endpoints/user_data (identity, delete and export families)
IDENTIFIERS_PER_REQUEST: Final = 50
IDENTITY_REQUESTS_PER_MINUTE: Final = 20_000
"""Aliases, identification, merges and deletions together."""

# https://www.braze.com/docs/api/endpoints/export/user_data/post_users_segment
ATTRIBUTES_TO_EXPORT: Final = 500

# https://www.braze.com/docs/api/endpoints/export (every data series)
SERIES_LENGTH: Final = 100
"""Days or hours of one answer."""

# https://www.braze.com/docs/api/endpoints/email and .../sms (lists of addresses)
LISTED_ADDRESSES: Final = 500

# https://www.braze.com/docs/api/endpoints/messaging/send_messages/post_create_send_ids
SEND_ID_CHARACTERS: Final = 64

# https://www.braze.com/docs/api/endpoints/subscription_groups/get_list_user_subscription_groups
SUBSCRIPTIONS_PAGE: Final = 100

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

# https://www.braze.com/docs/api/endpoints/templates/email_templates/post_create_email_template
EMAIL_TEMPLATE_BYTES: Final = 400 * KIB
"""Of the HTML."""

# https://www.braze.com/docs/api/endpoints/templates/content_blocks_templates
CONTENT_BLOCK_NAME_CHARACTERS: Final = 99
CONTENT_BLOCK_DESCRIPTION_CHARACTERS: Final = 249
CONTENT_BLOCK_BYTES: Final = 50 * KIB - 1
LISTED_TEMPLATES: Final = 1_000
"""Content Blocks or e-mail templates in one page."""
# https://www.braze.com/docs/api/objects_filters/recipient_object
RECIPIENTS: Final = 50

# https://www.braze.com/docs/api/objects_filters/trigger_properties_object
# https://www.braze.com/docs/api/objects_filters/context_object
SEND_PROPERTIES_BYTES: Final = 50 * KIB

# https://www.braze.com/docs/api/objects_filters/messaging/apple_object
APPLE_PUSH_BYTES: Final = 1_912

# https://www.braze.com/docs/api/objects_filters/messaging/android_object
ANDROID_PUSH_BYTES: Final = 4_000
ANDROID_PUSH_SECONDS: Final = 28 * 24 * 60 * 60

# https://www.braze.com/docs/api/objects_filters/messaging/content_cards_object
CONTENT_CARD_SECONDS: Final = 30 * 24 * 60 * 60

# https://www.braze.com/docs/api/objects_filters/messaging/whats_app_object
WHATS_APP_LIST_ROWS: Final = 10
WHATS_APP_CAPTION_CHARACTERS: Final = 20

# https://www.braze.com/docs/api/endpoints/export/campaigns/get_campaign_analytics
CAMPAIGN_SERIES_DAYS: Final = 100

# https://www.braze.com/docs/api/endpoints/export/canvas/get_canvas_analytics
CANVAS_SERIES_DAYS: Final = 14

# https://www.braze.com/docs/api/device_messaging_api/endpoints/banners/post_sync_banners
DEVICE_USER_ID_BYTES: Final = 986
APP_VERSION_CHARACTERS: Final = 255

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

# https://www.braze.com/docs/api/endpoints/catalogs
CATALOG_NAME_CHARACTERS: Final = 250
"""Also of a description, a field's name and an item's id."""
CATALOG_FIELDS: Final = 500
CATALOG_FIELDS_PER_REQUEST: Final = 50
CATALOG_ITEMS_PER_REQUEST: Final = 50
CATALOG_VALUE_CHARACTERS: Final = 5_000
CATALOG_DEPTH: Final = 50

# https://www.braze.com/docs/api/objects_filters/catalog_selection_object
CATALOG_SELECTION_FILTERS: Final = 4
CATALOG_SELECTION_RESULTS: Final = 50

# https://www.braze.com/docs/api/endpoints/data_objects
DATA_OBJECTS_PER_PAGE: Final = 250

# https://www.braze.com/docs/api/endpoints/media_library/manage_assets/create
MEDIA_BYTES: Final = 5 * MIB
