"""Bare HTTP requests to a fake, and a client of it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from braze_engage import BrazeClient
from braze_engage.testing import FakeBraze

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

    from braze_engage.testing.routes import Route

HOST = "https://rest.iad-06.braze.com"
COHORTS = "/partners/segment/cohorts"
MEMBERS = "/partners/segment/cohorts/users"
NOW = "2026-11-02T09:15:00Z"


class Answered(NamedTuple):
    status: int
    body: Any  # whatever JSON the fake sends
    headers: Mapping[str, str]


class Caller:
    """Sends JSON with the right keys to one fake."""

    def __init__(
        self,
        fake: FakeBraze,
        *,
        session: requests.Session | None = None,
        host: str = HOST,
        timeout: float | None = None,
    ) -> None:
        self.fake = fake
        self.session = session or fake.session()
        self.host = host
        self.timeout = timeout

    def post(self, path: str, body: object, **headers: str) -> Answered:
        return self.send(path, json.dumps(body).encode(), **headers)

    def send(self, path: str, body: bytes, *, method: str = "POST", **headers: str) -> Answered:
        sent = {
            "Authorization": f"Bearer {self.fake.rest_api_key}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        got = self.session.request(
            method, self.host + path, data=body, headers=sent, timeout=self.timeout
        )
        return Answered(got.status_code, got.json() if got.content else None, got.headers)

    def call(
        self, route: Route, body: object, *, path: str = "", query: str = "", **headers: str
    ) -> Answered:
        """Call any route with the key it takes; the placeholders are filled in unless given."""
        path = path or re.sub(r"\{\w+\}", "x", route.path.replace("{partner}", self.fake.partner))
        if route.partner:
            keys = {"partner_api_key": self.fake.partner_key}
            keys["client_secret"] = self.fake.data_import_key
            return self.post(path, {**keys, **body} if isinstance(body, dict) else body)
        key = self.fake.key_of(route.described.credential)
        bare = body is None or (route.method == "GET" and not body)
        return self.send(
            f"{path}?{query}" if query else path,
            b"" if bare else json.dumps(body).encode(),
            method=route.method,
            **{"Authorization": f"Bearer {key}", "X_Request_Origin": "https://idp.example"}
            | headers,
        )

    def track(self, **arrays: object) -> Answered:
        return self.post("/users/track", arrays)

    def attributes(self, **fields: object) -> Answered:
        """Write attributes of u1."""
        return self.track(attributes=[{"external_id": "u1", **fields}])

    def name(self, cohort_id: str = "aud_1", name: str = "VIP", **more: object) -> Answered:
        return self.cohort(COHORTS, cohort_id, name=name, created_at=NOW, **more)

    def change(self, *changes: object, cohort_id: str = "aud_1") -> Answered:
        return self.cohort(MEMBERS, cohort_id, cohort_changes=list(changes))

    def cohort(self, path: str, cohort_id: object, **fields: object) -> Answered:
        keys = {
            "partner_api_key": self.fake.partner_key,
            "client_secret": self.fake.data_import_key,
        }
        return self.post(path, {**keys, "cohort_id": cohort_id, **fields})


def client_of(fake: FakeBraze) -> BrazeClient:
    """A client with every kind of key, over the fake's socket."""
    return BrazeClient(
        fake.rest_api_key,
        data_center=fake.url,
        scim_token=fake.scim_token,
        scim_origin="https://idp.example",
        client_side_key=fake.client_side_key,
    )


def caller(**options: Any) -> Caller:  # Any: the options of FakeBraze
    return Caller(FakeBraze(**options))
