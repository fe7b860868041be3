"""The table of what no image needs."""

from __future__ import annotations

import pytest

from docker_hooks.project.ignorefile import parse
from docker_hooks.project.unwanted import SECTIONS, Item


@pytest.mark.parametrize(
    "item", [item for section in SECTIONS for item in section.items], ids=lambda item: item.pattern
)
def test_each_item_keeps_back_its_examples(item: Item) -> None:
    ignore = parse("\n".join((item.pattern, *item.exceptions)))
    folders = ("", "some/folder/") if item.is_nested else ("",)
    assert all(ignore.excludes(folder + example) for folder in folders for example in item.examples)
