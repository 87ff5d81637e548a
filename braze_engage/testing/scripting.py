"""What a test scripts to go wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

import attrs

from braze_engage.testing.faults import Fault, Refusal, names
from braze_engage.testing.messages import Reply, Wire, json_reply
from braze_engage.testing.routes import route_for_script
from braze_engage.testing.settings import Settings
from braze_engage.testing.track_checks import BLOCKED, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from braze_engage.testing.service import Service
    from braze_engage.testing.values import Json, JsonObject


@attrs.define(kw_only=True, slots=False, eq=False, repr=False)
class Scripting(Settings):
    """Faults by route, met in the order they were scripted, and identifiers that are refused."""

    _service: Service = attrs.field(init=False)

    def fail(
        self,
        path: str,
        *,
        status: int,
        json: Json = None,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
        applied: bool = False,
    ) -> None:
        """Answer the next requests of a route with an error.

        Args:
            path: Path of the route, or its template.
            status: HTTP status.
            json: Body; the words of the status when neither this nor ``body`` is given.
            body: Body that is not JSON, sent as HTML, as an edge would.
            headers: Headers of the answer.
            times: For so many requests.
            applied: The request takes effect all the same, as behind a gateway that gave up. Where
                it is refused, a success scripted here is not given.
        """
        reply = _scripted(status, json, body, headers or {})
        self._script(path, Fault(f"status {status}", applied=applied, reply=reply), times)

    def drop(
        self,
        path: str,
        *,
        when: Literal["before", "after"] = "before",
        reset: bool = False,
        times: int = 1,
    ) -> None:
        """Close the connection instead of answering.

        Args:
            path: Path of the route, or its template.
            when: "before" the request takes effect, or "after".
            reset: The connection is reset, as by a balancer that gave it up, and not closed.
            times: For so many requests.
        """
        wire = Wire.RESET if reset else Wire.DROPPED
        label = f"{'reset' if reset else 'drop'} {when}"
        self._script(path, Fault(label, applied=when == "after", wire=wire), times)

    def refuse_connection(self, path: str, *, times: int = 1) -> None:
        """Refuse the connection, in process only: a socket that listens cannot act it out.

        Args:
            path: Path of the route, or its template.
            times: For so many requests.
        """
        self._script(path, Fault("refused connection", wire=Wire.REFUSED), times)

    def truncate(self, path: str, *, times: int = 1) -> None:
        """Let requests take effect and break off their answers half way.

        Args:
            path: Path of the route, or its template.
            times: For so many requests.
        """
        self._script(path, Fault("truncate", applied=True, wire=Wire.TRUNCATED), times)

    def disguise(self, path: str, content_type: str, *, times: int = 1) -> None:
        """Give the next answers of a route as usual, but let them claim to be something else.

        Args:
            path: Path of the route, or its template.
            content_type: What they claim to be, such as ``text/html``.
            times: For so many requests.
        """
        fault = Fault(f"claim to be {content_type}", applied=True, content_type=content_type)
        self._script(path, fault, times)

    def delay(
        self,
        path: str,
        seconds: float,
        *,
        when: Literal["before", "after"] = "before",
        times: int = 1,
    ) -> None:
        """Take longer over the next requests.

        Args:
            path: Path of the route, or its template.
            seconds: By the fake's clock. A client that waits less sees a read time-out, and
                its request takes effect nevertheless.
            when: The time passes "before" the request takes effect, or "after", before its answer.
            times: For so many requests.
        """
        before, late = (seconds, 0.0) if when == "before" else (0.0, seconds)
        label = f"delay {seconds} s" if when == "before" else f"answer {seconds} s late"
        self._script(path, Fault(label, applied=True, delay=before, late=late), times)

    def forget_faults(self) -> None:
        """Drop the faults that no request has met, where it does not matter how many there are."""
        self._service.faults.forget()

    def poison(self, identifier: str, *, item: bool = False, text: str | None = None) -> None:
        """Refuse whatever names an identifier, until ``reset``.

        Args:
            identifier: A text anywhere in the body.
            item: Refuse only the objects of ``/users/track`` that name it, as for a blocked
                person, instead of the whole request with 400.
            text: Braze's words.
        """
        if item:
            self.refuse_items(lambda one: names(one, identifier), text=text)
        else:
            self._service.faults.poison(identifier, text or "Bad Request")

    def refuse_items(
        self,
        predicate: Callable[[JsonObject], bool],
        *,
        text: str | None = None,
        located: bool = True,
    ) -> None:
        """Refuse objects of ``/users/track``, until ``reset``.

        Args:
            predicate: Tells which.
            text: Braze's words; those for a blocked person unless given.
            located: False leaves out array and index, as Braze sometimes does.
        """
        problem = BLOCKED if text is None else Problem(text)
        self._service.faults.refuse(predicate, Refusal(problem, located))

    def _script(self, path: str, fault: Fault, times: int) -> None:
        self._service.faults.add(route_for_script(path), fault, times)


def _scripted(status: int, json: Json, body: str | None, headers: Mapping[str, str]) -> Reply:
    lower = {name.lower(): value for name, value in headers.items()}
    if body is not None:
        return Reply(status, body.encode(), {"content-type": "text/html", **lower})
    words = {known.value: known.phrase for known in HTTPStatus}
    message: Json = {"message": words.get(status, "error")}
    return json_reply(status, message if json is None else json, lower)
