"""The fixtures for pytest and the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from braze_engage.testing import FakeBraze, __main__
from braze_engage.testing.__main__ import main, seed

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester", "braze_engage.testing.pytest_plugin"]

SUITE = """
    import pytest
    import requests
    pytest_plugins = ["braze_engage.testing.pytest_plugin"]
    seen = []

    def post(fake, path):
        headers = {"Authorization": "Bearer " + fake.rest_api_key}
        body = {"attributes": [{"external_id": "u1"}]}
        return requests.post(fake.url + path, json=body, headers=headers).status_code

    def test_first(fake_braze):
        assert post(fake_braze, "/users/track") == 201
        assert "u1" in fake_braze.users
        fake_braze.lag = 5
        seen.append(fake_braze)

    def test_second(fake_braze):
        assert fake_braze is seen[0]
        assert (len(fake_braze.users), fake_braze.lag) == (0, 0)

    def test_unused(fake_braze):
        fake_braze.fail("/users/track", status=503)

    def test_unrouted(fake_braze):
        assert post(fake_braze, "/users/trac") == 404

    def test_after(fake_braze):
        assert post(fake_braze, "/users/track") == 201

    def test_in_process(in_process_braze):
        session = in_process_braze.session()
        assert session.get("https://rest.iad-01.braze.com/nowhere").status_code == 404
"""


def test_a_test_fails_for_what_was_not_met(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=6, errors=3)
    result.stdout.fnmatch_lines(
        [
            "*1 unused fault(s) for /users/track, next: status 503*",
            "*no route for POST /users/trac*",
            "*no route for GET /nowhere*",
        ]
    )


def test_the_served_fixture(fake_braze: FakeBraze, in_process_braze: FakeBraze) -> None:
    assert fake_braze.url.startswith("http://127.0.0.1:")
    assert fake_braze.url in repr(fake_braze)
    assert in_process_braze is not fake_braze


def test_people_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "demo.json"
    pair = {"alias_name": "a", "alias_label": "l"}
    people = [
        {"external_id": "u1", "email": "a@b.co", "custom_attributes": {"vip": True}},
        {"aliases": [pair], "devices": ["device-1"], "phone": "4155550100"},
    ]
    file.write_text(json.dumps({"users": people}))
    fake = FakeBraze()
    seed(fake, file)
    assert fake.users["u1"].custom_attributes == {"vip": True}
    anonymous = fake.find(user_alias=("a", "l"))
    assert anonymous is not None
    assert (anonymous.devices, anonymous.phone) == (["device-1"], "+14155550100")


@pytest.mark.parametrize(
    ("content", "fragment"),
    [
        ("[]", 'expected {"users": [...]}'),
        ('{"users": {}}', 'expected {"users": [...]}'),
        ('{"users": [{"name": "x"}]}', "unknown field 'name'"),
        ("{", "--seed"),
    ],
)
def test_a_wrong_file_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, fragment: str
) -> None:
    file = tmp_path / "demo.json"
    file.write_text(content)
    assert main(["--seed", str(file)]) == 2
    assert fragment in capsys.readouterr().err


def test_address_and_keys_are_printed_for_a_shell(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(__main__, "wait", interrupt)
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("export BRAZE_DATA_CENTER=http://127.0.0.1:")
    assert lines[1:] == [
        "export BRAZE_REST_API_KEY=fake-rest-api-key",
        "export BRAZE_DATA_IMPORT_KEY=fake-data-import-key",
        "export BRAZE_PARTNER=segment",
        "export BRAZE_PARTNER_KEY=fake-partner-key",
    ]
