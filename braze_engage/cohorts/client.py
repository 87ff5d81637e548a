"""The client of Braze's partner cohort import."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, TypeVar

from braze_engage._http.call import Call, Payload, checked_deadline
from braze_engage._http.client import HttpClient
from braze_engage._http.exchange import Exchange
from braze_engage._http.retry import SystemClock
from braze_engage._http.throttle import Throttle
from braze_engage._http.transport import scope_of, transport_for
from braze_engage._wire import Prepared, decode, encode, prepare, scrubbed, structure
from braze_engage.cohorts.candidates import candidates, key_origin, where_to
from braze_engage.cohorts.changes import ChangeCohort, PartnerCohorts
from braze_engage.cohorts.key_choice import KeyChoice
from braze_engage.cohorts.partner_keys import choose, partner_key_sources
from braze_engage.cohorts.refusals import explained, verdict_of
from braze_engage.cohorts.writer import CohortWriter
from braze_engage.credentials import CachedSource, DataImportKey, EnvironmentKey, PartnerKey
from braze_engage.data_import_keys.entries import check_partner
from braze_engage.errors import ConfigurationError, ResponseError, TransportError, Unauthorized
from braze_engage.objects.values import dumps
from braze_engage.operation import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import requests

    from braze_engage._http.quota import Quota
    from braze_engage._http.retry import Clock, RetryPolicy
    from braze_engage.cohorts.candidates import KeyLike
    from braze_engage.cohorts.key_choice import KeyFallback
    from braze_engage.cohorts.partner_keys import PartnerKeys
    from braze_engage.data_centers import DataCenter
    from braze_engage.objects import Verification
    from braze_engage.operation import Operation
    from braze_engage.operation.hooks import CallHook

__all__ = ["CohortClient"]

R = TypeVar("R")

_KEY_SECONDS: Final = 60.0
_PROBE: Final = "braze_engage_probe"


class CohortClient(HttpClient, CohortWriter):
    """Names, fills and empties cohorts of one workspace; safe to use from threads.

    Best used as a context manager. Name a cohort before its first members: what Braze does with
    members of a cohort without a name is not documented.

    Args:
        key: The data import key, as text or `DataImportKey`; a callable or `KeySource` that reads
            it; or a `DataImportKeyRing`. Changes in a store are seen within 60 s.
        data_center: Instance, host, dashboard address or `DataCenter`; a ring may know it.
        partner: Name of the partner in Braze's paths; a ring may know it.
        partner_key: The partner key, as text, `PartnerKey`, callable or `KeySource`; or a mapping
            of such by instance (``"AU-01"``) or partner region (``"us"``, ``"eu"``).
        workspace: Which workspace of the ring.
        user_agent: What to introduce itself as; partners of Braze give
            ``partner-<OrganizationName>``.
        session: A ``requests`` session to send through, for proxies and certificates of your own.
            Each request then takes about one and a half times as much processor time.
        deadline: Seconds a call may take, all attempts and waits included.
        connect_timeout: Seconds to wait for a connection.
        read_timeout: Seconds to wait for the next bytes of an answer.
        quota: Figures of your contract, and how clients of this process share them; without, what
            Braze documents and its headers say.
        hooks: Whom to tell about requests, repeats and waits.
        on_fallback: Told when Braze refused the ring's active key and a retiring one works.
        retry: Advanced: how often and how long to try again, and with which random numbers.
        clock: Advanced: what tells the time and waits; for tests.

    Raises:
        ConfigurationError: A setting cannot work, or a key cannot be read.

    Warns:
        PartnerKeyGuess: Braze does not state which partner key this data center takes.

    https://www.braze.com/docs/cohort_import
    """

    def __init__(  # noqa: PLR0913 - options of a client, all but the key by name
        self,
        key: KeyLike,
        *,
        data_center: str | DataCenter | None = None,
        partner: str | None = None,
        partner_key: PartnerKeys,
        workspace: str | None = None,
        user_agent: str | None = None,
        session: requests.Session | None = None,
        deadline: float = 60.0,
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
        quota: Quota | None = None,
        hooks: Iterable[CallHook] = (),
        on_fallback: Callable[[KeyFallback], object] | None = None,
        retry: RetryPolicy | None = None,
        clock: Clock | None = None,
    ) -> None:
        try:
            origin = key_origin(key)
            partner_keys = partner_key_sources(partner_key)
        finally:
            # Whatever raises, here or later: this frame shows no text of a key.
            del key, partner_key
        self._clock = SystemClock() if clock is None else clock
        self._data_center, named = where_to(origin, workspace, data_center, partner)
        super().__init__(check_partner(named), self._clock.now)
        self._deadline = checked_deadline(deadline)
        self._partner_key = CachedSource(
            choose(partner_keys, self._data_center),
            max_age=_KEY_SECONDS,
            clock=self._clock.monotonic,
        )
        self._partner_key.get()
        self._keys = KeyChoice(
            candidates(origin, workspace, self._data_center, named, self._clock.monotonic),
            on_fallback,
        )
        self._keys.current()
        self._exchange = Exchange(
            transport_for(session, user_agent=user_agent),
            retry=retry,
            throttle=Throttle(
                self._clock, quota=quota, bucket="partner_cohorts", scope=scope_of(session)
            ),
            clock=self._clock,
            connect=connect_timeout,
            read=read_timeout,
            hooks=hooks,
        )

    @classmethod
    def from_env(
        cls,
        *,
        data_center: str | DataCenter | None = None,
        partner: str | None = None,
        user_agent: str | None = None,
        session: requests.Session | None = None,
        deadline: float = 60.0,
        quota: Quota | None = None,
    ) -> CohortClient:
        """Make a client from ``BRAZE_DATA_IMPORT_KEY``, ``BRAZE_PARTNER_KEY`` and two more.

        Args:
            data_center: Where not given, ``BRAZE_DATA_CENTER`` decides.
            partner: Where not given, ``BRAZE_PARTNER`` decides.
            user_agent: As for the class.
            session: As for the class.
            deadline: As for the class.
            quota: As for the class.

        Raises:
            ConfigurationError: A variable is missing or unusable.
        """
        return cls(
            EnvironmentKey(DataImportKey, "BRAZE_DATA_IMPORT_KEY"),
            data_center=data_center or _variable("BRAZE_DATA_CENTER", "the instance"),
            partner=partner or _variable("BRAZE_PARTNER", "the partner's name in Braze's paths"),
            partner_key=EnvironmentKey(PartnerKey, "BRAZE_PARTNER_KEY"),
            user_agent=user_agent,
            session=session,
            deadline=deadline,
            quota=quota,
        )

    @classmethod
    def operations(cls) -> tuple[Operation[..., object], ...]:
        """List the rows of the partner cohort import."""
        return PartnerCohorts.operations()

    @property
    def data_center(self) -> DataCenter:
        """Where the requests go."""
        return self._data_center

    def verify(self) -> Verification:
        """Probe the active data import key and the partner key with a request without changes.

        Both are read anew, and no retiring key steps in.

        Raises:
            ConfigurationError: A key cannot be read.
        """
        request = ChangeCohort(partner=self._partner, cohort_id=_PROBE, cohort_changes=())
        self._partner_key.reread()
        key = self._keys.reread()
        try:
            self._send(PartnerCohorts.update_users, request, key, self._deadline)
        except (TransportError, ResponseError) as error:
            return verdict_of(error, self._data_center, self._partner)
        return verdict_of(None, self._data_center, self._partner)

    def perform(self, operation: Operation[..., R], request: object) -> Reply[R]:
        """Send one request of a row and read its answer.

        Args:
            operation: The row, such as ``PartnerCohorts.create``.
            request: An instance of its request class.

        Raises:
            ConfigurationError: The request breaks a limit; nothing was sent.
            TransportError: No whole answer arrived.
            ResponseError: Braze refused.
        """
        ends = self._clock.monotonic() + self._deadline
        try:
            return self._keys.call(
                lambda key, left: self._send(operation, request, key, left),
                lambda: ends - self._clock.monotonic(),
            )
        except Unauthorized as error:
            refused = error
        raise explained(refused, self._data_center, self._partner)

    def __repr__(self) -> str:
        # Tracebacks with locals show it half made, too.
        known = {name: vars(self).get(f"_{name}") for name in ("data_center", "partner")}
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in known.items())})"

    def _send(
        self, row: Operation[..., R], request: object, key: DataImportKey, left: float
    ) -> Reply[R]:
        prepared = prepare(row, request)
        partner_key = self._partner_key.get()
        call = Call(
            method=row.method,
            url=f"{self._data_center.rest_url}{prepared.path}",
            path=row.path,
            bucket=row.bucket,
            replay=row.replay,
            body=_body(prepared, partner_key, key),
            secrets=(partner_key, key),
            deadline=left,
        )
        answer = self._exchange.perform(call)
        value = structure(scrubbed(decode(answer.body), call.scrub), row.response)
        return Reply(value, answer.status, answer.headers, answer.attempts)


def _body(prepared: Prepared, partner_key: PartnerKey, key: DataImportKey) -> Payload:
    # Both keys are put in front as text, so that no frame of the encoder, which may raise, ever
    # holds them.
    keys = Payload(
        b'{"partner_api_key":%b,"client_secret":%b,'
        % (dumps(partner_key.reveal()).encode(), dumps(key.reveal()).encode())
    )
    return Payload(
        keys.reveal() + encode(prepared.body, limit=prepared.limit - len(keys)).removeprefix(b"{")
    )


def _variable(name: str, what: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise ConfigurationError(f"environment variable {name} is not set; put {what} there")
    return value
