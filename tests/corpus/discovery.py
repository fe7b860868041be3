"""The hooks under examination: every console script that setup.cfg names, so that a hook is covered by being there."""

from __future__ import annotations

import configparser
from collections.abc import Callable, Collection
from importlib import import_module
from pathlib import Path

from docker_hooks.run import Hook, Mended

SYNTAX = "dockerfile-syntax"
Repair = Callable[[str], Mended]
_SETUP = Path(__file__).parents[2] / "setup.cfg"


def modules() -> dict[str, str]:
    """The module of each hook, by its id."""
    setup = configparser.ConfigParser()
    setup.read(_SETUP)
    scripts = setup["options.entry_points"]["console_scripts"].strip().splitlines()
    pairs = (script.partition("=") for script in scripts)
    return {name.strip(): target.strip().partition(":")[0] for name, _, target in pairs}


def dockerfile_hooks(only: Collection[str] | None = None) -> list[Hook]:
    """The hooks that check Dockerfiles, or those of them that `only` names."""
    return [
        Hook(module.ID, module.check, getattr(module, "HOOK_RULES", ()))
        for name, module_name in modules().items()
        if name.startswith("dockerfile-") and name != SYNTAX and (only is None or name in only)
        for module in [import_module(module_name)]
    ]


def syntax_hook(only: Collection[str] | None = None) -> Repair | None:
    """What the hook does to the text of a Dockerfile that Docker rejects, unless `only` leaves it out."""
    if only is not None and SYNTAX not in only:
        return None
    repair: Repair = import_module(modules()[SYNTAX]).mended
    return repair
