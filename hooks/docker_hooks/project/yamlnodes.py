"""Reads YAML as PyYAML's nodes: what stands where, with nothing constructed and no alias expanded.

PyYAML's own composer recurses into what a stranger nested, and rejects an anchor that is given twice, which
YAML 1.2 and Compose allow. This one builds the same nodes from the parser's events.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.project.reading import Unreadable, read_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from yaml import Node

    T = TypeVar("T")

_DEEPEST = 100
_MERGE = "tag:yaml.org,2002:merge"
# Nodes looked at, aliases counted each time: the limit of compose-go (loader/reset.go).
_MOST_VISITS = 100_000


class Event(NamedTuple):
    """One of the parser's events: its kind, what it says, and from where to where (offsets in the text)."""

    kind: str
    said: tuple[object, ...]
    start: int
    end: int


def read_yaml(path: Path, root: Path) -> tuple[Node, ...]:
    """The documents of a YAML file as PyYAML's nodes, with their places and tags; nothing is constructed.

    An alias is the very node it names: `id()` tells what was seen before.
    Raises as `read_text`, and Unreadable for what is not YAML or nested too deeply.
    """
    return parse_yaml(read_text(path, root))


def parse_yaml(text: str) -> tuple[Node, ...]:
    """The documents of a text without byte order mark, as `read_yaml` gives those of a file. Raises Unreadable."""
    return _loaded(text, _documents)


def events(text: str) -> list[Event]:
    """All that the parser says of a text without byte order mark: what two texts that mean the same have in common.

    Raises Unreadable.
    """
    return _loaded(text, _events)


def scalar(node: Node) -> str | None:
    """A scalar's text, None for a collection."""
    from yaml import ScalarNode

    return node.value if isinstance(node, ScalarNode) else None


def items(node: Node) -> list[Node]:
    """A sequence's items, none for any other node."""
    from yaml import SequenceNode

    return node.value if isinstance(node, SequenceNode) else []


def pairs(node: Node) -> list[tuple[Node, Node]]:
    """A mapping's keys and values, none for any other node."""
    from yaml import MappingNode

    return node.value if isinstance(node, MappingNode) else []


class Mappings:
    """Looks into mappings, at no more nodes than Compose does, however often an alias names the same ones."""

    def __init__(self) -> None:
        self._visits = 0

    def entries(self, node: Node | None) -> dict[str, tuple[Node, Node]]:
        """A mapping's keys and values with what it merges; its own go before, then the first merged.

        Raises Unreadable for a key that is given twice, and as `visit`.
        """
        entries: dict[str, tuple[Node, Node]] = {}
        waiting = [node]
        seen: set[int] = set()
        while waiting:
            mapping = waiting.pop()
            if mapping is None or id(mapping) in seen:
                continue
            seen.add(id(mapping))
            self.visit(1 + len(pairs(mapping)))
            own: set[str] = set()
            merged: list[Node] = []
            for key, value in pairs(mapping):
                name = scalar(key)
                if name is None:
                    continue
                if name in own:
                    raise Unreadable(f"line {key.start_mark.line + 1}: the key {name} is given twice")
                own.add(name)
                if key.tag == _MERGE:
                    merged = items(value) or [value]
                else:
                    entries.setdefault(name, (key, value))
            waiting.extend(reversed(merged))
        return entries

    def visit(self, nodes: int) -> None:
        """Count nodes that are looked at. Raises Unreadable where they are too many."""
        self._visits += nodes
        if self._visits > _MOST_VISITS:
            raise Unreadable(f"holds more than the {_MOST_VISITS} nodes that Compose looks at")


def _loaded(text: str, read: Callable[[Any], T]) -> T:
    """What `read` makes of PyYAML's loader of the text. Raises Unreadable."""
    import yaml

    try:
        return read(getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text))
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise Unreadable(f"is not YAML ({line}{error.problem})") from error
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable("is not YAML") from error


def _events(loader: Any) -> list[Event]:
    found: list[Event] = []
    while loader.check_event():
        event = loader.get_event()
        said = {name: value for name, value in vars(event).items() if not name.endswith("_mark")}
        kind = type(event).__name__
        found.append(Event(kind, tuple(said.items()), event.start_mark.index, event.end_mark.index))
    return found


def _documents(loader: Any) -> tuple[Node, ...]:
    import yaml

    documents: list[Node] = []
    anchors: dict[str, Node] = {}
    # The collections that are open, each with its items so far (a mapping's keys and values in turn).
    opened: list[tuple[Node, list[Node]]] = []
    node: Node
    while loader.check_event():
        event = loader.get_event()
        start: Any = event.start_mark
        end: Any = event.end_mark
        if isinstance(event, yaml.DocumentStartEvent):
            anchors = {}
        elif isinstance(event, yaml.CollectionEndEvent):
            done, inside = opened.pop()
            is_mapping = isinstance(done, yaml.MappingNode)
            done.value = list(zip(inside[::2], inside[1::2], strict=True)) if is_mapping else inside
            done.end_mark = end
        elif isinstance(event, (yaml.AliasEvent, yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            collection = isinstance(event, yaml.CollectionStartEvent)
            if isinstance(event, yaml.AliasEvent):
                if event.anchor not in anchors:
                    raise yaml.MarkedYAMLError(problem="found undefined alias", problem_mark=start)
                node = anchors[event.anchor]
            elif isinstance(event, yaml.ScalarEvent):
                tag = _tag(event) or loader.resolve(yaml.ScalarNode, event.value, event.implicit)
                node = yaml.ScalarNode(tag, event.value, start, end, event.style)
            elif isinstance(event, yaml.MappingStartEvent):
                tag = _tag(event) or "tag:yaml.org,2002:map"
                node = yaml.MappingNode(tag, [], start, end, event.flow_style)
            else:
                tag = _tag(event) or "tag:yaml.org,2002:seq"
                node = yaml.SequenceNode(tag, [], start, end, event.flow_style)
            if event.anchor:
                anchors[event.anchor] = node
            (opened[-1][1] if opened else documents).append(node)
            if collection:
                opened.append((node, []))
                if len(opened) > _DEEPEST:
                    raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=start)
    return tuple(documents)


def _tag(event: Any) -> str:
    """The tag that the file itself gives, empty for none and for the `!` that says so."""
    return "" if event.tag in (None, "!") else event.tag
