"""The fake Braze: one workspace with its REST and partner endpoints."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs

from braze_engage.testing.attributes import write_attribute
from braze_engage.testing.content import Content
from braze_engage.testing.server import LoopbackServer
from braze_engage.testing.service import Service
from braze_engage.testing.session import in_process_session
from braze_engage.testing.settings import Settings
from braze_engage.testing.users import Users, best
from braze_engage.testing.values import Alias

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Generator, Iterable, Mapping
    from types import TracebackType

    import requests
    from typing_extensions import Self

    from braze_engage.testing.cohorts import Cohort
    from braze_engage.testing.messages import RecordedRequest
    from braze_engage.testing.profiles import Profile
    from braze_engage.testing.values import Json


_CHANGED_IN_PLACE = ("extra_keys", "permissions")


@attrs.define(kw_only=True, slots=False, eq=False, repr=False)
class FakeBraze(Content):
    """A Braze workspace that lives in this process.

    As a context manager it serves a loopback socket at ``url``; ``session()`` gives a
    ``requests.Session`` that reaches the same state without one and needs no context. It may be
    used from any number of threads. Where Braze is vague or undocumented the fake is strict: it
    refuses undocumented fields, and identifiers it was not told of stay unknown.

    Left out: schema checks of ``ecommerce.*`` events, app ids, and what names of countries and
    time zones mean.

    Args:
        lag: Seconds before an accepted write becomes visible; ``settle`` does not wait for it.
        reorder: Apply writes of different requests in random order, as Braze may.
        latency: Seconds every answer takes.
        seed: Of all randomness.
        known: "any" lets cohorts take every identifier for a known person. Together with
            ``keep_members=False`` and ``keep_bodies=False`` runs over millions stay flat.
        keep_members: False counts members without keeping them.
        keep_profiles: False counts objects of ``/users/track`` without applying them.
        keep_bodies: False records requests without bodies.
        export_seconds: Seconds until the file of a segment export is there; 403 until then.
        users_per_file: Profiles in one file of a segment export.
        own_storage: True sends exports to a storage of the customer's own.
        documented_codes: Per-object errors as documented codes instead of the texts in traffic.
        legacy_track_limit: 75 objects per array instead of 75 together.
        largest_body: Bytes of a body at most; Braze's own limits where these are smaller.
        quotas: True for Braze's limits, False for none, a mapping of bucket to (requests,
            seconds) to replace some.
        dialect: "mau" for the rate-limit headers ``/users/track`` sends on MAU contracts.
        clock: Of type ``Clock``; give client and fake one ``ManualClock`` and no test sleeps.
        partner: Partner name in the path of the cohort endpoints.
        cohorts_enabled: False answers that the customer is not enabled for the partner.
        rest_api_key: The REST API key.
        scim_token: The SCIM token; requests with it need an origin too.
        client_side_key: The client-side REST key of device messaging.
        data_import_key: The data import key.
        partner_key: The partner API key.
        extra_keys: Further keys that are accepted.
        permissions: Of the REST API key; all unless given.
        host: The only host that knows the keys, to play a wrong data center; None for any.
        port: Of the loopback server, 0 for a free one.
    """

    _server: LoopbackServer | None = attrs.field(init=False, default=None)
    _initial: dict[str, object] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._initial = {
            field.name: getattr(self, field.name) for field in attrs.fields(Settings) if field.init
        }
        self._initial |= {name: copy.copy(self._initial[name]) for name in _CHANGED_IN_PLACE}
        self._service = Service(self)

    def __enter__(self) -> Self:
        self._server = LoopbackServer(lambda: self._service, self.port)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def __repr__(self) -> str:
        return f"<FakeBraze at {self._server.url if self._server else 'no socket'}>"

    @property
    def url(self) -> str:
        """Address of the loopback server, usable as data center.

        Raises:
            RuntimeError: The server is not running.
        """
        if self._server is None:
            raise RuntimeError(
                "the fake serves a socket only inside 'with FakeBraze() as fake:'; without one, "
                "give the client session=fake.session() and any data center"
            )
        return self._server.url

    def session(self) -> requests.Session:
        """Return a session of which every request, to any host, is answered here."""
        return in_process_session(lambda: self._service, scope=self)

    # ---- what Braze holds ----

    @property
    def users(self) -> Users:
        """Profiles by external id, as far as writes have become visible."""
        return self._settled().users

    @property
    def cohorts(self) -> Mapping[str, Cohort]:
        """Cohorts by id, as far as writes have become visible."""
        return self._settled().cohorts

    @property
    def requests(self) -> list[RecordedRequest]:
        """The last 10,000 requests, fewer when their bodies pass 8 MiB; oldest first."""
        return self._service.log.records()

    @property
    def requests_total(self) -> int:
        """How many requests there were."""
        return self._service.log.total

    @property
    def object_counts(self) -> Counter[str]:
        """Objects of ``/users/track`` accepted, by array."""
        return self._service.workspace.counts

    def find(
        self,
        *,
        user_alias: tuple[str, str] | None = None,
        email: str | None = None,
        phone: str | None = None,
        device_id: str | None = None,
        braze_id: str | None = None,
    ) -> Profile | None:
        """Find a profile by something other than its external id.

        Args:
            user_alias: Pair of name and label.
            email: Address in any case; of several profiles the one Braze would write to.
            phone: Number; likewise.
            device_id: A device.
            braze_id: The id Braze assigned.
        """
        users = self.users
        if user_alias is not None:
            return users.by_alias(Alias(*user_alias))
        if device_id is not None:
            return users.by_device(device_id)
        if braze_id is not None:
            return users.by_braze_id(braze_id)
        return best(users.with_email(email) if email is not None else users.with_phone(phone or ""))

    def settle(self) -> None:
        """Make every accepted write visible now."""
        workspace = self._service.workspace
        with workspace.lock:
            workspace.settle()

    @contextmanager
    def down(self) -> Generator[None]:
        """Take the loopback server down and bring it up again at the same address.

        What is under way loses its connection and may have taken effect; while the server is down,
        connections are refused. What the workspace holds stays.

        Raises:
            RuntimeError: The server is not running.
        """
        url = self.url
        assert self._server is not None
        self._server.close()
        try:
            yield
        finally:
            self._server = LoopbackServer(lambda: self._service, int(url.rpartition(":")[2]))

    def reset(self) -> None:
        """Forget everything and restore every setting; the server goes on."""
        for name, value in self._initial.items():
            setattr(self, name, copy.copy(value) if name in _CHANGED_IN_PLACE else value)
        self._service = Service(self)

    # ---- seeds ----

    def add_user(
        self,
        external_id: str | None = None,
        *,
        aliases: Iterable[tuple[str, str]] = (),
        devices: Iterable[str] = (),
        email: str | None = None,
        phone: str | None = None,
        custom_attributes: Mapping[str, Json] | None = None,
    ) -> Profile:
        """Put a profile into the workspace.

        Args:
            external_id: None for an anonymous one.
            aliases: Pairs of name and label.
            devices: Device ids.
            email: Address.
            phone: Number.
            custom_attributes: Values; their types become those of the workspace.
        """
        workspace = self._service.workspace
        with workspace.lock:
            known = workspace.users.get(external_id) if external_id is not None else None
            profile = known or workspace.users.create(workspace.now(), external_id)
            for alias in aliases:
                workspace.users.add_alias(profile, Alias(*alias))
            for device_id in devices:
                workspace.give_device(profile, device_id)
            if email is not None:
                workspace.users.set_email(profile, email)
            if phone is not None:
                workspace.users.set_phone(profile, phone)
            for key, value in (custom_attributes or {}).items():
                own = profile.custom_attributes
                write_attribute(own, workspace.kinds, key, value, merge=False)
        return profile

    def add_users(self, external_ids: Iterable[str]) -> None:
        """Put a profile into the workspace for each external id."""
        workspace = self._service.workspace
        with workspace.lock:
            now = workspace.now()
            for external_id in external_ids:
                if external_id not in workspace.users:
                    workspace.users.create(now, external_id)

    def check(self) -> None:
        """Fail if the fake itself failed, a fault was not met or a request had no route.

        Raises:
            AssertionError: With everything that is wrong; caused by the fake's first failure.
        """
        service = self._service
        problems = [f"the fake failed: {failure!r}" for failure in service.failures]
        problems += [f"no route for {request}" for request in service.unrouted]
        problems += service.faults.unused()
        if problems:
            cause = service.failures[0] if service.failures else None
            raise AssertionError("; ".join(problems)) from cause
