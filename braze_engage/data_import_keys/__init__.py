"""Data import keys of several workspaces: where they are kept, and how they are rotated."""

from __future__ import annotations

from braze_engage.data_import_keys.entries import KeyState, KeyStore, StoredKey
from braze_engage.data_import_keys.ring import DataImportKeyRing
from braze_engage.data_import_keys.stores import CallableKeys, EnvironmentKeys, JsonKeyFile

__all__ = [
    "CallableKeys",
    "DataImportKeyRing",
    "EnvironmentKeys",
    "JsonKeyFile",
    "KeyState",
    "KeyStore",
    "StoredKey",
]
