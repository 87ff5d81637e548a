"""What ended a run, without the words of Braze, which may name people."""

from __future__ import annotations

from typing import Final

from braze_engage.errors import BrazeError, ResponseError

__all__ = ["told", "without_words"]

_LEFT_OUT: Final = "the words of Braze are left out, since they may name people"


def told(error: BrazeError) -> str:
    """Say of an error where it happened, the status and what to do.

    Args:
        error: What a client raised.
    """
    if not isinstance(error, ResponseError):
        return str(error)
    said = f"{error.status} from {error.method} {error.path}"
    return f"{said} - {error.hint}" if error.hint else said


def without_words(error: BrazeError) -> BrazeError:
    """Copy an error without the words of Braze, and without the frames it went through.

    Args:
        error: What a client raised.
    """
    copy = type(error).__new__(type(error))
    copy.__dict__.update(error.__dict__)
    if isinstance(copy, ResponseError):
        copy.message, copy.errors = _LEFT_OUT, ()
        copy.args = (f"{told(error)} ({_LEFT_OUT})",)
    else:
        copy.args, copy.__cause__ = error.args, error.__cause__
    return copy
