"""The client of Braze's REST API."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlencode

import attrs

from braze_engage._http.call import Call, Payload, checked_deadline
from braze_engage._http.client import HttpClient
from braze_engage._http.exchange import Exchange
from braze_engage._http.retry import SystemClock
from braze_engage._http.transport import RequestsTransport
from braze_engage._wire import Prepared, encode, prepare
from braze_engage.credentials import CachedSource, EnvironmentKey, RestApiKey, key_source
from braze_engage.data_centers import DataCenter
from braze_engage.errors import (
    ConfigurationError,
    ResponseError,
    TransportError,
    Unauthorized,
)
from braze_engage.operation import Replay, Reply
from braze_engage.rest.answers import read_answer, verdict_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import requests

    from braze_engage._http.call import Answer
    from braze_engage._http.exchange import Hook
    from braze_engage._http.retry import Clock, RetryPolicy
    from braze_engage.credentials import KeySource
    from braze_engage.objects import Verification
    from braze_engage.objects.values import JsonValue
    from braze_engage.operation import Family, Operation
    from braze_engage.rest.users import Users

__all__ = ["BrazeClient"]

R = TypeVar("R")

_KEY_VARIABLE: Final = "BRAZE_REST_API_KEY"
_HOST_VARIABLE: Final = "BRAZE_DATA_CENTER"
_KEY_SECONDS: Final = 60.0
_FAMILIES: Final = ("users",)
_PROBES: Final[Mapping[str, JsonValue]] = {
    "/users/track": {"attributes": []},
    "/users/delete": {"external_ids": []},
}


class BrazeClient(HttpClient):
    """Calls the REST API of one workspace; safe to use from threads, best as a context manager.

    Every group of Braze's documentation is an attribute, every endpoint a typed call of it:
    ``braze.users.track(events=[...])``. With ``.reply`` the same call also returns status, headers
    and attempts.

    Args:
        key: The REST API key, as text or `RestApiKey`; or a callable or `KeySource` that reads it,
            which is asked again after 60 s and after a 401.
        data_center: Instance, host, dashboard address or `DataCenter`.
        user_agent: What to introduce itself as; partners of Braze give
            ``partner-<OrganizationName>``.
        session: A ``requests`` session to use, for proxies and certificates of your own.
        deadline: Seconds a call may take, all attempts and waits included.
        connect_timeout: Seconds to wait for a connection.
        read_timeout: Seconds to wait for the next bytes of an answer.
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
        user_agent: str | None = None,
        session: requests.Session | None = None,
        deadline: float = 60.0,
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
        hooks: Iterable[Hook] = (),
        retry: RetryPolicy | None = None,
        clock: Clock | None = None,
    ) -> None:
        # Passed on in a list that is emptied, so that this frame holds no text of a key when
        # something below raises.
        held = [key]
        del key
        source = key_source(RestApiKey, held.pop())
        self._data_center = DataCenter.resolve(data_center)
        self._deadline = checked_deadline(deadline)
        self._clock = SystemClock() if clock is None else clock
        self._keys = CachedSource(source, max_age=_KEY_SECONDS, clock=self._clock.monotonic)
        self._exchange = Exchange(
            RequestsTransport(session, user_agent=user_agent),
            retry=retry,
            clock=self._clock,
            connect=connect_timeout,
            read=read_timeout,
            hooks=hooks,
        )
        self._keys.get()

    @classmethod
    def from_env(
        cls,
        *,
        data_center: str | DataCenter | None = None,
        user_agent: str | None = None,
        session: requests.Session | None = None,
        deadline: float = 60.0,
    ) -> BrazeClient:
        """Make a client from ``BRAZE_REST_API_KEY`` and ``BRAZE_DATA_CENTER``.

        Args:
            data_center: Where not given, the variable decides.
            user_agent: As for the class.
            session: As for the class.
            deadline: As for the class.

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
            user_agent=user_agent,
            session=session,
            deadline=deadline,
        )

    @classmethod
    def operations(cls) -> tuple[Operation[..., object], ...]:
        """List every row of every group; this loads all of them."""
        return tuple(row for family in _families() for row in family.operations())

    @cached_property
    def users(self) -> Users:
        """People: what they did and are, by which names Braze knows them, and their export."""
        from braze_engage.rest.users import Users  # noqa: PLC0415 - families load on first use

        return Users(self)

    @property
    def data_center(self) -> DataCenter:
        """Where the requests go."""
        return self._data_center

    def with_options(self, *, deadline: float) -> BrazeClient:
        """Derive a client with another deadline; connections, key and quotas are shared.

        Args:
            deadline: Seconds a call may take, all attempts and waits included.

        Raises:
            ConfigurationError: It is not a positive number.
        """
        derived = object.__new__(type(self))
        derived.__dict__.update(self.__dict__)
        for family in _FAMILIES:
            derived.__dict__.pop(family, None)  # it is bound to the client it was made for
        derived._deadline = checked_deadline(deadline)
        return derived

    def perform(self, operation: Operation[..., R], request: object) -> Reply[R]:
        """Send one request of a row and read its answer.

        Args:
            operation: The row, such as ``Users.track``.
            request: An instance of the row's request class.

        Raises:
            ConfigurationError: The request breaks a limit; nothing was sent.
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
            key=self._keys.get(),
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
        body = _PROBES.get(row.path)
        if body is None:
            raise ConfigurationError(
                f"verify: {row.path} has no request that changes nothing; probe Users.track or "
                "Users.delete"
            )
        try:
            self._send(row, Prepared(path=row.path, body=body), row.bucket, Replay.ALWAYS)
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
            authorization=self._keys.get(),
            permission=row.permission,
            deadline=self._deadline,
        )
        try:
            return self._exchange.perform(call)
        except Unauthorized as refused:
            newer = _newer(self._keys, call)
            left = ends - self._clock.monotonic()
            if newer is None or left <= 0:
                raise
            attempts = refused.attempts
        # A 401 applied nothing, so everything may be sent again with a key that was exchanged.
        answer = self._exchange.perform(attrs.evolve(call, authorization=newer, deadline=left))
        return attrs.evolve(answer, attempts=attempts + answer.attempts)


def _families() -> tuple[type[Family], ...]:
    from braze_engage.rest.users import Users  # noqa: PLC0415 - families load on first use

    return (Users,)


def _payload(prepared: Prepared) -> Payload | None:
    if prepared.encoded is not None:
        return Payload(prepared.encoded)
    if prepared.body is None:
        return None
    return Payload(encode(prepared.body, limit=prepared.limit))


def _newer(keys: CachedSource[RestApiKey], call: Call) -> RestApiKey | None:
    """Read the key again, and give it if it is another one."""
    try:
        key = keys.reread()
    except ConfigurationError:
        return None  # what Braze answered says more
    return None if key == call.authorization else key
