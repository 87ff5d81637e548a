"""Objects whose fields somebody else defines: checked and copied as JSON."""

from collections.abc import Mapping
from datetime import date, datetime

import attrs

from braze_engage.errors import ConfigurationError
from braze_engage.objects.checks import is_number, quoted, refused, wrong_text
from braze_engage.objects.times import braze_time
from braze_engage.objects.values import DEPTH, JsonValue, is_list, is_mapping, unknown

__all__ = ["JsonCopies"]


@attrs.frozen(kw_only=True)
class JsonCopies:
    """How values may look; a datetime becomes text as Braze reads it.

    Args:
        characters: The most characters of a text; None for any number.
        depth: How deep objects and lists may nest.
        forbidden: Characters that no key may hold.
    """

    characters: int | None = None
    depth: int = DEPTH
    forbidden: str = ""

    def mapping(self, path: str, value: object, level: int = 0) -> Mapping[str, JsonValue]:
        """Check and copy an object.

        Args:
            path: Where it stands.
            value: What stands there.
            level: How deep that is.

        Raises:
            ConfigurationError: It is none, or holds what JSON or Braze does not take.
        """
        if not is_mapping(value):
            raise refused(path, value, "give a mapping of names to values")
        return {
            self._key(path, key): self.value(f"{path}.{key}", item, level)
            for key, item in value.items()
        }

    def value(self, path: str, value: object, level: int = 0) -> JsonValue:
        """Check and copy a value of any kind.

        Args:
            path: Where it stands.
            value: What stands there.
            level: How deep that is.

        Raises:
            ConfigurationError: It is not what JSON or Braze takes.
        """
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(path, value)
        if isinstance(value, (int, float)):
            if not is_number(value):
                raise refused(path, value, "give a finite number that fits into a double")
            return value
        if isinstance(value, datetime):
            return braze_time(value)
        if isinstance(value, date):
            return value.isoformat()
        return self._container(path, value, level + 1)

    def _container(self, path: str, value: object, level: int) -> JsonValue:
        if level > self.depth:
            raise refused(path, value, f"nest at most {self.depth} levels")
        if is_mapping(value):
            return self.mapping(path, value, level)
        if is_list(value):
            return [self.value(f"{path}[{index}]", item, level) for index, item in enumerate(value)]
        raise unknown(path, value)

    def _text(self, path: str, value: str) -> str:
        if self.characters is not None and len(value) > self.characters:
            raise refused(path, value, f"give at most {self.characters:,} characters")
        if wrong_text(value):
            raise refused(path, value, "give text without lone surrogates")
        return value

    def _key(self, path: str, key: object) -> str:
        if not isinstance(key, str) or not key or wrong_text(key):
            raise ConfigurationError(f"{path} has the key {quoted(key)}: name it with text")
        if any(char in key for char in self.forbidden):
            listed = " or ".join(self.forbidden)
            raise ConfigurationError(
                f"{path} has the key {quoted(key)}: Braze takes none with {listed}, name it "
                "otherwise"
            )
        return key
