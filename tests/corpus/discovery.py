"""The hooks under examination: every console script that setup.cfg names, so that a hook is covered by being there."""

from __future__ import annotations

import configparser
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path
from typing import Literal, get_args, get_type_hints

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


def with_options(hooks: Iterable[Hook]) -> Iterator[Hook]:
    """Each hook once more for each thing that it does on request: a flag given, another of several choices made."""
    for hook in hooks:
        # Hooks import typing for the type checker alone.
        hints = get_type_hints(hook.check, localns={"Literal": Literal})
        for name, parameter in signature(hook.check).parameters.items():
            if parameter.kind is Parameter.KEYWORD_ONLY:
                choices = (True,) if parameter.default is False else get_args(hints[name])
                for value in choices:
                    if isinstance(value, str | bool) and value != parameter.default:
                        yield hook._replace(id=f"{hook.id} {name}={value}", check=partial(hook.check, **{name: value}))


def syntax_hook(only: Collection[str] | None = None) -> Repair | None:
    """What the hook does to the text of a Dockerfile that Docker rejects, unless `only` leaves it out."""
    if only is not None and SYNTAX not in only:
        return None
    repair: Repair = import_module(modules()[SYNTAX]).mended
    return repair
