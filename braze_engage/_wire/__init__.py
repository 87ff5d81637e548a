"""From typed values to what goes over the wire, and back."""

from braze_engage._wire.converter import Unreadable, structure, unstructure
from braze_engage._wire.request import Prepared, decode, encode, prepare
from braze_engage._wire.scrubbing import scrubbed

__all__ = [
    "Prepared",
    "Unreadable",
    "decode",
    "encode",
    "prepare",
    "scrubbed",
    "structure",
    "unstructure",
]
