"""What exports and statistics say of the messages of campaigns and Canvases."""

from collections.abc import Mapping
from typing import Annotated, cast

import attrs

from braze_engage.objects.fields import wire_name
from braze_engage.objects.models import model
from braze_engage.objects.values import JsonValue, is_list

__all__ = ["CampaignMessage", "ChannelStatistics", "Extras", "LinkAlias", "Sender"]


@model(kw_only=True)
class Sender:
    """Whom a message comes from: one text, or several.

    Args:
        texts: Addresses or numbers.
    """

    texts: tuple[str, ...]

    @classmethod
    def from_wire(cls, value: object) -> "Sender":
        """Read a text or a list of texts.

        Args:
            value: As Braze sends it.
        """
        return cls(texts=tuple(map(str, value)) if is_list(value) else (str(value),))


@model(kw_only=True)
class Extras:
    """Own values of a message.

    Args:
        values: By name; where Braze sends a list, by place from ``"0"``.
    """

    values: Mapping[str, JsonValue]

    @classmethod
    def from_wire(cls, value: object) -> "Extras":
        """Read an object or a list.

        Args:
            value: As Braze sends it.
        """
        pairs = (
            enumerate(value)
            if is_list(value)
            else dict(cast("Mapping[str, JsonValue]", value)).items()
        )
        return cls(values={str(key): cast("JsonValue", item) for key, item in pairs})


def _empty() -> Mapping[str, JsonValue]:
    return cast("Mapping[str, JsonValue]", {})


@model(kw_only=True)
class CampaignMessage:
    """One message variation; which fields there are depends on the channel.

    Args:
        channel: Such as ``email``, ``ios_push``, ``webhook``, ``sms`` and ``whats_app``.
        name: Name of the variation.
        has_translatable_content: Whether it can be translated; only where it was asked for.
        type: ``control`` of control groups, ``survey`` of surveys.
        extras: Own values.
        subject: Of an e-mail.
        body: Of an e-mail, text message or webhook.
        from_: Of an e-mail, text message or WhatsApp message; ``from`` in Braze.
        reply_to: Of an e-mail.
        title: Of an e-mail or push.
        amp_body: Of an e-mail.
        preheader: Of an e-mail.
        custom_plain_text: Of an e-mail.
        should_inline_css: Of an e-mail.
        should_whitespace_header: Of an e-mail.
        email_headers: Of an e-mail.
        message: Of an in-app message.
        data: Pages of a survey.
        alert: Of a push.
        action: Of a push.
        image_url: Of a push.
        large_image_url: Of a web push.
        subscription_group_id: Of a text or WhatsApp message.
        url: Of a webhook.
        headers: Of a webhook.
        method: Of a webhook.
        template_name: Of a WhatsApp template.
        template_language_code: Of a WhatsApp template.
        header_variables: Of a WhatsApp template.
        body_variables: Of a WhatsApp template.
        button_variables: Of a WhatsApp template.
        layout: Of a WhatsApp response: ``text``, ``media`` or ``quick-reply``.
        header_text: Of a WhatsApp response.
        body_text: Of a WhatsApp response.
        footer_text: Of a WhatsApp response.
        buttons: Of a WhatsApp response.

    https://www.braze.com/docs/api/endpoints/export/campaigns/get_campaign_details
    """

    channel: str
    name: str | None = None
    has_translatable_content: bool | None = None
    type: str | None = None
    extras: Extras | None = None
    subject: str | None = None
    body: str | None = None
    from_: Annotated[Sender | None, wire_name("from")] = None
    reply_to: str | None = None
    title: str | None = None
    amp_body: str | None = None
    preheader: str | None = None
    custom_plain_text: str | None = None
    should_inline_css: bool | None = None
    should_whitespace_header: bool | None = None
    email_headers: tuple[JsonValue, ...] = ()
    message: str | None = None
    data: Mapping[str, JsonValue] = attrs.field(factory=_empty)
    alert: str | None = None
    action: str | None = None
    image_url: str | None = None
    large_image_url: str | None = None
    subscription_group_id: str | None = None
    url: str | None = None
    headers: Mapping[str, JsonValue] = attrs.field(factory=_empty)
    method: str | None = None
    template_name: str | None = None
    template_language_code: str | None = None
    header_variables: tuple[str, ...] = ()
    body_variables: tuple[str, ...] = ()
    button_variables: tuple[str, ...] = ()
    layout: str | None = None
    header_text: str | None = None
    body_text: str | None = None
    footer_text: str | None = None
    buttons: tuple[Mapping[str, JsonValue], ...] = ()


@model(kw_only=True)
class ChannelStatistics:
    """Counts of one message variation; which there are depends on the channel.

    Args:
        variation_api_id: The variation.
        variation_name: Its name, of multivariate campaigns and in-app messages.
        sent: Every channel.
        direct_opens: Push.
        total_opens: Push.
        bounces: Push and e-mail.
        body_clicks: Push.
        delivered: E-mail, SMS, WhatsApp; push where one send is asked for.
        undelivered: Push where one send is asked for.
        delivery_failed: SMS; push where one send is asked for.
        opens: E-mail.
        unique_opens: E-mail.
        clicks: E-mail, SMS and in-app messages.
        unique_clicks: E-mail and Content Cards.
        unsubscribes: E-mail.
        reported_spam: E-mail.
        sent_to_carrier: SMS.
        rejected: SMS.
        opt_out: SMS.
        help: SMS.
        failed: WhatsApp.
        read: WhatsApp.
        errors: Webhooks.
        total_clicks: Content Cards.
        total_dismissals: Content Cards.
        total_impressions: Content Cards.
        unique_dismissals: Content Cards.
        unique_impressions: Content Cards.
        impressions: In-app messages.
        first_button_clicks: In-app messages.
        second_button_clicks: In-app messages.
        enrolled: Control groups.
        unique_recipients: Multivariate campaigns and in-app messages.
        conversions: The same, first conversion event.
        conversions1: The same, second conversion event.
        conversions2: The same, third conversion event.
        conversions3: The same, fourth conversion event.
        revenue: The same, in US dollars.

    https://www.braze.com/docs/api/endpoints/export/campaigns/get_campaign_analytics
    """

    variation_api_id: str | None = None
    variation_name: str | None = None
    sent: int | None = None
    direct_opens: int | None = None
    total_opens: int | None = None
    bounces: int | None = None
    body_clicks: int | None = None
    delivered: int | None = None
    undelivered: int | None = None
    delivery_failed: int | None = None
    opens: int | None = None
    unique_opens: int | None = None
    clicks: int | None = None
    unique_clicks: int | None = None
    unsubscribes: int | None = None
    reported_spam: int | None = None
    sent_to_carrier: int | None = None
    rejected: int | None = None
    opt_out: int | None = None
    help: int | None = None
    failed: int | None = None
    read: int | None = None
    errors: int | None = None
    total_clicks: int | None = None
    total_dismissals: int | None = None
    total_impressions: int | None = None
    unique_dismissals: int | None = None
    unique_impressions: int | None = None
    impressions: int | None = None
    first_button_clicks: int | None = None
    second_button_clicks: int | None = None
    enrolled: int | None = None
    unique_recipients: int | None = None
    conversions: int | None = None
    conversions1: int | None = None
    conversions2: int | None = None
    conversions3: int | None = None
    revenue: float | None = None


@model(kw_only=True)
class LinkAlias:
    """One link of a message.

    Args:
        link_url: Where it leads; ``link_URL`` in Braze.
        link_id: Its id, where link aliasing gave it one.
        link_alias: Its name.
        content_block_path_info: Content Blocks it stands in.
    """

    link_url: Annotated[str | None, wire_name("link_URL")] = None
    link_id: str | None = None
    link_alias: str | None = None
    content_block_path_info: tuple[Mapping[str, JsonValue], ...] = ()
