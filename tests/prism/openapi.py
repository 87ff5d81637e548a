"""An OpenAPI description of all that Braze documents, made from the fake's entry of it.

Nothing here comes from the rows, so that a mock server driven by it says whether their requests are
what Braze's pages ask for. Of the limits those are told that OpenAPI can say: not the bytes, not
the lists that are counted together, and not which of several query parameters is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from braze_engage.testing.canned import example
from braze_engage.testing.catalogue import ROOT, Parameter, endpoints, shapes
from braze_engage.testing.messages import NO_CONTENT
from braze_engage.testing.shapes import inner, split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braze_engage.testing.catalogue import Described

Schema: TypeAlias = dict[str, Any]  # JSON

_PLAIN: dict[str, Schema] = {
    "any": {},
    "array": {"type": "array"},
    "binary": {"type": "string", "format": "binary"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "datetime-iso8601": {"type": "string", "format": "date-time"},
    "integer": {"type": "integer"},
    "null": {"type": "null"},
    "number": {"type": "number"},
    "object": {"type": "object"},
    "string": {"type": "string"},
}
_FORMATS: dict[str, Schema] = {
    "": {},
    "e.164": {"pattern": r"^\+[1-9]\d{1,14}$"},
    "email": {"format": "email"},
    "iso 4217": {"pattern": "^[A-Z]{3}$"},
    "pem": {"pattern": "-----BEGIN [A-Z ]+-----"},
    "url": {"format": "uri"},
    "uuid": {"format": "uuid"},
}
_PARTNERS = "/partners/"


def document() -> Schema:
    """Describe every endpoint a `BrazeClient` has a row for."""
    paths: dict[str, Schema] = {}
    for endpoint in endpoints():
        if not endpoint.path.startswith(_PARTNERS):
            paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    objects = {
        name: _object(shape.fields, closed=not shape.open) for name, shape in shapes().items()
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Braze", "version": "0"},
        "paths": paths,
        "components": {
            "schemas": objects,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"key": []}],
    }


def _operation(endpoint: Described) -> Schema:
    parameters = [
        one for param in endpoint.params if param.place != "body" for one in _parameters(param)
    ]
    if endpoint.credential == "SCIM token":
        origin = {"name": "X-Request-Origin", "in": "header", "required": True}
        parameters.append({**origin, "schema": {"type": "string"}})
    answer: Schema = {"description": "Success"}
    if endpoint.status != NO_CONTENT:
        told = {"schema": {}, "example": example(endpoint, errors=False)}
        answer["content"] = {"application/json": told}
    operation = {"parameters": parameters, "responses": {str(endpoint.status): answer}}
    return {**operation, **_body(endpoint)}


def _parameters(param: Parameter) -> list[Schema]:
    """A list in a query goes by ``name[]``, a single value by the bare name."""
    lists = [kind for kind in split(param.type) if kind.startswith("array")]
    singles = [kind for kind in split(param.type) if kind not in lists]
    found = []
    for name, kinds in ((param.name, singles), (f"{param.name}[]", lists)):
        if kinds:
            schema = _any_of(_limited(kind, param) for kind in kinds)
            required = param.required and not (lists and singles)
            found.append({"name": name, "in": param.place, "required": required, "schema": schema})
    return found


def _body(endpoint: Described) -> Schema:
    params = [param for param in endpoint.params if param.place == "body"]
    if not params:
        return {}
    if params[0].name == ROOT:
        schema = schema_of(params[0])
    else:
        schema = _object(params, closed=True)
        for word, names in (
            ("oneOf", endpoint.exactly_one_of),
            ("anyOf", endpoint.at_least_one_of),
        ):
            if names:
                schema[word] = [{"required": [name]} for name in names]
    content: Schema = {"application/json": {"schema": schema}}
    if endpoint.form:
        content["multipart/form-data"] = {"schema": schema}
    required = any(param.required for param in params) or not {"anyOf", "oneOf"}.isdisjoint(schema)
    return {"requestBody": {"required": required, "content": content}}


def _object(fields: Iterable[Parameter], *, closed: bool) -> Schema:
    fields = [*fields]
    schema: Schema = {
        "type": "object",
        "properties": {field.name: schema_of(field) for field in fields},
        "additionalProperties": not closed,
    }
    required = [field.name for field in fields if field.required]
    return {**schema, "required": required} if required else schema


def schema_of(param: Parameter) -> Schema:
    """Describe the values of a parameter or field.

    Args:
        param: What Braze documents.
    """
    return _any_of(_limited(kind, param) for kind in split(param.type))


def _any_of(schemas: Iterable[Schema]) -> Schema:
    arms = [*schemas]
    return arms[0] if len(arms) == 1 else {"anyOf": arms}


def _limited(kind: str, param: Parameter) -> Schema:
    """One alternative of a type, with the limits that are of its kind."""
    if kind.startswith("array"):
        items = inner(kind) if "<" in kind else "any"
        schema = {"type": "array", "items": _any_of(_limited(arm, param) for arm in split(items))}
        return schema | _given(minItems=param.min_items, maxItems=param.max_items)
    if kind.startswith("object<"):
        bare = Parameter(name=param.name, type=kind)
        values = _any_of(_limited(arm, bare) for arm in split(inner(kind)))
        return {"type": "object", "additionalProperties": values}
    schema = _type(kind)
    if kind in ("integer", "number"):
        return schema | _given(minimum=param.min, maximum=param.max)
    if kind == "string":
        pattern = f"^(?:{param.pattern})$" if param.pattern else None
        longest = param.max_bytes if param.max_chars is None else param.max_chars
        limits = _given(enum=[*param.enum] or None, pattern=pattern, maxLength=longest)
        return schema | _FORMATS[param.format] | limits
    return schema


def _given(**limits: object) -> Schema:
    return {name: limit for name, limit in limits.items() if limit is not None}


def _type(kind: str) -> Schema:
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    name = kind.partition(":")[2]
    if kind.startswith("object:"):
        return {"$ref": f"#/components/schemas/{name}"}
    return {"enum": [field.name for field in shapes()[name].fields]}
