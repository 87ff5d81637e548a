"""Forms with files, as the media library takes them."""

from __future__ import annotations

from hashlib import sha256
from mimetypes import guess_type
from typing import TYPE_CHECKING
from urllib.parse import quote

from braze_engage.objects.uploads import Upload
from braze_engage.objects.values import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.objects.values import JsonValue

__all__ = ["encode_form"]


def encode_form(fields: Mapping[str, JsonValue | Upload]) -> tuple[bytes, str]:
    """Write fields as ``multipart/form-data``.

    Args:
        fields: Text goes as it is, a file with its name, anything else as JSON.

    Returns:
        The body and its content type.
    """
    parts = [_part(name, value) for name, value in fields.items()]
    # Made from the contents, so that none of them holds it and the same form is the same bytes.
    boundary = sha256(b"".join(parts)).hexdigest()
    opening = f"--{boundary}\r\n".encode()
    body = b"".join(b"%b%b\r\n" % (opening, part) for part in parts)
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _part(name: str, value: JsonValue | Upload) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"'
    if isinstance(value, Upload):
        kind = guess_type(value.file_name)[0] or "application/octet-stream"
        # Quotes and line ends would end the header.
        file_name = quote(value.file_name, safe=" !#$&'()+,;=@[]{}~")
        head += f'; filename="{file_name}"\r\nContent-Type: {kind}'
        return f"{head}\r\n\r\n".encode() + value.content
    text = value if isinstance(value, str) else dumps(value)
    return f"{head}\r\n\r\n{text}".encode()
