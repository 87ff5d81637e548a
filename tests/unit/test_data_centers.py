"""Every instance resolves in every documented form, and nothing else does."""

from __future__ import annotations

import pickle
import warnings
from typing import TYPE_CHECKING, cast

import attrs
import pytest

from braze_engage.data_centers import DataCenter, UnconfirmedDataCenter
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from braze_engage.data_centers import PartnerRegion

# Typed in from Braze's pages a second time: one slip cannot hide in table and test alike.
# instance, REST URL, dashboard URL, SDK host, region, partner region, stated by Braze
EXPECTED = [
    *(
        (f"US-0{n}", f"iad-0{n}.braze.com", f"dashboard-0{n}.braze.com", "us", "us", True)
        for n in range(1, 9)
    ),
    ("US-09", "us-09.braze.com", "dashboard-09.braze.com", "us", "us", True),
    ("US-10", "us-10.braze.com", "dashboard.us-10.braze.com", "us", "us", False),
    ("EU-01", "fra-01.braze.eu", "dashboard-01.braze.eu", "eu", "eu", True),
    ("EU-02", "fra-02.braze.eu", "dashboard-02.braze.eu", "eu", "eu", True),
    *(
        (f"{c.upper()}-01", f"{c}-01.braze.com", f"dashboard.{c}-01.braze.com", c, "us", False)
        for c in ("au", "id", "jp", "kr")
    ),
]


def resolve(value: object) -> DataCenter:
    """Resolve what may be unconfirmed, or no text at all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnconfirmedDataCenter)
        return DataCenter.resolve(cast("str", value))


def refusal(value: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        resolve(value)
    message = str(caught.value)
    assert message.startswith("data_center: ")
    assert len(message) < 600
    return message


def custom_refusal(url: object, partner_region: object = "us") -> str:
    with pytest.raises(ConfigurationError) as caught:
        DataCenter.custom(cast("str", url), partner_region=cast("PartnerRegion", partner_region))
    return str(caught.value)


def test_the_table_is_that_of_braze() -> None:
    rows = [
        (
            dc.instance,
            dc.rest_url,
            dc.sdk_host,
            dc.dashboard_url,
            dc.region,
            dc.partner_region,
            dc.partner_region_confirmed,
        )
        for dc in DataCenter.known()
    ]
    assert rows == [
        (instance, f"https://rest.{site}", f"sdk.{site}", f"https://{board}", region, partner, said)
        for instance, site, board, region, partner, said in EXPECTED
    ]
    assert [dc.instance for dc in DataCenter.known() if not dc.confirmed] == ["US-09"]


@pytest.mark.parametrize(
    ("value", "instance"),
    [
        ("us-06", "US-06"),
        ("US-06", "US-06"),
        (" \tUs-06\r\n", "US-06"),
        ("\xa0us-06\xa0", "US-06"),
        ("https://dashboard-06.braze.com/x?y", "US-06"),
        ("HTTPS://DASHBOARD-06.BRAZE.COM#fragment", "US-06"),
        ("https://dashboard-06.braze.com?next=https://rest.iad-01.braze.com", "US-06"),
        ("https://dashboard-06.braze.com/people/a@b.example", "US-06"),
        ("https://dashboard-06.braze.com/Käufer%20", "US-06"),
        ("dashboard-06.braze.com", "US-06"),
        ("dashboard-06.braze.com/users", "US-06"),
        ("rest.iad-06.braze.com", "US-06"),
        ("https://rest.iad-06.braze.com/", "US-06"),
        ("https://rest.iad-06.braze.com/users/track", "US-06"),
        ("iad-06", "US-06"),
        ("fra-02", "EU-02"),
        ("https://dashboard.iad-01.braze.com", "US-01"),
        ("https://dashboard-10.braze.com", "US-10"),
        ("https://dashboard.us-10.braze.com", "US-10"),
        ("https://dashboard.eu-01.braze.com", "EU-01"),
        ("dashboard-01.braze.eu", "EU-01"),
        ("kr-01", "KR-01"),
    ],
)
def test_a_documented_form_resolves(value: str, instance: str) -> None:
    assert resolve(value).instance == instance


def test_a_data_center_resolves_to_itself() -> None:
    dc = DataCenter.custom("https://braze.proxy.example", partner_region="us")
    assert DataCenter.resolve(dc) is dc


def test_it_is_a_frozen_hashable_picklable_value_that_reads_well() -> None:
    dc = DataCenter.resolve("us-06")
    assert str(dc) == "US-06 (https://rest.iad-06.braze.com)"
    assert pickle.loads(pickle.dumps(dc)) == dc
    assert {dc: 1}[DataCenter.resolve("iad-06")] == 1
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        dc.rest_url = "https://evil.example"  # type: ignore[misc]  # that is the point


class TestUnconfirmed:
    @pytest.mark.parametrize(
        "value", ["us-09", "https://rest.us-09.braze.com", "dashboard-09.braze.com"]
    )
    def test_it_resolves_with_a_warning_that_blames_the_caller(self, value: str) -> None:
        with pytest.warns(UnconfirmedDataCenter, match="US-09 .*do not list") as caught:
            dc = DataCenter.resolve(value)
        assert not dc.confirmed
        assert [warning.filename for warning in caught] == [__file__]

    def test_the_warning_blames_the_caller_of_a_client_too(self) -> None:
        client: dict[str, object] = {
            "__name__": "braze_engage.rest.client",
            "DataCenter": DataCenter,
        }
        exec("def client(value): return DataCenter.resolve(value)", client)
        call = client["client"]
        assert callable(call)
        with pytest.warns(UnconfirmedDataCenter) as caught:
            call("us-09")
        assert [warning.filename for warning in caught] == [__file__]

    def test_a_warning_is_not_repeated_for_what_is_resolved(self) -> None:
        dc = resolve("us-09")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert DataCenter.resolve(dc) is dc


class TestLoopback:
    @pytest.mark.parametrize(
        ("value", "rest_url"),
        [
            ("http://127.0.0.1:4010", "http://127.0.0.1:4010"),
            ("HTTP://LocalHost:4010/", "http://localhost:4010"),
            ("http://[::1]:65535", "http://[::1]:65535"),
            ("http://localhost", "http://localhost"),
            ("https://127.0.0.1:8443", "https://127.0.0.1:8443"),
        ],
    )
    def test_it_stands_for_a_local_instance(self, value: str, rest_url: str) -> None:
        dc = DataCenter.resolve(value)
        assert (dc.instance, dc.rest_url) == ("LOCAL", rest_url)
        assert (dc.region, dc.partner_region, dc.confirmed) == ("us", "us", True)
        assert (dc.dashboard_url, dc.sdk_host) == (None, None)

    def test_a_custom_one_chooses_its_partner_region(self) -> None:
        dc = DataCenter.custom("http://127.0.0.1:4010", partner_region="eu")
        assert (dc.instance, dc.region, dc.partner_region) == ("LOCAL", "eu", "eu")

    @pytest.mark.parametrize(
        ("value", "why"),
        [
            ("127.0.0.1:4010", "must begin with https://"),
            ("ftp://127.0.0.1", "must begin with https://"),
            ("http://127.0.0.1:4010/base", "must stand alone"),
            ("http://127.0.0.1:4010?x", "must stand alone"),
            ("http://127.0.0.1:0", "port"),
            ("http://127.0.0.1:65536", "port"),
            ("http://127.0.0.1:", "port"),
            ("http://127.0.0.1:80:80", "port"),
            ("http://127.0.0.1:8O", "port"),
            ("http://127.0.0.1.evil.example", "no known"),
            ("http://[::1", "host is needed"),
            ("http://[::2]:1", "no known"),
        ],
    )
    def test_what_is_not_quite_it_is_refused(self, value: str, why: str) -> None:
        assert why in refusal(value)


class TestRefused:
    @pytest.mark.parametrize("scheme", ["", "https://", "http://"])
    @pytest.mark.parametrize(
        ("host", "rest_url"),
        [
            ("sdk.iad-06.braze.com", "https://rest.iad-06.braze.com"),
            ("SDK.us-10.braze.com/api/v3", "https://rest.us-10.braze.com"),
            ("sdk.api.appboy.eu", "https://rest.fra-01.braze.eu"),
        ],
    )
    def test_an_sdk_host_names_its_rest_host(self, scheme: str, host: str, rest_url: str) -> None:
        message = refusal(scheme + host)
        assert "SDK host" in message
        assert rest_url in message

    def test_an_unknown_sdk_host_asks_for_the_rest_host(self) -> None:
        assert "REST host is needed" in refusal("sdk.iad-99.braze.com")

    @pytest.mark.parametrize(
        "value", ["dashboard.braze.com", "https://dashboard.braze.eu/auth?next=%2F"]
    )
    def test_a_login_forwarder_says_where_to_look(self, value: str) -> None:
        assert "address of your dashboard after login" in refusal(value)

    @pytest.mark.parametrize(
        ("value", "nearest"),
        [
            ("us06", "US-06"),
            ("us_06", "US-06"),
            ("US-6", "US-06"),
            ("iad06", "US-06"),
            ("us-66", "US-06"),
            ("https://us-06", "US-06"),
            ("us-06/", "US-06"),
            ("us-06:443", "US-06"),
            ("rest.iad-06.braze.con", "US-06"),
            ("eu-03", "EU-0"),
            ("dashboard-03.braze.eu", "EU-0"),
        ],
    )
    def test_an_unknown_one_suggests_the_nearest(self, value: str, nearest: str) -> None:
        assert f"did you mean {nearest}" in refusal(value)

    def test_one_that_is_near_nothing_lists_all(self) -> None:
        assert "known are US-01, " in refusal("frankfurt")

    @pytest.mark.parametrize("scheme", ["http", "ftp", "wss"])
    def test_a_host_of_braze_is_reached_by_https_only(self, scheme: str) -> None:
        assert "write https://rest.iad-06.braze.com" in refusal(f"{scheme}://rest.iad-06.braze.com")

    @pytest.mark.parametrize("port", [443, 8443])
    def test_a_host_of_braze_takes_no_port(self, port: int) -> None:
        assert "takes no port" in refusal(f"https://rest.iad-06.braze.com:{port}")

    @pytest.mark.parametrize(
        "value",
        [
            "rest.iad-06.braze.com.evil.com",
            "https://rest.iad-06.braze.com.evil.com/",
            "xrest.iad-06.braze.com",
            "evil.rest.iad-06.braze.com",
            "rest.iad-06-braze.com",
            "rest.iad-06.braze.com.",
            "rest.iad-06..braze.com",
            ".rest.iad-06.braze.com",
            "rest.iad-06.braze.community",
            "rest.fra-01.braze.com",
            "rest.iad-10.braze.com",
            "us-06.evil.com",
            "braze.com",
        ],
    )
    def test_a_look_alike(self, value: str) -> None:
        assert "is no known instance or host of Braze" in refusal(value)

    @pytest.mark.parametrize(
        "value",
        [
            "us-0\x006",
            "US 06",
            "rest.iad-06\n.braze.com",
            "https://rest.iad-06.braze.com/\r\nHost: evil.com",
            "rest.iad-06.braze.com\\@evil.com",
            "https:\\\\rest.iad-06.braze.com",
            "us-06\x7f",
            "us-06\x85",
            "us-06\u2028",
            "us\u300006",
        ],
    )
    def test_control_characters_blanks_and_backslashes(self, value: str) -> None:
        assert "are refused, found" in refusal(value)

    @pytest.mark.parametrize(
        "value",
        [
            "rest.i\u0430d-06.braze.com",
            "\uff55\uff53-06",
            "\u212ar-01",
            "dashboard-06.braze.com\uff0fevil",
            "rest.iad-06\u3002braze.com",
            "http\u017f://rest.iad-06.braze.com",
            "us-06\u200b",
        ],
    )
    def test_non_ascii_hosts(self, value: str) -> None:
        message = refusal(value)
        assert "plain ASCII" in message
        assert message.isascii()

    @pytest.mark.parametrize(
        "value", ["rest%2eiad-06.braze.com", "https://rest.iad-06.braze.com%2f.evil.com"]
    )
    def test_percent_encoding(self, value: str) -> None:
        assert "percent-encoding" in refusal(value)

    @pytest.mark.parametrize("value", [None, b"us-06", 6, 6.0, True, ["us-06"], {}, object()])
    def test_wrong_types(self, value: object) -> None:
        assert f"not {type(value).__name__}" in refusal(value)

    @pytest.mark.parametrize(
        "value", ["", "  ", "/", "https://", "https:///x", "//us-06", "?us-06"]
    )
    def test_no_host_at_all(self, value: str) -> None:
        assert "host is needed" in refusal(value)


class TestNothingPrivateIsEchoed:
    @pytest.mark.parametrize(
        "value",
        [
            "https://admin:hunter2@rest.iad-06.braze.com",
            "hunter2@us-06",
            "https://rest.iad-66.braze.com/?api_key=hunter2",
            "sdk.iad-06.braze.com/hunter2",
            "http://rest.iad-06.braze.com?hunter2",
            "https://host:hunter2",
            "nowhere hunter2",
            "\u201chunter2\u201d",
            "hunter2-1111-2222-3333-444455556666",
            "hunter2." * 20,
        ],
    )
    def test_of_what_is_refused(self, value: str) -> None:
        assert "hunter2" not in refusal(value)

    @pytest.mark.parametrize(
        "url", ["https://a:hunter2@proxy.example", "https://proxy.example/?key=hunter2"]
    )
    def test_of_a_custom_one(self, url: str) -> None:
        assert "hunter2" not in custom_refusal(url)

    @pytest.mark.parametrize("value", ["a" * 10**6, "a." * 10**6, "us-06" * 10**5, "\\" * 10**6])
    def test_absurd_lengths_give_short_messages(self, value: str) -> None:
        assert len(refusal(value)) < 600


class TestCustom:
    @pytest.mark.parametrize(
        ("url", "rest_url"),
        [
            ("https://braze.proxy.example:8443", "https://braze.proxy.example:8443"),
            (" HTTPS://Braze.Proxy.Example/ ", "https://braze.proxy.example"),
            ("https://proxy:8443", "https://proxy:8443"),
            ("https://10.0.0.7", "https://10.0.0.7"),
        ],
    )
    def test_a_proxy_is_taken_at_its_word(self, url: str, rest_url: str) -> None:
        dc = DataCenter.custom(url, partner_region="eu")
        assert attrs.asdict(dc) == {
            "instance": "CUSTOM",
            "rest_url": rest_url,
            "dashboard_url": None,
            "sdk_host": None,
            "region": "eu",
            "partner_region": "eu",
            "confirmed": True,
            "partner_region_confirmed": True,
        }

    def test_a_new_instance_of_braze_is_warned_of(self) -> None:
        with pytest.warns(UnconfirmedDataCenter, match="iad-77") as caught:
            dc = DataCenter.custom("https://rest.iad-77.braze.com", partner_region="us")
        assert not dc.confirmed
        assert [warning.filename for warning in caught] == [__file__]

    @pytest.mark.parametrize(
        ("url", "why"),
        [
            ("http://proxy.example", "must begin with https://"),
            ("proxy.example", "must begin with https://"),
            ("http://127.0.0.2", "must begin with https://"),
            ("https://proxy.example/braze", "must stand alone"),
            ("https://proxy.example#x", "must stand alone"),
            ("https://user@proxy.example", "user name or password"),
            ("https://proxy.example.", "no host name"),
            ("https://proxy..example", "no host name"),
            ("https://-proxy.example", "no host name"),
            ("https://proxy-.example", "no host name"),
            ("https://under_score.example", "no host name"),
            (f"https://{'a' * 64}.example", "no host name"),
            (f"https://{'abc.' * 63}example", "no host name"),
            ("https://[::2]", "no host name"),
            ("https://sdk.iad-06.braze.com", "https://rest.iad-06.braze.com"),
            ("https://sdk.iad-77.braze.com", "REST host is needed"),
            ("https://dashboard.braze.com", "only forwards a login"),
            ("https://rest.iad-06.braze.com", "DataCenter.resolve('US-06')"),
            ("https://rest.iad-06.braze.com:8443", "DataCenter.resolve('US-06')"),
            ("https://dashboard-06.braze.com", "DataCenter.resolve('US-06')"),
            ("https://dashboard-77.braze.com", "is a dashboard"),
            ("https://rest.iad-06.braze.com.evil.com", "looks like a host of Braze"),
            ("https://rest.iad-06-braze.com", "looks like a host of Braze"),
            ("https://rest.iad-06.braze.co", "looks like a host of Braze"),
            ("https://braze.com", "looks like a host of Braze"),
            ("https://notbraze.eu", "looks like a host of Braze"),
            (None, "not NoneType"),
        ],
    )
    def test_an_unusable_url_is_refused(self, url: object, why: str) -> None:
        message = custom_refusal(url)
        assert message.startswith("url: ")
        assert why in message

    @pytest.mark.parametrize("partner_region", ["au", "US", None, [], 1])
    def test_an_unknown_partner_region_is_refused(self, partner_region: object) -> None:
        message = custom_refusal("https://proxy.example", partner_region)
        assert message == "partner_region: 'us' or 'eu' is needed"


@pytest.mark.parametrize(
    "rest_url", ["http://rest.iad-06.braze.com", "https://x.example/", "HTTPS://x.example", "x", 5]
)
def test_one_made_by_hand_is_checked_too(rest_url: str) -> None:
    with pytest.raises(ConfigurationError, match="rest_url"):
        attrs.evolve(DataCenter.resolve("us-06"), rest_url=rest_url)
