"""Where a state file may lie, and who may read it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Final, cast

from braze_engage.errors import ConfigurationError

__all__ = ["network_file_system", "prepare_path"]

_MOUNTS: Final = Path("/proc/mounts")
_NETWORKS: Final = frozenset(
    {
        *("afs", "beegfs", "ceph", "cifs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4"),
        *("smb", "smb2", "smb3", "smbfs", "webdav"),
    }
)
_FUSE: Final = "fuse."
_ESCAPES: Final = {"\\040": " ", "\\011": "\t", "\\012": "\n", "\\134": "\\"}
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def prepare_path(path: str | os.PathLike[str]) -> tuple[Path, bool]:
    """Make an empty file that only its owner can read, or look whether the one there will do.

    Args:
        path: Where the state file is to lie.

    Returns:
        The path without links, and whether the file is empty.

    Raises:
        ConfigurationError: No state file can lie there.
    """
    if not isinstance(cast("object", path), str | os.PathLike) or not os.fspath(path):
        raise ConfigurationError(
            f"state: got {type(path).__name__}; give the path of a file, such as 'engage.db'"
        )
    where = Path(path).absolute()
    try:
        where = where.resolve()
        kind = network_file_system(where)
        if kind is not None:
            raise ConfigurationError(
                f"state: {where} lies on a network file system ({kind}), where no process can "
                "rely on the locks of another; give a path on a disk of this machine"
            )
        _create(where)
        return where, _is_empty(where)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    raise ConfigurationError(
        f"state: {where} cannot be used: {reason}; give a path in a directory that exists and may "
        "be written"
    )


def _create(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError:
        return
    os.close(descriptor)


def _is_empty(path: Path) -> bool:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ConfigurationError(f"state: {path} is a directory or no ordinary file; name a file")
    if status.st_mode & _OTHERS and sys.platform != "win32":
        raise ConfigurationError(
            f"state: others may read {path}, and it holds personal data; chmod 600 {path}"
        )
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK):
        raise ConfigurationError(
            f"state: {path} may not be written; give write permission to it and its directory"
        )
    # What it holds is for the database to read: closing a file lets go of the locks of every
    # connection that this process has to it.
    return status.st_size == 0


def network_file_system(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """Name the network file system that a path lies on; None for a disk, or where none can tell.

    Args:
        path: An absolute path without links.
        mounts: The table of mounts.
    """
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:  # systems without such a table
        return None
    longest, found = -1, ""
    for line in lines:
        _, _, rest = line.partition(" ")
        point, _, rest = rest.partition(" ")
        for escape, character in _ESCAPES.items():
            point = point.replace(escape, character)
        # of two mounts on one point the later one counts
        if len(point) >= longest and path.is_relative_to(point):
            longest, found = len(point), rest.partition(" ")[0]
    return found if found in _NETWORKS or found.startswith(_FUSE) else None
