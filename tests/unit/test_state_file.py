"""What a state file may be, where it may lie, and what is refused and left alone."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import ConfigurationError, Delivery, Secret, SqliteState, StateError
from braze_engage.sync.known import Known
from braze_engage.sync.state_file import network_file_system
from braze_engage.sync.state_owner import Owner, is_alive
from tests.meta.trees import REPOSITORY
from tests.support.stores import Clock, rows_of
from tests.unit.test_sqlite_state import ANA, LTV, known, order

if TYPE_CHECKING:
    from pathlib import Path

KEY = "a key that nobody can guess"
MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
/dev/vdb /home/local\\040disk xfs rw 0 0
//server/share /mnt/share cifs rw 0 0
sshfs#host: /mnt/ssh fuse.sshfs rw 0 0
/dev/sdc1 /mnt/stick fuseblk rw 0 0
old /mnt/over ext4 rw 0 0
new /mnt/over nfs rw 0 0
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "engage.db"


def contents(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b"(none)"


class TestWhere:
    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            ("/var/lib/engage.db", None),
            ("/home/ana/engage.db", "nfs4"),
            ("/homes/engage.db", None),
            ("/home/local disk/engage.db", None),
            ("/mnt/share/engage.db", "cifs"),
            ("/mnt/ssh/engage.db", "fuse.sshfs"),
            ("/mnt/stick/engage.db", None),
            ("/mnt/over/engage.db", "nfs"),
        ],
    )
    def test_a_network_file_system_is_known_by_the_table_of_mounts(
        self, tmp_path: Path, path: str, kind: str | None
    ) -> None:
        mounts = tmp_path / "mounts"
        mounts.write_text(MOUNTS)
        assert network_file_system(type(tmp_path)(path), mounts) == kind

    def test_without_a_table_of_mounts_nothing_is_refused(self, tmp_path: Path) -> None:
        assert network_file_system(tmp_path, tmp_path / "nowhere") is None

    def test_a_network_file_system_is_refused(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("braze_engage.sync.state_file.network_file_system", lambda _: "nfs4")
        with pytest.raises(ConfigurationError, match=r"nfs4.*disk of this machine"):
            SqliteState(path)
        assert not path.exists()

    def test_a_directory_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="directory"):
            SqliteState(tmp_path)

    def test_a_directory_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match=r"No such file.*directory that exists"):
            SqliteState(tmp_path / "nowhere" / "engage.db")

    def test_a_place_that_may_not_be_written_is_refused(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        SqliteState(path).close()
        monkeypatch.setattr(os, "access", lambda _, mode: mode != os.R_OK | os.W_OK)
        with pytest.raises(ConfigurationError, match="may not be written"):
            SqliteState(path)

    def test_what_others_may_read_is_refused(self, path: Path) -> None:
        SqliteState(path).close()
        path.chmod(0o640)
        with pytest.raises(ConfigurationError, match="chmod 600"):
            SqliteState(path)

    @pytest.mark.parametrize("wrong", [None, 5, b"engage.db", ""])
    def test_what_is_no_path_is_refused(self, wrong: Any) -> None:
        with pytest.raises(ConfigurationError, match=r"state: .*such as 'engage\.db'"):
            SqliteState(wrong)

    @pytest.mark.parametrize("name", ["reassert_after", "busy_timeout", "turn_timeout"])
    @pytest.mark.parametrize("wrong", ["soon", -1, None])
    def test_a_time_that_is_none_is_refused(self, path: Path, name: str, wrong: object) -> None:
        given: dict[str, Any] = {name: wrong}
        with pytest.raises(ConfigurationError, match=f"{name}: .*give a time"):
            SqliteState(path, **given)
        assert not path.exists()

    def test_a_link_is_followed(self, tmp_path: Path, path: Path) -> None:
        link = tmp_path / "link.db"
        link.symlink_to(path)
        state = SqliteState(link)
        assert state.path == path
        state.close()
        assert not (tmp_path / "link.db-key").exists()


class TestForeign:
    def test_what_is_no_database_is_left_alone(self, path: Path) -> None:
        path.write_bytes(b"precious text\n" * 99)
        path.chmod(0o600)
        before = contents(path)
        (path.with_name("engage.db-key")).write_text("00" * 32)
        path.with_name("engage.db-key").chmod(0o600)
        with pytest.raises(ConfigurationError, match=r"no state file.*left alone"):
            SqliteState(path)
        assert contents(path) == before

    @pytest.mark.parametrize(
        "text", [b"precious text\n" * 99, b"\0" * 4096, b"SQLite format 3\0" + b"\1" * 4096]
    )
    def test_what_is_no_state_file_is_not_said_to_lack_its_key(
        self, path: Path, text: bytes
    ) -> None:
        path.write_bytes(text)
        path.chmod(0o600)
        with pytest.raises(ConfigurationError, match=r"no state file.*left alone"):
            SqliteState(path)
        assert contents(path) == text
        assert not path.with_name("engage.db-key").exists()

    def test_a_file_whose_maker_was_killed_before_it_had_tables_is_made_anew(
        self, path: Path
    ) -> None:
        """The database takes back what was half written, and leaves a file without anything."""
        SqliteState(path).close()
        path.unlink()
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE half (made)")
        connection.execute("DROP TABLE half")
        connection.close()
        path.chmod(0o600)
        assert path.stat().st_size > 0
        state = SqliteState(path)
        state.remember_done(Delivery.TRACK, "m1")
        state.close()
        assert SqliteState(path).is_done(Delivery.TRACK, "m1")

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ("PRAGMA application_id = 7", "another program"),
            ("PRAGMA user_version = 2", "has the schema 2.*Install the version that made it"),
            ("PRAGMA user_version = 0", "has the schema 0.*state migrate"),
            ("PRAGMA user_version = -1", "has begun and not ended; finish it with.*state migrate"),
            ("DROP TABLE people", "damaged"),
        ],
    )
    def test_another_schema_is_refused_and_left_alone(
        self, path: Path, change: str, words: str
    ) -> None:
        SqliteState(path).close()
        connection = sqlite3.connect(path)
        connection.execute(change)
        connection.close()
        before = contents(path)
        with pytest.raises(ConfigurationError, match=words):
            SqliteState(path)
        assert contents(path) == before

    def test_a_database_of_another_program_is_left_alone(self, path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE precious (text)")
        connection.close()
        path.chmod(0o600)
        before = contents(path)
        for key in (KEY, None):
            with pytest.raises(ConfigurationError, match="another program"):
                SqliteState(path, key=key)
        assert contents(path) == before

    def test_a_damaged_file_is_refused_and_left_alone(self, path: Path) -> None:
        SqliteState(path).close()
        damaged = bytearray(contents(path))
        damaged[4096:] = b"\xff" * (len(damaged) - 4096)
        path.write_bytes(damaged)
        with pytest.raises(ConfigurationError, match=r"damaged|malformed"):
            SqliteState(path)
        assert contents(path) == bytes(damaged)

    def test_a_row_that_cannot_be_read_is_a_failure_and_nothing_is_written(
        self, path: Path
    ) -> None:
        state = SqliteState(path)
        state.accepted(LTV, ANA, known(), sure=True)
        state.close()
        connection = sqlite3.connect(path)
        connection.execute("UPDATE people SET known = x'0004'")
        connection.commit()
        connection.close()
        state = SqliteState(path)
        assert state.newest(LTV, ANA) is None
        with pytest.raises(StateError, match="damaged"):
            state.commit()
        with pytest.raises(StateError, match="damaged"):
            state.close()
        assert rows_of(path, "SELECT hex(known) FROM people") == [("0004",)]


class TestKeys:
    def test_a_key_is_made_beside_the_file(self, path: Path) -> None:
        SqliteState(path).close()
        key = path.with_name("engage.db-key")
        assert len(bytes.fromhex(key.read_text().strip())) == 32
        SqliteState(path).close()

    def test_without_its_key_a_file_is_refused(self, path: Path) -> None:
        SqliteState(path).close()
        path.with_name("engage.db-key").unlink()
        with pytest.raises(ConfigurationError, match=r"engage.db-key.*BRAZE_STATE_KEY"):
            SqliteState(path)
        assert not path.with_name("engage.db-key").exists()

    @pytest.mark.parametrize("text", ["", "00", "no hexadecimal", "00" * 31])
    def test_a_key_file_that_holds_no_key_is_refused(self, path: Path, text: str) -> None:
        SqliteState(path).close()
        path.with_name("engage.db-key").write_text(text)
        with pytest.raises(ConfigurationError, match="32 bytes"):
            SqliteState(path)

    def test_a_key_file_that_others_may_read_is_refused(self, path: Path) -> None:
        SqliteState(path).close()
        path.with_name("engage.db-key").chmod(0o644)
        with pytest.raises(ConfigurationError, match="chmod 600"):
            SqliteState(path)

    def test_a_key_may_be_given_or_lie_in_the_environment(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        state = SqliteState(path, key=KEY)
        state.remember_done(Delivery.TRACK, "m1")
        state.close()
        assert not path.with_name("engage.db-key").exists()
        monkeypatch.setenv("BRAZE_STATE_KEY", KEY)
        for key in (None, Secret(KEY)):
            again = SqliteState(path, key=key)
            assert again.is_done(Delivery.TRACK, "m1")
            again.close()

    def test_another_key_is_refused(self, path: Path) -> None:
        SqliteState(path, key=KEY).close()
        with pytest.raises(ConfigurationError, match="another key") as caught:
            SqliteState(path, key=KEY + "!")
        assert KEY not in str(caught.value)

    @pytest.mark.parametrize("key", ["tiny", "fifteen letters"])
    def test_a_key_that_could_be_guessed_is_refused(self, path: Path, key: str) -> None:
        with pytest.raises(ConfigurationError, match="at least 16") as caught:
            SqliteState(path, key=key)
        assert key not in str(caught.value)


class TestBound:
    HOST = "https://rest.iad-06.braze.com"
    OTHER = "https://rest.fra-01.braze.eu"

    def test_another_host_is_refused(self, path: Path) -> None:
        state = SqliteState(path)
        state.bind(hosts={self.HOST}, workspace=None)
        state.bind(hosts={self.HOST}, workspace=None)
        with pytest.raises(ConfigurationError, match=r"iad-06.*fra-01.*another file"):
            state.bind(hosts={self.OTHER}, workspace=None)
        state.close()

    def test_a_further_host_is_added_to_those_it_knows(self, path: Path) -> None:
        state = SqliteState(path)
        state.bind(hosts={self.HOST}, workspace=None)
        state.bind(hosts={self.HOST, self.OTHER}, workspace=None)
        state.bind(hosts={self.OTHER}, workspace=None)
        with pytest.raises(ConfigurationError):
            state.bind(hosts={self.OTHER, "http://127.0.0.1:1"}, workspace=None)
        state.close()

    def test_another_workspace_is_refused(self, path: Path) -> None:
        state = SqliteState(path)
        state.bind(hosts={self.HOST}, workspace=None)
        state.bind(hosts={self.HOST}, workspace="shop-eu")
        for workspace in ("shop-us", None):
            with pytest.raises(ConfigurationError, match="workspace='shop-eu'"):
                state.bind(hosts={self.HOST}, workspace=workspace)
        state.close()


class TestTrouble:
    """A disk that is full, a file that is locked or may only be read: clear, and nothing lost."""

    @pytest.mark.parametrize(
        ("said", "remedy"),
        [
            ("database or disk is full", "make room"),
            ("attempt to write a readonly database", "write permission"),
            ("disk I/O error", "look at"),
            ("database disk image is malformed", "put a copy back"),
            ("something new", "run again"),
        ],
    )
    def test_it_is_said_what_to_do_and_nothing_noted_is_forgotten(
        self, path: Path, monkeypatch: pytest.MonkeyPatch, said: str, remedy: str
    ) -> None:
        state = SqliteState(path)
        state.accepted(LTV, ANA, known(), sure=True)
        state.spend("2026-11", 3)
        real = state._db.many

        def fail(statement: str, values: object) -> None:
            raise state._db._explained(sqlite3.OperationalError(said))

        monkeypatch.setattr(state._db, "many", fail)
        with pytest.raises(StateError, match=f"{said}.*{remedy}"):
            state.commit()
        assert isinstance(state.failure, StateError)
        monkeypatch.setattr(state._db, "many", real)
        with pytest.raises(StateError):
            state.commit()
        state.try_again()
        assert str(state.failure) == "None"
        state.close()
        again = SqliteState(path)
        assert again.holds(LTV, ANA, "true")
        assert again.spent("2026-11") == 3
        again.close()

    def test_a_file_that_another_process_holds_for_too_long(self, path: Path) -> None:
        state = SqliteState(path, busy_timeout=0.05)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        state.remember_done(Delivery.TRACK, "m1")
        with pytest.raises(StateError, match=r"locked.*another process"):
            state.commit()
        other.execute("COMMIT")
        other.close()
        state.try_again()
        state.close()

    def test_a_full_disk_while_it_is_made_leaves_an_empty_file_that_can_be_made_later(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from braze_engage.sync import state_db  # noqa: PLC0415 - patched here alone

        real = state_db.Database.run

        def fail(self: state_db.Database, statement: str, values: tuple[()] = ()) -> int:
            if "CREATE TABLE journal" in statement:
                raise self._explained(sqlite3.OperationalError("database or disk is full"))
            return real(self, statement, values)

        monkeypatch.setattr(state_db.Database, "run", fail)
        with pytest.raises(ConfigurationError, match="full"):
            SqliteState(path)
        monkeypatch.setattr(state_db.Database, "run", real)
        SqliteState(path).close()

    def test_two_that_make_it_at_once_make_one(self, path: Path) -> None:
        states: list[SqliteState] = []
        threads = [
            threading.Thread(target=lambda: states.append(SqliteState(path))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(states) == 8
        states[0].remember_done(Delivery.TRACK, "m1")
        states[0].commit()
        assert all(state.is_done(Delivery.TRACK, "m1") for state in states)
        for state in states:
            state.close()


class TestOwners:
    def test_a_mark_lasts_as_long_as_its_process(self, path: Path) -> None:
        owner = Owner(path)
        assert is_alive(path, owner.token)
        owner.close()
        assert not is_alive(path, owner.token)
        code = (
            "import os, sys; from pathlib import Path\n"
            "from braze_engage.sync.state_owner import Owner\n"
            "print(Owner(Path(sys.argv[1])).token, flush=True); sys.stdin.read(); os._exit(1)"
        )
        child = subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        token = child.stdout.readline().strip()
        assert is_alive(path, token)
        child.communicate()
        assert not is_alive(path, token)
        assert list(path.parent.iterdir()) == []


def test_a_file_that_is_left_open_is_closed_without_a_warning(path: Path) -> None:
    code = (
        "import sys; from braze_engage import SqliteState, Delivery\n"
        "state = SqliteState(sys.argv[1]); state.recover(); state._journal.owner\n"
        "state.remember_done(Delivery.TRACK, 'm1'); state.commit()"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not list(path.parent.glob("*-run-*"))
    assert not list(path.parent.glob("*-wal"))


def test_a_file_of_schema_1_is_still_read(tmp_path: Path) -> None:
    """A file as version 0.1 made it, with its key."""
    path = tmp_path / "engage.db"
    for name in ("engage.db", "engage.db-key"):
        packed = (REPOSITORY / "tests" / "data" / f"state-1-{name}.gz").read_bytes()
        (tmp_path / name).write_bytes(gzip.decompress(packed))
        (tmp_path / name).chmod(0o600)
    check_contents(path)


def check_contents(path: Path) -> None:
    """Everything that `tests.support.released_state` puts into a file is found in it."""
    state = SqliteState(path, now_ns=Clock())
    assert state.holds(LTV, ANA, "12.5")
    assert state.newest(LTV, ANA) == Known(order(3), state._hashes.value("12.5").hex())
    assert state.is_done(Delivery.TRACK, "m1")
    assert state.is_created(ANA)
    assert [holder.identity for holder in state.holders([LTV])] == [ANA]
    note = state.note(ANA, "vip")
    assert note is not None
    assert note.reason == "ignored"
    assert state.deleted_ns(ANA._replace(value="gone")) == order(1).time_ns
    assert state.spent("2026-11") == 7
    assert state.cohort_names() == [("aud_1", "vip", False)]
    checkpoint = state.checkpoint("nightly")
    assert checkpoint is not None
    assert (checkpoint.position, checkpoint.token) == (12, "page-3")
    assert len(state.kept_numbers("letters", None)) == 1
    assert len(state.kept_numbers("held", None)) == 1
    state.recover()
    assert state.is_lost(Delivery.TRACK, "m9")
    state.bind(hosts={"https://rest.iad-06.braze.com"}, workspace="shop-eu")
    state.close()
