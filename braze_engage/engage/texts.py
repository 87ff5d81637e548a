"""JSON text of a source."""

from __future__ import annotations

import json
from typing import Final, NoReturn

from braze_engage.engage.outcomes import Reason, Unreadable

__all__ = ["parse_json"]

_BOM: Final = "\ufeff"


def parse_json(text: str | bytes | bytearray) -> object:
    """Parse strict JSON.

    Python's parser also takes NaN and Infinity, which are no JSON. Of a name that occurs twice in
    one object the last value counts, as at Segment.

    Args:
        text: One JSON value; bytes are UTF-8, a byte order mark is tolerated.

    Raises:
        Unreadable: It is not JSON.
    """
    try:
        decoded = text if isinstance(text, str) else text.decode()
        return json.loads(decoded.removeprefix(_BOM), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        detail = f"byte {error.start} is not valid UTF-8; write the source as UTF-8"
    except json.JSONDecodeError as error:
        detail = f"{error.msg} at character {error.pos}; write one JSON value per item"
    except RecursionError:
        detail = "it is nested too deeply; no call of Segment is"
    except ValueError:
        detail = "it holds a number with thousands of digits; send such a value as text"
    raise Unreadable(Reason.NOT_JSON, detail)


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable(
        Reason.NOT_JSON, f"it holds {name}, which is not JSON; send null or leave the name out"
    )
