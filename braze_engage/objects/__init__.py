"""Braze's objects as typed values, checked before anything is sent.

A name is fetched from its module when it is first asked for: a group of endpoints pays for the
objects it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from braze_engage.objects.homes import HOMES

if TYPE_CHECKING:
    from braze_engage.objects.activity import Event, Purchase, TrackLimits
    from braze_engage.objects.aliases import NewUserAlias, UserAlias, UserAliasUpdate
    from braze_engage.objects.android_push import (
        AndroidConversationMessage,
        AndroidConversationPerson,
        AndroidConversationPush,
        AndroidPush,
        AndroidPushActionButton,
        KindlePush,
    )
    from braze_engage.objects.answers import Accepted, Verdict, Verification
    from braze_engage.objects.apple_push import (
        ApplePush,
        ApplePushActionButton,
        ApplePushAlert,
        LiveActivityNotification,
    )
    from braze_engage.objects.attributes import CONTROL_FIELDS, PROFILE_FIELDS, UserAttributes
    from braze_engage.objects.campaign_details import (
        CampaignMessage,
        ChannelStatistics,
        Extras,
        LinkAlias,
        Sender,
    )
    from braze_engage.objects.catalogs import (
        Catalog,
        CatalogField,
        CatalogItem,
        CatalogItemRef,
        CatalogSelection,
        CatalogSelectionFilter,
    )
    from braze_engage.objects.channels import ContentCard, Sms, Webhook
    from braze_engage.objects.data_objects import DataObject
    from braze_engage.objects.email_message import Email, EmailAttachment
    from braze_engage.objects.identity import (
        AliasToIdentify,
        DeletePrioritization,
        EmailToDelete,
        EmailToIdentify,
        ExternalIdRename,
        MergeUpdate,
        PhoneToDelete,
        PhoneToIdentify,
        UserIdentifierRef,
    )
    from braze_engage.objects.media import MediaAsset
    from braze_engage.objects.message_set import Messages
    from braze_engage.objects.preference_centers import (
        PreferenceCenterLinkTag,
        PreferenceCenterOptions,
    )
    from braze_engage.objects.priorities import Prioritization
    from braze_engage.objects.profile import (
        FacebookProfile,
        Gender,
        Location,
        PushToken,
        SubscriptionGroup,
        SubscriptionState,
        TwitterProfile,
    )
    from braze_engage.objects.push_credentials import (
        ApplePushCredential,
        FirebasePushCredential,
        HuaweiPushCredential,
        KindlePushCredential,
    )
    from braze_engage.objects.schedule import Schedule
    from braze_engage.objects.scim import (
        ScimAppGroup,
        ScimName,
        ScimPermissions,
        ScimPermissionSet,
        ScimRole,
        ScimTeam,
    )
    from braze_engage.objects.sending import (
        CanvasContext,
        Recipient,
        RecipientAttributes,
        TransactionalRecipient,
        TriggerProperties,
    )
    from braze_engage.objects.subscriptions import SubscriptionGroupUpdate, SubscriptionIdentifier
    from braze_engage.objects.translations import (
        Locale,
        MessageTexts,
        SourceTexts,
        Translation,
        Translations,
    )
    from braze_engage.objects.uploads import Upload
    from braze_engage.objects.values import CustomValue, JsonValue
    from braze_engage.objects.web_push import WebPush, WebPushActionButton
    from braze_engage.objects.whats_app import (
        WhatsApp,
        WhatsAppButton,
        WhatsAppFlowButton,
        WhatsAppFlowResponseMessage,
        WhatsAppList,
        WhatsAppListResponseMessage,
        WhatsAppListRow,
        WhatsAppListSection,
        WhatsAppQuickReplyResponseMessage,
        WhatsAppTemplateMessage,
        WhatsAppTextImageResponseMessage,
        WhatsAppTextResponseMessage,
    )

__all__ = [
    "CONTROL_FIELDS",
    "PROFILE_FIELDS",
    "Accepted",
    "AliasToIdentify",
    "AndroidConversationMessage",
    "AndroidConversationPerson",
    "AndroidConversationPush",
    "AndroidPush",
    "AndroidPushActionButton",
    "ApplePush",
    "ApplePushActionButton",
    "ApplePushAlert",
    "ApplePushCredential",
    "CampaignMessage",
    "CanvasContext",
    "Catalog",
    "CatalogField",
    "CatalogItem",
    "CatalogItemRef",
    "CatalogSelection",
    "CatalogSelectionFilter",
    "ChannelStatistics",
    "ContentCard",
    "CustomValue",
    "DataObject",
    "DeletePrioritization",
    "Email",
    "EmailAttachment",
    "EmailToDelete",
    "EmailToIdentify",
    "Event",
    "ExternalIdRename",
    "Extras",
    "FacebookProfile",
    "FirebasePushCredential",
    "Gender",
    "HuaweiPushCredential",
    "JsonValue",
    "KindlePush",
    "KindlePushCredential",
    "LinkAlias",
    "LiveActivityNotification",
    "Locale",
    "Location",
    "MediaAsset",
    "MergeUpdate",
    "MessageTexts",
    "Messages",
    "NewUserAlias",
    "PhoneToDelete",
    "PhoneToIdentify",
    "PreferenceCenterLinkTag",
    "PreferenceCenterOptions",
    "Prioritization",
    "Purchase",
    "PushToken",
    "Recipient",
    "RecipientAttributes",
    "Schedule",
    "ScimAppGroup",
    "ScimName",
    "ScimPermissionSet",
    "ScimPermissions",
    "ScimRole",
    "ScimTeam",
    "Sender",
    "Sms",
    "SourceTexts",
    "SubscriptionGroup",
    "SubscriptionGroupUpdate",
    "SubscriptionIdentifier",
    "SubscriptionState",
    "TrackLimits",
    "TransactionalRecipient",
    "Translation",
    "Translations",
    "TriggerProperties",
    "TwitterProfile",
    "Upload",
    "UserAlias",
    "UserAliasUpdate",
    "UserAttributes",
    "UserIdentifierRef",
    "Verdict",
    "Verification",
    "WebPush",
    "WebPushActionButton",
    "Webhook",
    "WhatsApp",
    "WhatsAppButton",
    "WhatsAppFlowButton",
    "WhatsAppFlowResponseMessage",
    "WhatsAppList",
    "WhatsAppListResponseMessage",
    "WhatsAppListRow",
    "WhatsAppListSection",
    "WhatsAppQuickReplyResponseMessage",
    "WhatsAppTemplateMessage",
    "WhatsAppTextImageResponseMessage",
    "WhatsAppTextResponseMessage",
]


if not TYPE_CHECKING:  # a checker would take any name for one of these

    def __getattr__(name: str) -> object:
        if name not in HOMES:
            raise AttributeError(f"module 'braze_engage.objects' has no attribute {name!r}")
        value = getattr(import_module(f"braze_engage.objects.{HOMES[name]}"), name)
        globals()[name] = value
        return value
