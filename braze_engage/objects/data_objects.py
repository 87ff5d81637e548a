"""Data Objects, as several endpoints answer them.

https://www.braze.com/docs/api/endpoints/data_objects
"""

from collections.abc import Mapping

import attrs

from braze_engage.objects.models import model
from braze_engage.objects.values import JsonValue

__all__ = ["DataObject"]


@model(kw_only=True)
class DataObject:
    """An object of a type that was defined in Braze (early access).

    Args:
        type_name: Machine name of its type.
        external_id: Its identifier within the type.
        attributes: Values by name of the field, as the schema of the type has them.
        display_name: What the dashboard shows. Unconfirmed: no answer of Braze's pages has it.
    """

    type_name: str
    external_id: str
    attributes: Mapping[str, JsonValue] = attrs.field(factory=dict[str, JsonValue])
    display_name: str | None = None
