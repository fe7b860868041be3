"""Matches a path against a pattern in one pass, whatever the pattern.

All ways to match are followed side by side, as Go's regular expressions do it: a path costs its length times the
pattern's at most, where Python's `re` would try the ways one after the other (`a*a*a*a*a*b`).
"""

from __future__ import annotations

from docker_hooks.project.goregexp import (
    ANY,
    CHARS,
    END,
    FOLDERS,
    NO_WORD_EDGE,
    START,
    WORD_EDGE,
    Alternatives,
    CharSet,
    Element,
    contains,
)


class _State(dict[str, "_State"]):
    """How far the ways to match have got; a dictionary of the states that follow, by the character read.

    places: where the ways are, a bit each
    in_folders: the FOLDERS that they are in the middle of, a bit each
    before: what the last character was: "start" (none), "word" or "other"
    """

    __slots__ = ("automaton", "before", "in_folders", "places")

    def __init__(self, automaton: Automaton, places: int, in_folders: int, before: str) -> None:
        self.automaton = automaton
        self.places = places
        self.in_folders = in_folders
        self.before = before

    def __missing__(self, char: str) -> _State:
        return self.automaton.step(self, char)


_STEPS_KEPT = 10_000


class Automaton:
    """A pattern, ready to read paths. Each place in it is a bit; what reads at a place leads to the next place."""

    def __init__(self, alternatives: Alternatives) -> None:
        self._readers: list[tuple[int, CharSet]] = []
        self._repeating = 0  # places that may read again
        self._passable = 0  # places that need not read
        self._folders = 0  # the places of FOLDERS
        self._passable_if = dict.fromkeys((START, END, WORD_EDGE, NO_WORD_EDGE), 0)
        self._accepting = 0
        self._place = 1
        starts = 0
        for elements in alternatives:
            starts |= self._place
            for element in elements:
                self._add(element)
            self._accepting |= self._place
            self._add_reader(ANY, repeating=True)
        self._readers_of: dict[str, int] = {}
        self._states: dict[tuple[int, int, str], _State] = {}
        self._steps = 0
        self._start = _State(self, starts, 0, "start")

    def matches(self, path: str) -> bool:
        """Say whether the pattern matches the path."""
        state = self._read(path)
        return self._reach(state.places, state.before, "end") & self._accepting != 0

    def can_match_below(self, folder: str) -> bool:
        """Say whether the pattern could match some path in the folder, at any depth."""
        state = self._read(folder + "/")
        return state.places | state.in_folders != 0

    def step(self, state: _State, char: str) -> _State:
        """Return the state behind a character, and keep it in mind as long as there is room."""
        if self._steps == _STEPS_KEPT:
            self._start.clear()
            self._states.clear()
            self._readers_of.clear()
            self._steps = 0
        self._steps += 1
        if char not in self._readers_of:
            self._readers_of[char] = sum(place for place, chars in self._readers if contains(chars, char))
        kind = "word" if char == "_" or (char.isascii() and char.isalnum()) else "other"
        reached = self._reach(state.places, state.before, kind)
        reading = (reached | state.in_folders) & self._readers_of[char]
        in_folders = reading & self._folders
        places = (reading & ~self._repeating & ~self._folders) << 1 | reading & self._repeating
        if char == "/":
            places |= in_folders << 1
        key = (places, in_folders, kind)
        if key not in self._states:
            self._states[key] = _State(self, *key)
        state[char] = self._states[key]
        return state[char]

    def _read(self, path: str) -> _State:
        state = self._start
        for char in path:
            state = state[char]
        return state

    def _add(self, element: Element) -> None:
        if element.kind == FOLDERS:
            self._folders |= self._place
            self._add_reader(element.chars, passable=True)
        elif element.kind == CHARS:
            for _ in range(element.least):
                self._add_reader(element.chars)
            if element.most is None:
                self._add_reader(element.chars, passable=True, repeating=True)
            else:
                for _ in range(element.most - element.least):
                    self._add_reader(element.chars, passable=True)
        else:
            self._passable_if[element.kind] |= self._place
            self._place <<= 1

    def _add_reader(self, chars: CharSet, passable: bool = False, repeating: bool = False) -> None:
        self._readers.append((self._place, chars))
        if passable:
            self._passable |= self._place
        if repeating:
            self._repeating |= self._place
        self._place <<= 1

    def _reach(self, places: int, before: str, after: str) -> int:
        """Add the places that can be reached without reading, between characters of these kinds."""
        passable = self._passable
        if before == "start":
            passable |= self._passable_if[START]
        if after == "end":
            passable |= self._passable_if[END]
        at_edge = (before == "word") != (after == "word")
        passable |= self._passable_if[WORD_EDGE if at_edge else NO_WORD_EDGE]
        # The sum carries each place up through the passable ones next to it, to the first that is not.
        return places | ((places & passable) + passable) ^ passable
