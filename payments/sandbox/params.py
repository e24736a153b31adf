"""The parameters of one request: form fields with brackets, read with types; what nobody read is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from payments.sandbox.errors import ApiError, Json, invalid


def decode_form(raw: str) -> Json:
    """`a[b]=1&expand[]=x&items[0][price]=p` as nested objects; keys that are all digits become lists."""
    tree: Json = {}
    for key, value in parse_qsl(raw, keep_blank_values=True):
        _place(tree, key.replace("]", "").split("["), value)
    listed = _as_lists(tree)
    return listed if isinstance(listed, dict) else {}


def _place(node: Json, path: list[str], value: str) -> None:
    for name in path[:-1]:
        child = node.setdefault(name, {})
        if not isinstance(child, dict):
            raise invalid("Invalid object", param=path[0])
        node = child
    node[path[-1] or str(len(node))] = value


def _as_lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [_as_lists(node[key]) for key in sorted(node, key=int)]
    return {key: _as_lists(value) for key, value in node.items()}


class Params:
    """Typed access to nested parameters. `path` is the prefix in messages: `transfer_data[amount]`."""

    def __init__(self, values: Json, path: str = "") -> None:
        self._values = values
        self._path = path
        self._unread = set(values)
        self._children: list[Params] = []

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str = "") -> str:
        """The value, `default` when it is absent; an empty string is Stripe's way to unset."""
        value = self._take(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise invalid(f"Invalid string: {self._name(name)}", param=self._name(name))
        return value

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise self._absent(name)
        return value

    def optional(self, name: str) -> str | None:
        return self.text(name) or None

    def integer(self, name: str) -> int | None:
        value = self.text(name)
        if not value:
            return None
        try:
            return int(value)
        except ValueError:
            raise invalid(
                f"Invalid integer: {value}", param=self._name(name), code="parameter_invalid_integer"
            ) from None

    def required_integer(self, name: str) -> int:
        value = self.integer(name)
        if value is None:
            raise self._absent(name)
        return value

    def boolean(self, name: str) -> bool:
        value = self.text(name, "false")
        if value not in {"true", "false"}:
            raise invalid(f"Invalid boolean: {value}", param=self._name(name))
        return value == "true"

    def choice(self, name: str, options: tuple[str, ...], default: str | None = None) -> str:
        """One of `options`; the first is the default unless another is given."""
        value = self.text(name, default or options[0])
        if value not in options:
            listed = ", ".join(options)
            raise invalid(f"Invalid {self._name(name)}: must be one of {listed}", param=self._name(name))
        return value

    def mapping(self, name: str) -> Params:
        value = self._take(name)
        if value is not None and value != "" and not isinstance(value, dict):
            raise invalid("Invalid object", param=self._name(name))
        child = Params(value or {}, self._name(name))
        self._children.append(child)
        return child

    def mappings(self, name: str) -> list[Params]:
        value = self._take(name) or []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise invalid("Invalid array", param=self._name(name))
        children = [Params(item, f"{self._name(name)}[{index}]") for index, item in enumerate(value)]
        self._children.extend(children)
        return children

    def raw(self, name: str) -> Any:
        """A value that is kept as it came: metadata, address, lists of types."""
        return self._take(name)

    def accept(self, *names: str) -> None:
        """Parameters of Stripe that are allowed here and change nothing in the sandbox."""
        for name in names:
            self._take(name)

    def refuse_unread(self) -> None:
        """Raises parameter_unknown for anything that neither Stripe nor the sandbox would understand here."""
        for child in self._children:
            child.refuse_unread()
        for name in sorted(self._unread):
            raise invalid(
                f"Received unknown parameter: {self._name(name)}",
                param=self._name(name),
                code="parameter_unknown",
            )

    def _take(self, name: str) -> Any:
        self._unread.discard(name)
        return self._values.get(name)

    def _name(self, name: str) -> str:
        return f"{self._path}[{name}]" if self._path else name

    def _absent(self, name: str) -> ApiError:
        full = self._name(name)
        return invalid(f"Missing required param: {full}.", param=full, code="parameter_missing")


def merge_metadata(current: Json, change: object) -> Json:
    """Stripe's metadata: keys merge, an empty value deletes its key, an empty string deletes all."""
    if change is None:
        return current
    if change == "":
        return {}
    if not isinstance(change, dict):
        raise invalid("Invalid object", param="metadata")
    merged = {**current, **change}
    return {key: value for key, value in merged.items() if value != ""}
