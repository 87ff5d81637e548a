"""Keys stay hidden, and a change in their store is seen."""

from __future__ import annotations

import copy
import functools
import gc
import json
import logging
import pickle
import threading
import traceback
from types import TracebackType
from typing import TYPE_CHECKING, cast

import attrs
import pytest

from braze_engage.credentials import (
    CachedSource,
    CallableKey,
    DataImportKey,
    EnvironmentKey,
    FixedKey,
    KeySource,
    PartnerKey,
    RestApiKey,
    Secret,
    key_source,
    scrub,
)
from braze_engage.errors import BareCause, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = [Secret, RestApiKey, PartnerKey, DataImportKey]
HIDDEN = "hunter2-6d1b5e5c-4f0a"
UNUSABLE: list[tuple[str, object, str]] = [
    ("empty", "", "blank"),
    ("blanks", "  \t", "blank"),
    ("leading blank", " " + HIDDEN, "blanks or line ends around"),
    ("line end", HIDDEN + "\n", "blanks or line ends around"),
    ("no-break space", HIDDEN + "\xa0", "blanks or line ends around"),
    ("inner line end", HIDDEN + "\r\nX-Evil: 1", "control or non-ASCII"),
    ("null", HIDDEN + "\x00", "control or non-ASCII"),
    ("smart quotes", "\u201c" + HIDDEN + "\u201d", "control or non-ASCII"),
    ("lone surrogate", HIDDEN + "\udc80", "control or non-ASCII"),
    ("bytes", HIDDEN.encode(), "not bytes"),
    ("list", [HIDDEN], "not list"),
    ("nothing", None, "not NoneType"),
    ("number", 5, "not int"),
]
unusable = pytest.mark.parametrize(
    ("value", "why"), [row[1:] for row in UNUSABLE], ids=[row[0] for row in UNUSABLE]
)


class Fragile(str):
    """Text of another type, such as a template engine's."""

    __slots__ = ()

    def __str__(self) -> str:
        return "something else"


def raised(act: Callable[[], object]) -> ConfigurationError:
    """What `act` raises, held to show no key even in a traceback with local variables."""
    with pytest.raises(ConfigurationError) as caught:
        act()
    error = caught.value
    assert "hunter2" not in str(error)
    assert "hunter2" not in with_locals(error)
    assert error.__context__ is None or isinstance(error.__context__, ConfigurationError)
    return error


def with_locals(error: BaseException) -> str:
    """The traceback with local variables of every frame but those of this test module."""
    chain: list[BaseException | None] = [error]
    text = ""
    while chain:
        if (link := chain.pop()) is None:
            continue
        inner = traceback.TracebackException(
            type(link), link, foreign(link.__traceback__), capture_locals=True, compact=True
        )
        text += "".join(inner.format(chain=False))
        chain += [link.__cause__, link.__context__]
    return text


def foreign(frames: TracebackType | None) -> TracebackType | None:
    kept: TracebackType | None = None
    for here in reversed(list(steps(frames))):
        if here.tb_frame.f_code.co_filename != __file__:
            kept = TracebackType(kept, here.tb_frame, here.tb_lasti, here.tb_lineno)
    return kept


def steps(frames: TracebackType | None) -> list[TracebackType]:
    found: list[TracebackType] = []
    while frames is not None:
        found.append(frames)
        frames = frames.tb_next
    return found


def test_the_check_for_tracebacks_can_fail() -> None:
    scope: dict[str, object] = {"ConfigurationError": ConfigurationError}
    exec(compile("def leak(text):\n    raise ConfigurationError('x')", "x.py", "exec"), scope)
    outside = cast("Callable[[str], None]", scope["leak"])
    with pytest.raises(ConfigurationError) as caught:
        outside(HIDDEN)
    assert "hunter2" in with_locals(caught.value)


@attrs.frozen
class Holder:
    key: Secret
    more: tuple[Secret, ...] = ()


@pytest.mark.parametrize("kind", KINDS)
class TestSecret:
    def test_it_gives_its_text_only_when_asked(self, kind: type[Secret]) -> None:
        assert kind(HIDDEN).reveal() == HIDDEN

    def test_every_textual_form_is_masked(self, kind: type[Secret]) -> None:
        key = kind(HIDDEN)
        masked = f"{kind.__name__}(**********)"
        assert [repr(key), str(key), f"{key}", f"{key!r}", "%s" % key] == [masked] * 5  # noqa: UP031 - the form under test
        assert f"{key:>40}" == masked.rjust(40)

    def test_nothing_that_looks_inside_shows_it(self, kind: type[Secret]) -> None:
        key = kind(HIDDEN)
        assert "hunter2" not in repr([getattr(key, name) for name in dir(key)])
        assert "hunter2" not in repr(gc.get_referents(key))
        with pytest.raises(TypeError):
            vars(key)

    def test_records_of_it_are_masked(
        self, kind: type[Secret], caplog: pytest.LogCaptureFixture
    ) -> None:
        holder = Holder(kind(HIDDEN), (kind(HIDDEN),))
        logging.getLogger("records").warning("%s %r %s", holder, holder.key, {"key": holder.key})
        assert "hunter2" not in caplog.text
        assert "hunter2" not in repr(holder)
        assert "hunter2" not in repr(attrs.asdict(holder))
        assert "hunter2" not in repr(attrs.astuple(holder))
        assert "hunter2" not in json.dumps(attrs.asdict(holder), default=str)

    def test_json_refuses_it(self, kind: type[Secret]) -> None:
        with pytest.raises(TypeError, match="not JSON serializable"):
            json.dumps({"key": kind(HIDDEN)})

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_pickling_is_refused_with_the_remedy(self, kind: type[Secret], protocol: int) -> None:
        with pytest.raises(TypeError, match="give workers a callable") as caught:
            pickle.dumps(Holder(kind(HIDDEN)), protocol)
        assert "hunter2" not in with_locals(caught.value)

    def test_a_copy_is_itself(self, kind: type[Secret]) -> None:
        key = kind(HIDDEN)
        assert copy.copy(key) is key
        assert copy.deepcopy([key])[0] is key

    def test_it_equals_its_own_kind_only(self, kind: type[Secret]) -> None:
        key = kind(HIDDEN)
        assert key == kind(HIDDEN)
        assert hash(key) == hash(kind(HIDDEN))
        assert key != kind(HIDDEN + "x")
        assert key != HIDDEN
        assert all(key != other(HIDDEN) for other in KINDS if other is not kind)

    def test_its_hash_is_not_that_of_the_text(self, kind: type[Secret]) -> None:
        assert hash(kind(HIDDEN)) != hash(HIDDEN)

    @unusable
    def test_unusable_text_is_refused(self, kind: type[Secret], value: object, why: str) -> None:
        for make in (kind, kind.of):
            error = raised(functools.partial(make, cast("str", value)))
            assert str(error).startswith(f"{kind.__name__}: ")
            assert why in str(error)
            assert kind.remedy in str(error)

    def test_text_of_another_type_is_taken_as_it_is(self, kind: type[Secret]) -> None:
        text = kind(Fragile(HIDDEN)).reveal()
        assert (text, type(text)) == (HIDDEN, str)


def test_a_kind_accepts_its_own_and_refuses_others_by_name() -> None:
    key = RestApiKey(HIDDEN)
    assert RestApiKey.of(key) is key
    assert Secret.of(key) is key
    assert RestApiKey.of(HIDDEN) == key
    error = raised(lambda: DataImportKey.of(key))
    assert "a RestApiKey was given where a DataImportKey belongs" in str(error)
    assert "Technology Partners" in str(error)


class TestScrub:
    KEY = RestApiKey('k/e+y "1\\2=')

    @pytest.mark.parametrize(
        "written",
        [
            'k/e+y "1\\2=',
            r"k/e+y \"1\\2=",
            r"k\/e+y \"1\\2=",
            r"k/e+y \\\"1\\\\2=",
            r"\u006b\u002Fe\u002by\u0020\u00221\u005c2\u003d",
            "k%2Fe%2By%20%221%5C2%3D",
            "k%2fe%2by+%221%5c2%3d",
            "k/e%2By%20%221%5C2%3D",
            "k%252Fe%252By%2520%25221%255C2%253D",
        ],
    )
    def test_every_written_form_goes(self, written: str) -> None:
        text = f'{{"message":"Partner not enabled: {written}"}} {written}'
        assert scrub(text, [self.KEY]) == (
            '{"message":"Partner not enabled: [redacted]"} [redacted]'
        )

    def test_a_longer_key_that_begins_alike_leaves_no_rest(self) -> None:
        keys = iter([RestApiKey("abc"), DataImportKey("abcdef"), PartnerKey("red")])
        assert scrub("abcdef abc red", keys) == "[redacted] [redacted] [redacted]"

    def test_other_text_stays(self) -> None:
        assert scrub("k/e+y \\\\ 100%", [self.KEY]) == "k/e+y \\\\ 100%"
        assert scrub("anything", []) == "anything"


class Store:
    """A vault whose content and health the test decides."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.reads = 0

    def read(self) -> RestApiKey:
        self.reads += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return cast("RestApiKey", answer)


class Hand:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


OLD, NEW = RestApiKey("old"), RestApiKey("new")


class TestCachedSource:
    def test_a_change_is_seen_after_60_seconds_and_the_store_asked_no_oftener(self) -> None:
        clock, store = Hand(), Store(OLD, NEW)
        cached = CachedSource(store, clock=clock)
        for now, key, reads in [
            (1_000.0, OLD, 1),
            (1_059.9, OLD, 1),
            (1_060.0, NEW, 2),
            (1_119.9, NEW, 2),
        ]:
            clock.now = now
            assert (cached.get(), store.reads) == (key, reads)

    def test_age_counts_from_before_a_slow_read(self) -> None:
        clock = Hand()
        keys = [OLD, NEW]

        class Slow:
            def read(self) -> RestApiKey:
                key = keys.pop(0)
                clock.now += 50
                return key

        cached = CachedSource(Slow(), clock=clock)
        assert cached.get() == OLD
        clock.now += 10
        assert cached.get() == NEW

    def test_rereading_is_done_at_once(self) -> None:
        store = Store(OLD, NEW)
        cached = CachedSource(store, clock=Hand())
        assert (cached.get(), cached.reread(), cached.get()) == (OLD, NEW, NEW)
        assert store.reads == 2

    def test_a_failing_store_keeps_what_is_known_and_is_asked_again_later(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        clock, store = Hand(), Store(OLD, OSError(HIDDEN), NEW)
        cached = CachedSource(store, clock=clock)
        cached.get()
        clock.now += 60
        assert (cached.get(), cached.get(), store.reads) == (OLD, OLD, 2)
        assert caplog.messages == ["Store: OSError (the last value known stays in use)"]
        clock.now += 60
        assert (cached.get(), store.reads) == (NEW, 3)

    def test_rereading_a_failing_store_raises_and_forgets_nothing(self) -> None:
        cached = CachedSource(Store(OLD, OSError("sealed")), clock=Hand())
        cached.get()
        error = raised(cached.reread)
        assert str(error) == "Store: OSError"
        assert str(error.__cause__) == "builtins.OSError: sealed"
        assert cached.get() == OLD

    def test_nothing_known_yet_is_an_error_each_time(self) -> None:
        store = Store(OSError("sealed"), OSError("sealed"), OLD)
        cached = CachedSource(store, clock=Hand())
        raised(cached.get)
        raised(cached.get)
        assert cached.get() == OLD

    def test_an_error_of_this_library_keeps_its_words_and_bare_cause(self) -> None:
        failing = CallableKey(RestApiKey, Store(OSError("sealed")).read)
        error = raised(CachedSource(failing, clock=Hand()).get)
        assert str(error) == "CallableKey: Store.read: OSError"
        assert isinstance(error.__cause__, BareCause)
        assert str(error.__cause__) == "builtins.OSError: sealed"

    def test_no_age_at_all_reads_each_time(self) -> None:
        store = Store(OLD)
        cached = CachedSource(store, max_age=0, clock=Hand())
        cached.get()
        cached.get()
        assert store.reads == 2

    @pytest.mark.parametrize("max_age", [-1, float("nan")])
    def test_a_negative_age_is_refused(self, max_age: float) -> None:
        assert "max_age" in str(raised(lambda: CachedSource(Store(OLD), max_age=max_age)))

    def test_threads_that_come_together_read_once(self) -> None:
        store = Store(OLD)
        cached = CachedSource(store, clock=Hand())
        barrier = threading.Barrier(8)
        seen: list[RestApiKey] = []

        def ask() -> None:
            barrier.wait()
            seen.append(cached.get())

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (seen, store.reads) == ([OLD] * 8, 1)


def from_vault() -> str:
    return HIDDEN


def failing_vault(token: str = HIDDEN) -> str:
    raise PermissionError(f"sealed, token of {len(token)}")


class Keyring:
    """Callable and a store at once: the store wins."""

    def __call__(self) -> str:
        return "called"

    def read(self) -> RestApiKey:
        return RestApiKey("read")


class TestCallableKey:
    def test_text_and_keys_are_taken(self) -> None:
        assert CallableKey(RestApiKey, from_vault).read() == RestApiKey(HIDDEN)
        assert CallableKey(RestApiKey, lambda: NEW).read() is NEW

    def test_a_failure_names_the_callable_and_keeps_a_bare_cause(self) -> None:
        error = raised(CallableKey(RestApiKey, failing_vault).read)
        assert str(error) == "failing_vault: PermissionError"
        assert isinstance(error.__cause__, BareCause)
        assert str(error.__cause__).startswith("builtins.PermissionError: sealed")
        assert error.__cause__.__traceback__ is None
        assert error.__context__ is None

    def test_an_error_of_this_library_loses_frames_and_foreign_causes(self) -> None:
        def vault() -> str:
            try:
                return failing_vault()
            except PermissionError as error:
                raise ConfigurationError("unseal it first") from error

        error = raised(CallableKey(RestApiKey, vault).read)
        assert str(error).endswith("vault: unseal it first")
        assert (error.__cause__, error.__context__) == (None, None)

    @unusable
    def test_unusable_keys_name_the_callable(self, value: object, why: str) -> None:
        def vault() -> str:
            return cast("str", value)

        error = raised(CallableKey(PartnerKey, vault).read)
        assert "vault: PartnerKey: " in str(error)
        assert why in str(error)

    def test_a_key_of_another_kind_is_refused(self) -> None:
        error = raised(CallableKey(cast("type[Secret]", PartnerKey), lambda: OLD).read)
        assert "a RestApiKey was given where a PartnerKey belongs" in str(error)

    def test_arguments_bound_to_the_callable_are_not_shown(self) -> None:
        source = CallableKey(RestApiKey, functools.partial(failing_vault, HIDDEN))
        assert str(raised(source.read)) == "partial: PermissionError"
        assert "hunter2" not in repr(source)

    def test_arguments_of_a_store_are_not_shown(self) -> None:
        @attrs.frozen
        class Vault:
            token: str

            def read(self) -> str:
                return failing_vault(self.token)

        error = raised(CachedSource(Vault(HIDDEN)).get)
        assert str(error).endswith("Vault: PermissionError")

    def test_it_pickles_for_workers(self) -> None:
        copied = pickle.loads(pickle.dumps(CallableKey(RestApiKey, from_vault)))
        assert copied.read() == RestApiKey(HIDDEN)


class TestEnvironmentKey:
    def test_it_reads_what_is_there_now(self, monkeypatch: pytest.MonkeyPatch) -> None:
        source = EnvironmentKey(RestApiKey, "BRAZE_TEST_KEY")
        for text in ("old", "new"):
            monkeypatch.setenv("BRAZE_TEST_KEY", text)
            assert source.read() == RestApiKey(text)
        assert pickle.loads(pickle.dumps(source)).read() == NEW

    def test_a_missing_variable_is_named_with_the_remedy(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("BRAZE_TEST_KEY", raising=False)
        error = raised(EnvironmentKey(RestApiKey, "BRAZE_TEST_KEY").read)
        assert str(error) == (
            "environment variable BRAZE_TEST_KEY: not set; put the RestApiKey there: "
            "copy it from Settings > APIs and Identifiers in the Braze dashboard"
        )

    def test_an_unusable_one_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BRAZE_TEST_KEY", HIDDEN + "\n")
        error = raised(EnvironmentKey(DataImportKey, "BRAZE_TEST_KEY").read)
        assert "environment variable BRAZE_TEST_KEY: DataImportKey: there are blanks" in str(error)

    @pytest.mark.parametrize("variable", [HIDDEN, "", "A B", "A=" + HIDDEN, HIDDEN.encode()])
    def test_what_is_no_name_is_refused_unseen(self, variable: object) -> None:
        error = raised(lambda: EnvironmentKey(RestApiKey, cast("str", variable)))
        assert "such as BRAZE_REST_API_KEY" in str(error)


class TestKeySource:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("text", "text"),
            (OLD, "old"),
            (lambda: "called", "called"),
            (lambda: NEW, "new"),
            (FixedKey(OLD), "old"),
            (Store(NEW), "new"),
            (Keyring(), "read"),
        ],
    )
    def test_whatever_a_client_accepts_becomes_a_source(self, value: str, text: str) -> None:
        source = key_source(RestApiKey, value)
        assert isinstance(source, KeySource)
        assert source.read().reveal() == text

    @unusable
    def test_an_unusable_key_is_refused_at_once(self, value: object, why: str) -> None:
        error = raised(lambda: key_source(RestApiKey, cast("str", value)))
        assert str(error).startswith("RestApiKey: ")
        assert why.removeprefix("not ") in str(error)

    def test_another_kind_is_refused_at_once(self) -> None:
        error = raised(lambda: key_source(cast("type[Secret]", PartnerKey), OLD))
        assert "a RestApiKey was given where a PartnerKey belongs" in str(error)

    def test_what_a_store_gives_is_checked(self) -> None:
        source = key_source(RestApiKey, Store(" padded "))
        assert "Store.read: RestApiKey: there are blanks" in str(raised(source.read))

    def test_a_running_client_sees_a_change_of_the_environment(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock = Hand()
        monkeypatch.setenv("BRAZE_TEST_KEY", "old")
        source = key_source(RestApiKey, EnvironmentKey(RestApiKey, "BRAZE_TEST_KEY"))
        cached = CachedSource(source, clock=clock)
        assert cached.get() == OLD
        monkeypatch.setenv("BRAZE_TEST_KEY", "new")
        clock.now += 60
        assert cached.get() == NEW
