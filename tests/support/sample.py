"""The packaged sample calls, line by line."""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from typing import Any


def sample_lines() -> list[bytes]:
    """The 413 lines, in order; line n of the description is index n - 1."""
    data = files("braze_engage.testing") / "data" / "engage-sample.jsonl.gz"
    return gzip.decompress(data.read_bytes()).splitlines()


def sample_calls() -> list[dict[str, Any]]:  # Any: a call is JSON
    """All calls that are JSON objects, batches unpacked."""
    calls: list[dict[str, Any]] = []
    for line in sample_lines():
        try:
            item = json.loads(line)
        except ValueError:
            continue
        calls += [call for call in (item if isinstance(item, list) else [item]) if _is_call(call)]
    return calls


def _is_call(call: object) -> bool:
    return isinstance(call, dict)
