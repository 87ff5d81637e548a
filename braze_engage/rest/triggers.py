"""Whom the rows that trigger campaigns and Canvases reach."""

from collections.abc import Sequence
from typing import ClassVar

from braze_engage.errors import ConfigurationError
from braze_engage.limits import RECIPIENTS
from braze_engage.objects import Recipient
from braze_engage.objects.checks import at_most
from braze_engage.objects.json_objects import own_values
from braze_engage.objects.models import model
from braze_engage.rest.filter_values import Audience, connected_audience
from braze_engage.rest.send_parts import bucket_of, check_broadcast

__all__ = ["Triggering"]


@model(kw_only=True, field_transformer=own_values)
class Triggering:
    """Whom to reach: recipients, or everybody.

    Args:
        broadcast: True reaches the whole target audience; needed without recipients, and not
            allowed together with them.
        audience: Filters, as `braze_engage.rest.filters` makes them, applied when Braze sends.
        recipients: At most 50.
    """

    foreign: ClassVar[str] = ""
    """What recipients of the other kind of send carry."""

    broadcast: bool = False
    audience: Audience | None = None
    recipients: Sequence[Recipient] = ()

    def __attrs_post_init__(self) -> None:
        check_broadcast(self, "recipients")
        at_most(self, RECIPIENTS, "recipients")
        if self.audience is not None:
            connected_audience(self.audience)
        for index, recipient in enumerate(self.recipients):
            if self.foreign and getattr(recipient, self.foreign) is not None:
                raise ConfigurationError(
                    f"{type(self).__name__}.recipients[{index}].{self.foreign}: Braze reads it "
                    f"for {_READERS[self.foreign]} only, give {_INSTEAD[self.foreign]}"
                )

    def narrowed_bucket(self) -> str:
        """Count sends to recipients against the common pool."""
        return bucket_of(self, "recipients")


_READERS = {"context": "Canvases", "trigger_properties": "campaigns"}
_INSTEAD = {"context": "trigger_properties", "trigger_properties": "context"}
