"""The way of a request through the fake, the same for both skins."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs

from braze_engage.testing import cohort_routes, segment_export_routes
from braze_engage.testing.checks import known_fields
from braze_engage.testing.exports import DOWNLOADS
from braze_engage.testing.faults import Fault, Faults
from braze_engage.testing.messages import UNANSWERED, Call, Refused, Reply, Wire, json_reply
from braze_engage.testing.parameters import check_parameters, read_body, read_query
from braze_engage.testing.quotas import Quotas
from braze_engage.testing.recording import RequestLog
from braze_engage.testing.routes import Route, find_route
from braze_engage.testing.state import Workspace

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from braze_engage.testing.messages import Request
    from braze_engage.testing.settings import Settings
    from braze_engage.testing.values import JsonObject

_NO_QUOTA_KNOWN = {
    "x-ratelimit-limit": "",
    "x-ratelimit-remaining": "",
    "x-ratelimit-reset": "",
}
SCIM = "SCIM token"
_NO_FAULT = Fault("none", applied=True)


class Service:
    """Answers requests and keeps what a test may ask about afterwards.

    Args:
        settings: Read at each request.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.faults = Faults()
        self.workspace = Workspace(settings, self.faults)
        self.log = RequestLog()
        self.unrouted: list[str] = []
        self.failures: list[BaseException] = []
        self._quotas = Quotas(settings)
        self._locked: set[str] = set()
        self._locking = threading.Lock()

    def handle(self, request: Request, *, patience: float | None = None) -> Reply:
        """Answer one request.

        Args:
            request: As it came in.
            patience: Seconds the client waits for an answer, where the skin has to act it out.
        """
        clock = self.settings.clock
        record = self.log.add(request, clock.now(), keep_body=self.settings.keep_bodies)
        reply = self._answer_safely(request, patience)
        record.status = None if reply.wire in UNANSWERED else reply.status
        record.finished = clock.now()
        return reply

    def _answer_safely(self, request: Request, patience: float | None) -> Reply:
        try:
            return self._answer(request, patience)
        except Exception as failure:  # noqa: BLE001 - kept for the test, which raises it
            self.failures.append(failure)
            return json_reply(500, {"message": "Internal Server Error"}, {})

    def _answer(self, request: Request, patience: float | None) -> Reply:
        if request.method == "GET" and request.path.startswith(DOWNLOADS):
            return self._download(request, patience)
        found = find_route(request.method, request.path)
        if found is None:
            self.unrouted.append(f"{request.method} {request.path}")
            slash = find_route(request.method, request.path.rstrip("/")) is not None
            refused = Refused(403, "Access Denied") if slash else Refused(404, "Invalid URL")
            return json_reply(refused.status, refused.body, {})
        route, values = found
        fault = self.faults.take(route.path) or _NO_FAULT
        if fault.applied:
            return self._admitted(request, route, values, fault, patience)
        late = self._pause(fault, patience)
        reply = fault.spoil(fault.reply or json_reply(500, {"message": "Server Error"}, {}))
        return attrs.evolve(reply, wire=Wire.LATE) if late else reply

    def _download(self, request: Request, patience: float | None) -> Reply:
        fault = self.faults.take(DOWNLOADS) or _NO_FAULT
        late = self._pause(fault, patience)
        with self.workspace.lock:
            reply = fault.spoil(segment_export_routes.download(self.workspace, request))
        return attrs.evolve(reply, wire=Wire.LATE) if late else reply

    def _admitted(
        self,
        request: Request,
        route: Route,
        values: Mapping[str, str],
        fault: Fault,
        patience: float | None,
    ) -> Reply:
        headers: dict[str, str] = {}
        late = False
        try:
            call = self._admit(request, route, values, headers)
            with self._holding(cohort_routes.locked_by(call) if route.partner else None):
                late = self._pause(fault, patience)
                with self.workspace.lock:
                    self.workspace.catch_up()
                    answer = route.handler(self.workspace, call)
            reply = json_reply(answer.status, answer.body, {**headers, **answer.headers})
        except Refused as refused:
            reply = json_reply(refused.status, refused.body, headers)
        spoiled = fault.spoil(reply)
        late = late or self._let_pass(fault.late, patience)
        return attrs.evolve(spoiled, wire=Wire.LATE) if late else spoiled

    def _admit(
        self, request: Request, route: Route, values: Mapping[str, str], headers: dict[str, str]
    ) -> Call:
        """Check everything that comes before the endpoint itself; fill in rate-limit headers."""
        described = route.described
        if len(request.body) > min(described.most, self.settings.largest_body):
            raise Refused(413, "Request Entity Too Large")
        at_home = self.settings.host in (None, request.host)
        if not route.partner:
            self._authorize(request, route, headers, at_home=at_home)
        body = read_body(described, route.fields, request)
        self._spend(route, body, headers)
        if isinstance(body, Refused):
            raise body
        url = f"https://{request.host}{request.path}"
        call = Call(values, body, read_query(described, request.query), url)
        if route.partner:
            cohort_routes.authorize(self.workspace, call, at_home=at_home)
        if route.checked:
            check_parameters(described, call.path, call.query, body)
        else:
            known_fields(body, route.fields)
        poison = self.faults.poisoned(body)
        if poison is not None:
            raise Refused(400, poison)
        return call

    def _authorize(
        self, request: Request, route: Route, headers: dict[str, str], *, at_home: bool
    ) -> None:
        described, settings = route.described, self.settings
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        known = {settings.key_of(described.credential), *settings.extra_keys}
        stray = described.credential == SCIM and not request.headers.get("x-request-origin")
        if not at_home or scheme.lower() != "bearer" or key not in known or stray:
            headers.update(_NO_QUOTA_KNOWN)
            raise Refused(401, "Invalid API key")
        if described.permission is not None and described.permission not in settings.permissions:
            raise Refused(403, "Access Denied")

    def _spend(self, route: Route, body: JsonObject | Refused, headers: dict[str, str]) -> None:
        admission = self._quotas.admit(route.bucket(body if isinstance(body, dict) else None))
        headers.update(admission.headers)
        if not admission.granted:
            raise Refused(429, "Rate Limited")

    def _pause(self, fault: Fault, patience: float | None) -> bool:
        """Let the request take its time; tell whether the client gave up meanwhile."""
        return self._let_pass(self.settings.latency + fault.delay, patience)

    def _let_pass(self, seconds: float, patience: float | None) -> bool:
        late = patience is not None and seconds > patience
        if seconds > 0:
            self.settings.clock.sleep(patience if late and patience is not None else seconds)
        return late

    @contextmanager
    def _holding(self, key: str | None) -> Generator[None]:
        """Let one request at a time change a cohort; another one finds it locked."""
        if key is None:
            yield
            return
        with self._locking:
            if key in self._locked:
                raise Refused(423, "Resource locked")
            self._locked.add(key)
        try:
            yield
        finally:
            with self._locking:
                self._locked.discard(key)
