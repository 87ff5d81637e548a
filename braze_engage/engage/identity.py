"""Who a call is about, by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from braze_engage import limits
from braze_engage.engage.calls import Unusable
from braze_engage.engage.identifiers import checked_identifier
from braze_engage.engage.keywords import checked_keywords
from braze_engage.engage.outcomes import Reason, Unreadable
from braze_engage.engage.paths import Lookup, PathRule
from braze_engage.engage.values import is_email, is_object, maker
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from braze_engage.engage.calls import EngageCall

__all__ = [
    "AliasRule",
    "Identity",
    "IdentityRules",
    "PathRule",
    "cohort_identity",
    "delete_identity",
    "track_identity",
]

# https://www.braze.com/docs/cohort_import: what a cohort takes, best first
_COHORT_KINDS: Final = ("external_id", "device_id", "user_alias")
# https://www.braze.com/docs/api/endpoints/user_data/post_user_track: what an entry takes
_TRACK_KINDS: Final = ("external_id", "braze_id", "user_alias", "email", "phone")
_KINDS: Final = ("external_id", "braze_id", "device_id", "user_alias", "email", "phone")


class Identity(NamedTuple):
    """One identifier of a person in Braze.

    Args:
        kind: external_id, braze_id, device_id, user_alias, email or phone.
        value: The identifier; of an alias its name.
        label: The label of an alias, else empty. An alias is this pair, never a joined text.
    """

    kind: str
    value: str
    label: str = ""


_make_identity: Final[Callable[[tuple[str, str, str]], Identity]] = maker(Identity)


def _parse_halves(rule: AliasRule) -> tuple[Lookup, Lookup]:
    name = Lookup.of(rule.alias_name, "alias_name", literals=True)
    label = Lookup.of(rule.alias_label, "alias_label", literals=True)
    if not (name.varies or label.varies):
        raise ConfigurationError(
            "alias_name and alias_label are both fixed texts, so everyone would get the same "
            "alias; make alias_name a path such as '$.context.traits.email'"
        )
    return name, label


@checked_keywords
@attrs.frozen(kw_only=True)
class AliasRule:
    """Where the two halves of a user alias come from.

    Args:
        alias_name: A path such as ``$.context.traits.email``, a literal, or alternatives.
        alias_label: The same; usually a literal such as ``email``.

    Raises:
        ConfigurationError: Both are literals, or a path cannot be parsed.
    """

    alias_name: PathRule
    alias_label: PathRule
    _halves: tuple[Lookup, Lookup] = attrs.field(
        init=False, repr=False, eq=False, default=attrs.Factory(_parse_halves, takes_self=True)
    )

    def find(self, raw: Mapping[str, object]) -> object:
        """Read name and label as an object, None for what is not there.

        Args:
            raw: The call.
        """
        name, label = self._halves
        return {"alias_name": name.find(raw), "alias_label": label.find(raw)}


def _parse_all(rules: IdentityRules) -> Mapping[str, Lookup | AliasRule]:
    lookups: dict[str, Lookup | AliasRule] = {}
    for name in _KINDS:
        rule: AliasRule | PathRule | None = getattr(rules, name)
        if isinstance(rule, AliasRule):
            if name != "user_alias":
                raise ConfigurationError(f"{name} must be a path; an AliasRule is for user_alias")
            lookups[name] = rule
        elif rule is not None:
            lookups[name] = Lookup.of(rule, name)
    if not lookups:
        raise ConfigurationError(
            "IdentityRules sets no identifier at all, so no call would be about anyone; "
            "set at least one, such as external_id='$.userId'"
        )
    return lookups


def _usual_name(rules: IdentityRules) -> str | None:
    rule = rules.external_id
    lookup = None if rule is None else Lookup.of(rule, "external_id")
    return None if lookup is None or lookup.top is None else lookup.top.name


@checked_keywords
@attrs.frozen(kw_only=True)
class IdentityRules:
    """Where the identifiers of a person come from; None where a kind is not used.

    A path begins with ``$.`` and leads into the call; a tuple lists alternatives, of which the
    first present one wins. Neither Segment's ``anonymousId`` nor its ``context.device.id`` is an
    identifier of Braze unless the app made it one, so only ``$.userId`` is set by default.

    Args:
        external_id: A path, or alternatives.
        braze_id: A path, or alternatives.
        device_id: A path, or alternatives; Braze's own device id.
        user_alias: An AliasRule, or a path to an object with alias_name and alias_label. An
            alias of which one half is missing counts as none.
        email: A path, or alternatives.
        phone: A path, or alternatives.

    Raises:
        ConfigurationError: A path cannot be parsed, or nothing is set at all.
    """

    external_id: PathRule | None = "$.userId"
    braze_id: PathRule | None = None
    device_id: PathRule | None = None
    user_alias: AliasRule | PathRule | None = None
    email: PathRule | None = None
    phone: PathRule | None = None
    _lookups: Mapping[str, Lookup | AliasRule] = attrs.field(
        init=False, repr=False, eq=False, default=attrs.Factory(_parse_all, takes_self=True)
    )
    _usual: str | None = attrs.field(
        init=False, repr=False, eq=False, default=attrs.Factory(_usual_name, takes_self=True)
    )

    def usual(self, raw: Mapping[str, object]) -> Identity | None:
        """Read the external id where it is what it is in almost every call, short text at the top.

        Args:
            raw: The call.

        Returns:
            The identity, which every delivery then goes by; None where `find` has to look.
        """
        name = self._usual
        if name is None:
            return None
        value = raw.get(name)
        if (
            type(value) is str
            and 0 < len(value) <= limits.EXTERNAL_ID_BYTES
            and value.isascii()
            and not value.isspace()
        ):
            return _make_identity(("external_id", value, ""))
        return None

    def find(self, raw: Mapping[str, object], kinds: Sequence[str]) -> Identity | None:
        """Read the first kind of identifier that is there, None where none is.

        Args:
            raw: The call.
            kinds: Names of rules, best first.

        Raises:
            Unreadable: It is there and Braze would not take it.
        """
        lookups = self._lookups
        for name in kinds:
            if name not in lookups:
                continue
            found = lookups[name].find(raw)
            if found is None:
                continue
            if name != "user_alias":
                return Identity(name, checked_identifier(found, name))
            alias = _alias(found)
            if alias is not None:
                return alias
        return None


def cohort_identity(call: EngageCall, rules: IdentityRules) -> Identity | Unusable:
    """Choose the identifier for cohorts: external id, else device id, else alias.

    Exactly one is used. One that is there and cannot be sent does not give way to the next,
    which would be a second identity of the same person.
    https://www.braze.com/docs/cohort_import

    Args:
        call: The call.
        rules: Where identifiers come from.
    """
    return rules.usual(call.raw) or _chosen(
        call,
        rules,
        _COHORT_KINDS,
        ("cohorts", "a cohort takes an external id, a device id or an alias"),
    )


def track_identity(call: EngageCall, rules: IdentityRules) -> Identity | Unusable:
    """Choose the identifier for attributes and events.

    It is the first of external id, braze id, alias, e-mail and phone. Exactly one is used, and one
    that is there and cannot be sent does not give way to the next. An e-mail address is one
    person's in any case, so it is written in lower case.
    https://www.braze.com/docs/api/endpoints/user_data/post_user_track

    Args:
        call: The call.
        rules: Where identifiers come from.
    """
    usual = rules.usual(call.raw)
    if usual is not None:
        return usual
    identity = _chosen(
        call,
        rules,
        _TRACK_KINDS,
        (
            "attributes and events",
            "they take an external id, a braze id, an alias, an e-mail or a phone",
        ),
    )
    return _lower_email(call, identity)


def delete_identity(call: EngageCall, rules: IdentityRules) -> Identity | Unusable:
    """Choose the identifier for a deletion, the same that attributes and events go by.

    https://www.braze.com/docs/api/endpoints/user_data/post_user_delete

    Args:
        call: The call.
        rules: Where identifiers come from.
    """
    return _lower_email(
        call,
        _chosen(
            call,
            rules,
            _TRACK_KINDS,
            (
                "deletions",
                "a deletion takes an external id, a braze id, an alias, an e-mail or a phone",
            ),
        ),
    )


def _lower_email(call: EngageCall, identity: Identity | Unusable) -> Identity | Unusable:
    if isinstance(identity, Unusable) or identity.kind != "email":
        return identity
    if not is_email(identity.value):
        return Unusable(
            Reason.BAD_IDENTIFIER,
            "the e-mail is no e-mail address, and Braze would refuse everything beside it",
            call.message_id,
        )
    return identity._replace(value=identity.value.lower())


def _chosen(
    call: EngageCall, rules: IdentityRules, kinds: Sequence[str], words: tuple[str, str]
) -> Identity | Unusable:
    try:
        identity = rules.find(call.raw, kinds)
    except Unreadable as refusal:
        return Unusable(refusal.reason, refusal.detail, call.message_id)
    if identity is not None:
        return identity
    read = [f"{name}={rule!r}" for name in kinds if (rule := getattr(rules, name))]
    return Unusable(
        Reason.NO_IDENTIFIER,
        f"nothing is there for {', '.join(read) or words[0]}; {words[1]}, so set "
        "IdentityRules to where the call carries one",
        call.message_id,
    )


def _alias(found: object) -> Identity | None:
    if not is_object(found):
        return None
    halves: list[str] = []
    for name in ("alias_name", "alias_label"):
        half = found.get(name)
        if half is None or (isinstance(half, str) and not half.strip()):
            return None
        halves.append(checked_identifier(half, name))
    return Identity("user_alias", *halves)
