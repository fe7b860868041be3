"""What the services of one compose file say, as it stands written there, with the places.

Merge keys and aliases are followed, for they are a matter of the file itself. Other files (`extends`, `include`, the
main file under an override) are not: each says what it says, be it a part of a service alone. For what is built,
where those count too, see `compose`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.compose import interpolated, is_unset, text_of
from docker_hooks.project.yamlnodes import Mappings, items, pairs, scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from yaml import Node

_BIND_STARTS = (".", "/", "~", "\\\\")
_ENDS_COMMAND = frozenset(";&|<>")
_GROUPS = frozenset("`()")


class Service(NamedTuple):
    """A service: the key that names it, and its own keys, each with the key's node and the value's."""

    name: str
    key: Node
    entries: dict[str, tuple[Node, Node]]

    def value(self, key: str) -> Node | None:
        """What a key is set to; None where it says nothing."""
        node = self.entries[key][1] if key in self.entries else None
        return None if node is None or is_unset(node) else node

    def text(self, key: str) -> str | None:
        """A scalar's text with its variables replaced; None for no text, and for one that is not known."""
        node = self.value(key)
        return None if node is None else text_of(node)


class Mount(NamedTuple):
    """A volume of a service: "bind", "volume", "tmpfs" ...; paths that a variable hides are None."""

    kind: str
    source: str | None
    target: str | None
    node: Node


class EnvFile(NamedTuple):
    """A file of variables; `path` is None where a variable hides it."""

    path: str | None
    required: bool
    node: Node


class Variable(NamedTuple):
    """A variable of a service; `value` as it is written, None where it comes from outside."""

    name: str
    value: str | None
    node: Node


class Words(NamedTuple):
    """The words of a command, and what Compose leaves out of it: what stands from an operator of the shell on."""

    words: tuple[str, ...]
    left_out: str = ""


def services(documents: Sequence[Node], mappings: Mappings) -> tuple[Service, ...]:
    """The services of a file; of several documents each is a part of its own. Raises Unreadable."""
    found = []
    for document in documents:
        top = mappings.entries(document)
        node = top["services"][1] if "services" in top else None
        for name, (key, value) in mappings.entries(node).items():
            found.append(Service(name, key, mappings.entries(value)))
    return tuple(found)


def listed(node: Node | None, mappings: Mappings) -> Sequence[Node]:
    """The items of a list that is looked at; none for what is no list."""
    found = items(node) if node is not None else []
    mappings.visit(len(found))
    return found


def mounts(service: Service, mappings: Mappings) -> Iterator[Mount]:
    """The volumes, in short and long form (Compose, "volumes"; compose-go, format/volume.go)."""
    for node in listed(service.value("volumes"), mappings):
        if scalar(node) is not None:
            text = text_of(node)
            yield _mount(text, node) if text is not None else Mount("", None, None, node)
        else:
            fields = {name: text_of(value) for name, (_, value) in mappings.entries(node).items()}
            yield Mount(fields.get("type") or "volume", fields.get("source"), fields.get("target"), node)


def _mount(text: str, node: Node) -> Mount:
    fields: list[str] = []
    for part in text.split(":"):
        # C:\data is one field.
        if fields and len(fields[-1]) == 1 and fields[-1].isalpha():
            fields[-1] += f":{part}"
        else:
            fields.append(part)
    if len(fields) == 1:
        return Mount("volume", None, fields[0], node)
    source, target = fields[:2]
    return Mount("bind" if source.startswith(_BIND_STARTS) or source[1:2] == ":" else "volume", source, target, node)


def env_files(service: Service, mappings: Mappings) -> Iterator[EnvFile]:
    """The `env_file`s: one path, or a list of paths and of mappings (Compose, "env_file")."""
    node = service.value("env_file")
    if node is None:
        return
    for item in listed(node, mappings) or [node]:
        if scalar(item) is not None:
            yield EnvFile(text_of(item), True, item)
        elif pairs(item):
            fields = {name: value for name, (_, value) in mappings.entries(item).items()}
            required = scalar(fields["required"]) if "required" in fields else "true"
            yield EnvFile(text_of(fields["path"]) if "path" in fields else None, required == "true", item)


def environment(service: Service, mappings: Mappings) -> Iterator[Variable]:
    """The variables of `environment`, a mapping or a list of `NAME=VALUE`."""
    node = service.value("environment")
    for item in listed(node, mappings):
        name, equals, value = (scalar(item) or "").partition("=")
        yield Variable(name.strip(), value if equals else None, item)
    for name, (key, item) in mappings.entries(node).items():
        yield Variable(name, None if is_unset(item) else scalar(item), key)


def words(node: Node | None, mappings: Mappings) -> Words | None:
    """The words of a command or entrypoint; None where there are none, or a variable hides one."""
    if node is None:
        return None
    if scalar(node) is not None:
        text = text_of(node)
        return split(text) if text is not None else None
    texts = [text_of(item) for item in listed(node, mappings)]
    known = tuple(text for text in texts if text is not None)
    return Words(known) if known and len(known) == len(texts) else None


def split(text: str) -> Words | None:
    """The words that Compose makes of a string: no shell reads it, so an operator ends it (mattn/go-shellwords).

    None for what Compose rejects, and for parentheses and backquotes, which are not read here.
    """
    found: list[list[str]] = []
    in_word = escaped = False
    quote = ""
    for index, char in enumerate(text):
        if not quote and not escaped:
            if char in " \t\r\n":
                in_word = False
                continue
            if char in _GROUPS:
                return None
            if char in _ENDS_COMMAND:
                return Words(tuple(map("".join, found)), text[index:])
        if not in_word:
            found.append([])
            in_word = True
        if escaped:
            found[-1].append({"t": "\t", "n": "\n"}.get(char, char))
            escaped = False
        elif char == "\\" and quote != "'":
            escaped = True
        elif char in "'\"" and quote in ("", char):
            quote = "" if quote else char
        else:
            found[-1].append(char)
    return None if escaped or quote else Words(tuple(map("".join, found)))


def says(service: Service, text: str, mappings: Mappings, *, but_for: str) -> bool:
    """Whether `text` stands anywhere in what a service says, in the value of another key than `but_for`."""
    waiting = [node for key, (_, node) in service.entries.items() if key != but_for]
    while waiting:
        node = waiting.pop()
        mappings.visit(1)
        value = scalar(node)
        if value is not None and (text in value or text in (interpolated(value) or "")):
            return True
        waiting += items(node)
        waiting += [value for _, value in pairs(node)]
        waiting += [key for key, _ in pairs(node)]
    return False
