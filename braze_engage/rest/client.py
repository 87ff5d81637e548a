"""The client of Braze's REST API."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlencode

import attrs

from braze_engage._http.call import Call, Payload, checked_deadline
from braze_engage._http.client import HttpClient
from braze_engage._http.exchange import Exchange
from braze_engage._http.retry import SystemClock
from braze_engage._http.throttle import Throttle
from braze_engage._http.transport import scope_of, transport_for
from braze_engage._wire import Prepared, encode, prepare
from braze_engage.credentials import ClientSideRestKey, EnvironmentKey, RestApiKey, ScimToken
from braze_engage.data_centers import DataCenter
from braze_engage.errors import (
    ConfigurationError,
    ResponseError,
    TransportError,
    Unauthorized,
)
from braze_engage.operation import Replay, Reply
from braze_engage.rest.answers import probe_of, read_answer, verdict_of
from braze_engage.rest.groups import Groups, rows_of
from braze_engage.rest.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO

    import requests

    from braze_engage._http.call import Answer
    from braze_engage._http.quota import Quota
    from braze_engage._http.retry import Clock, RetryPolicy
    from braze_engage.credentials import KeySource, Secret
    from braze_engage.objects import Verification
    from braze_engage.operation import Operation
    from braze_engage.operation.hooks import CallHook

__all__ = ["BrazeClient"]

K = TypeVar("K", bound="Secret")
R = TypeVar("R")

_KEY_VARIABLE: Final = "BRAZE_REST_API_KEY"
_SCIM_VARIABLE: Final = "BRAZE_SCIM_TOKEN"
_ORIGIN_VARIABLE: Final = "BRAZE_SCIM_ORIGIN"
_CLIENT_SIDE_VARIABLE: Final = "BRAZE_CLIENT_SIDE_REST_KEY"
_HOST_VARIABLE: Final = "BRAZE_DATA_CENTER"


class BrazeClient(HttpClient, Groups):
    """Calls the REST API of one workspace; safe to use from threads, best as a context manager.

    Every group of Braze's documentation is an attribute, every endpoint a typed call of it:
    ``braze.users.track(events=[...])``. With ``.reply`` the same call also returns status, headers
    and attempts. Endpoints that answer page by page, and only they, have ``.pages`` and ``.items``.

    Args:
        key: The REST API key, as text or `RestApiKey`; or a callable or `KeySource` that reads it,
            which is asked again after 60 s and after a 401.
        data_center: Instance, host, dashboard address or `DataCenter`.
        scim_token: What ``braze.scim`` needs, in the same forms as the key.
        scim_origin: Origin registered for SCIM in the dashboard, needed with the token.
        client_side_key: What ``braze.device_messaging`` needs, in the same forms as the key.
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
        retry: Advanced: how often and how long to try again, and with which random numbers.
        clock: Advanced: what tells the time and waits; for tests.

    Raises:
        ConfigurationError: A setting cannot work, or the key cannot be read.

    https://www.braze.com/docs/api/basics
    """

    def __init__(  # noqa: PLR0913 - options of a client, all but the key by name
        self,
        key: str | RestApiKey | Callable[[], str | RestApiKey] | KeySource[RestApiKey],
        *,
        data_center: str | DataCenter,
        scim_token: str
        | ScimToken
        | Callable[[], str | ScimToken]
        | KeySource[ScimToken]
        | None = None,
        scim_origin: str | None = None,
        client_side_key: str
        | ClientSideRestKey
        | Callable[[], str | ClientSideRestKey]
        | KeySource[ClientSideRestKey]
        | None = None,
        user_agent: str | None = None,
        session: requests.Session | None = None,
        deadline: float = 60.0,
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
        quota: Quota | None = None,
        hooks: Iterable[CallHook] = (),
        retry: RetryPolicy | None = None,
        clock: Clock | None = None,
    ) -> None:
        # Passed on in a list that is emptied, so that this frame holds no text of a key when
        # something below raises.
        held: list[object] = [key, scim_token, client_side_key]
        del key, scim_token, client_side_key
        self._clock = SystemClock() if clock is None else clock
        self._keys = Keys(held, scim_origin=scim_origin, clock=self._clock.monotonic)
        self._data_center = DataCenter.resolve(data_center)
        self._deadline = checked_deadline(deadline)
        self._timeouts = (connect_timeout, read_timeout)
        self._transport = transport_for(session, user_agent=user_agent)
        self._exchange = Exchange(
            self._transport,
            retry=retry,
            throttle=Throttle(self._clock, quota=quota, scope=scope_of(session)),
            clock=self._clock,
            connect=connect_timeout,
            read=read_timeout,
            hooks=hooks,
        )
        self._keys.read_all()

    @classmethod
    def from_env(
        cls,
        *,
        data_center: str | DataCenter | None = None,
        user_agent: str | None = None,
        session: requests.Session | None = None,
        deadline: float = 60.0,
        quota: Quota | None = None,
    ) -> BrazeClient:
        """Make a client from ``BRAZE_REST_API_KEY`` and ``BRAZE_DATA_CENTER``.

        Where set, ``BRAZE_SCIM_TOKEN`` with ``BRAZE_SCIM_ORIGIN`` and
        ``BRAZE_CLIENT_SIDE_REST_KEY`` are used too.

        Args:
            data_center: Where not given, the variable decides.
            user_agent: As for the class.
            session: As for the class.
            deadline: As for the class.
            quota: As for the class.

        Raises:
            ConfigurationError: A variable is missing or unusable.
        """
        where = os.environ.get(_HOST_VARIABLE, "") if data_center is None else data_center
        if not where:
            raise ConfigurationError(
                f"environment variable {_HOST_VARIABLE}: not set; put the instance there, such as "
                "US-06, or give data_center"
            )
        return cls(
            EnvironmentKey(RestApiKey, _KEY_VARIABLE),
            data_center=where,
            scim_token=_optional(ScimToken, _SCIM_VARIABLE),
            scim_origin=os.environ.get(_ORIGIN_VARIABLE),
            client_side_key=_optional(ClientSideRestKey, _CLIENT_SIDE_VARIABLE),
            user_agent=user_agent,
            session=session,
            deadline=deadline,
            quota=quota,
        )

    @classmethod
    def operations(cls) -> tuple[Operation[..., object], ...]:
        """List every row of every group; this loads all of them."""
        return rows_of(object.__new__(cls))

    @property
    def data_center(self) -> DataCenter:
        """Where the requests go."""
        return self._data_center

    def download(
        self, address: Secret, into: BinaryIO | None = None, *, timeout: float = 60.0
    ) -> int:
        """Fetch a file that Braze keeps elsewhere; no key goes along, no redirect is followed.

        Args:
            address: Where it lies; anyone who knows it may have the file.
            into: Where a success is written; None to learn the status only.
            timeout: Seconds it may take.

        Returns:
            HTTP status.

        Raises:
            ConfigurationError: The address is neither https nor loopback.
            TransportError: The file did not arrive whole.
        """
        total, (connect, read) = checked_deadline(timeout), self._timeouts
        return self._transport.fetch(address, into, connect=connect, read=read, total=total)

    def perform(self, operation: Operation[..., R], request: object) -> Reply[R]:
        """Send one request of a row and read its answer.

        Args:
            operation: The row, such as ``Users.track``.
            request: An instance of the row's request class.

        Raises:
            ConfigurationError: The request breaks a limit, or the client lacks the kind of key
                the row takes; nothing was sent.
            TransportError: No whole answer arrived.
            ResponseError: Braze refused, or its answer is not what it documents. A success whose
                message is neither ``success`` nor ``queued`` counts as `UnreadableResponse`: it
                contradicts itself, so nothing is repeated that must not happen twice.
        """
        prepared = prepare(operation, request)
        bucket, replay = operation.bucket_of(request), operation.replay_of(request)
        answer = self._send(operation, prepared, bucket, replay)
        value = read_answer(
            operation,
            answer.body,
            status=answer.status,
            attempts=answer.attempts,
            key=self._keys.of(operation),
        )
        return Reply(value, answer.status, answer.headers, answer.attempts)

    def verify(self, operation: Operation[..., object] | None = None) -> Verification:
        """Probe the key with a request that changes nothing.

        Args:
            operation: Whose permission the key needs: ``Users.track``, which it is unless given,
                or ``Users.delete``.

        Raises:
            ConfigurationError: The key cannot be read, or there is no such request for the row.
        """
        row = type(self.users).track if operation is None else operation
        probe = probe_of(row)
        try:
            self._send(row, probe, row.bucket, Replay.ALWAYS)
        except (TransportError, ResponseError) as error:
            return verdict_of(error)
        return verdict_of(None)

    def __repr__(self) -> str:
        # A traceback with local variables asks clients that are half built.
        found: DataCenter | None = self.__dict__.get("_data_center")
        return f"{type(self).__name__}(data_center={found.instance if found else None!r})"

    def _send(
        self, row: Operation[..., object], prepared: Prepared, bucket: str, replay: Replay
    ) -> Answer:
        query = f"?{urlencode(prepared.query)}" if prepared.query else ""
        ends = self._clock.monotonic() + self._deadline
        call = Call(
            method=row.method,
            url=f"{self._data_center.rest_url}{prepared.path}{query}",
            path=row.path,
            bucket=bucket,
            replay=replay,
            body=_payload(prepared),
            content_type=prepared.content_type,
            authorization=self._keys.of(row),
            headers=self._keys.headers(row),
            permission=row.permission,
            deadline=self._deadline,
        )
        try:
            return self._exchange.perform(call)
        except Unauthorized as refused:
            newer = self._keys.newer(row, call.authorization)
            left = ends - self._clock.monotonic()
            if newer is None or left <= 0:
                raise
            attempts = refused.attempts
        # A 401 applied nothing, so everything may be sent again with a key that was exchanged.
        answer = self._exchange.perform(attrs.evolve(call, authorization=newer, deadline=left))
        return attrs.evolve(answer, attempts=attempts + answer.attempts)


def _optional(kind: type[K], variable: str) -> EnvironmentKey[K] | None:
    return EnvironmentKey(kind, variable) if variable in os.environ else None


def _payload(prepared: Prepared) -> Payload | None:
    if prepared.body is None:
        return None
    return Payload(encode(prepared.body, limit=prepared.limit))
