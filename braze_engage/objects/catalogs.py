"""Catalogs: their fields, items and selections.

https://www.braze.com/docs/api/endpoints/catalogs
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args

from braze_engage.errors import ConfigurationError
from braze_engage.limits import (
    CATALOG_DEPTH,
    CATALOG_FIELDS,
    CATALOG_NAME_CHARACTERS,
    CATALOG_SELECTION_FILTERS,
    CATALOG_SELECTION_RESULTS,
    CATALOG_VALUE_CHARACTERS,
)
from braze_engage.objects.checks import (
    at_most,
    check_choice,
    check_pattern,
    check_range,
    check_text,
    one_to,
    quoted,
    refused,
)
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.json_copies import JsonCopies
from braze_engage.objects.models import model
from braze_engage.objects.values import CustomValue, JsonValue, is_mapping

__all__ = [
    "Catalog",
    "CatalogField",
    "CatalogItem",
    "CatalogItemRef",
    "CatalogSelection",
    "CatalogSelectionFilter",
    "adds_to_array",
    "catalog_item",
    "check_catalog_name",
    "is_array_edit",
]

CatalogItem: TypeAlias = Mapping[str, CustomValue]
"""An item: its ``id`` and the values of its fields, by name."""

_FieldType: TypeAlias = Literal["string", "number", "boolean", "time", "array", "object", "geo"]
_ArrayOperator: TypeAlias = Literal["includes value", "does not include value"]
_Operator: TypeAlias = Literal[
    "equals",
    "does not equal",
    "greater than",
    "less than",
    "is",
    "before",
    "after",
    _ArrayOperator,
    "geo within",
    "geo outside",
]
_EDITS: Final = frozenset({"$add", "$remove"})
_VALUES: Final = JsonCopies(
    characters=CATALOG_VALUE_CHARACTERS, depth=CATALOG_DEPTH, forbidden=".$"
)


def check_catalog_name(field: str, value: object) -> None:
    """Refuse what cannot name a catalog, a field or an item.

    Args:
        field: Class and field.
        value: What stands there.

    Raises:
        ConfigurationError: It is no text of 1 to 250 letters, digits, ``-`` and ``_``.
    """
    check_pattern(
        field, value, "[A-Za-z0-9_-]+", "letters, digits, - and _ only", CATALOG_NAME_CHARACTERS
    )


def is_array_edit(value: object) -> bool:
    """Tell whether a value changes a list instead of replacing it.

    Args:
        value: Of a field of an item.
    """
    return is_mapping(value) and bool(value) and value.keys() <= _EDITS


def adds_to_array(value: object) -> bool:
    """Tell whether a value adds to a list, which may add twice when it is sent twice.

    Args:
        value: Of a field of an item.
    """
    return is_mapping(value) and "$add" in value


def catalog_item(
    path: str, item: object, *, with_id: bool, edits: bool = False
) -> Mapping[str, JsonValue]:
    """Check and copy an item.

    Args:
        path: Where it stands.
        item: What stands there.
        with_id: Whether its ``id`` must be in it; else it must not.
        edits: Whether lists may be changed by ``$add`` and ``$remove``.

    Raises:
        ConfigurationError: Braze would refuse it.
    """
    if not is_mapping(item):
        raise refused(path, item, "give a mapping of field names to values")
    if with_id:
        check_catalog_name(f"{path}.id", item.get("id"))
    elif "id" in item:
        raise ConfigurationError(f"{path} has an id: give it as item_id alone")
    return {
        _field_name(path, name): _field_value(f"{path}.{name}", value, edits=edits)
        for name, value in item.items()
    }


def _field_name(path: str, name: object) -> str:
    try:
        check_catalog_name(path, name)
    except ConfigurationError:
        raise ConfigurationError(
            f"{path} has the field {quoted(name)}: fields are named with letters, digits, - and _, "
            f"at most {CATALOG_NAME_CHARACTERS} of them"
        ) from None
    return str(name)


def _field_value(path: str, value: object, *, edits: bool) -> JsonValue:
    if edits and is_mapping(value) and is_array_edit(value):
        return {str(word): _VALUES.value(f"{path}.{word}", value[word]) for word in value}
    return _VALUES.value(path, value)


@model(kw_only=True)
class CatalogField:
    """A field of a catalog.

    Args:
        name: At most 250 letters, digits, ``-`` and ``_``.
        type: What its values are; a geo is ``[longitude, latitude]``.
    """

    name: str
    type: _FieldType

    def __attrs_post_init__(self) -> None:
        check_catalog_name("CatalogField.name", self.name)
        check_choice("CatalogField.type", self.type, get_args(_FieldType))


@model(kw_only=True, field_transformer=own_sequences)
class Catalog:
    """A catalog to make.

    Args:
        name: At most 250 letters, digits, ``-`` and ``_``.
        description: At most 250 characters.
        fields: 1 to 500, no name twice; the first is ``id`` of type ``string``.

    Raises:
        ConfigurationError: Braze would refuse it.
    """

    name: str
    description: str
    fields: Sequence[CatalogField]

    def __attrs_post_init__(self) -> None:
        check_catalog_name("Catalog.name", self.name)
        check_text("Catalog.description", self.description, CATALOG_NAME_CHARACTERS)
        one_to(self, CATALOG_FIELDS, "fields")
        first = self.fields[0]
        if (first.name, first.type) != ("id", "string"):
            raise ConfigurationError(
                "Catalog.fields begins with another field: let the first be id of type string"
            )
        if len({field.name for field in self.fields}) < len(self.fields):
            raise ConfigurationError("Catalog.fields has a name twice: give each field once")


@model(kw_only=True)
class CatalogItemRef:
    """An item named by its id.

    Args:
        id: At most 250 letters, digits, ``-`` and ``_``.
    """

    id: str

    def __attrs_post_init__(self) -> None:
        check_catalog_name("CatalogItemRef.id", self.id)


@model(kw_only=True)
class CatalogSelectionFilter:
    """A condition on one field.

    Args:
        field: Its name.
        operator: One that suits the type of the field. Strings and numbers: ``equals``, ``does
            not equal``; numbers also ``greater than``, ``less than``; booleans: ``is``; times:
            ``before``, ``after``; arrays: ``includes value``, ``does not include value``; geo:
            ``geo within``, ``geo outside``.
        value: What to compare with. Unconfirmed: Braze prints no form for geo.
    """

    field: str
    operator: _Operator
    value: str | float | bool | datetime | Sequence[str | float]

    def __attrs_post_init__(self) -> None:
        check_text("CatalogSelectionFilter.field", self.field)
        check_choice("CatalogSelectionFilter.operator", self.operator, get_args(_Operator))


@model(kw_only=True, field_transformer=own_sequences)
class CatalogSelection:
    """A selection: some items of a catalog, in an order.

    Args:
        name: Its name.
        external_id: Id of your own.
        source: Where the items come from. Unconfirmed: another page of Braze makes it optional
            and says ``Braze`` in place of ``custom``.
        description: What it is for.
        filters: At most 4, of them at most one field of type array.
        results_limit: How many items it gives, 1 to 50.
        sort_field: What to sort by; random order without. With a geo filter the distance decides.
        sort_order: Goes with ``sort_field``.

    Raises:
        ConfigurationError: Braze would refuse it.
    """

    name: str
    external_id: str
    source: Literal["Shopify", "custom"]
    description: str | None = None
    filters: Sequence[CatalogSelectionFilter] = ()
    results_limit: int | None = None
    sort_field: str | None = None
    sort_order: Literal["asc", "desc"] | None = None

    def __attrs_post_init__(self) -> None:
        for name in ("name", "external_id"):
            check_text(f"CatalogSelection.{name}", getattr(self, name))
        check_choice("CatalogSelection.source", self.source, ("Shopify", "custom"))
        at_most(self, CATALOG_SELECTION_FILTERS, "filters")
        if self.results_limit is not None:
            check_range(
                "CatalogSelection.results_limit",
                self.results_limit,
                least=1,
                most=CATALOG_SELECTION_RESULTS,
            )
        if self.sort_order is not None:
            check_choice("CatalogSelection.sort_order", self.sort_order, ("asc", "desc"))
        if (self.sort_field is None) is not (self.sort_order is None):
            raise ConfigurationError(
                "CatalogSelection has one of sort_field and sort_order: give both or neither"
            )
        arrays = {one.field for one in self.filters if one.operator in get_args(_ArrayOperator)}
        if len(arrays) > 1:
            raise ConfigurationError(
                "CatalogSelection.filters names several fields of type array: Braze takes one"
            )
