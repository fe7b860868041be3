"""The checks that `docker-hooks` runs together, in the order in which they mend."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

ALL = "docker-hooks"
SYNTAX, COMPOSE, IGNORE, CONTEXT = "dockerfile-syntax", "compose-file", "dockerignore", "docker-build-context"
# What stands before the others changes what these see: a file that Docker rejects can only be mended by the first.
RULES = (
    SYNTAX,
    "dockerfile-modern-syntax",
    "dockerfile-base-image",
    "dockerfile-debian-frontend",
    "dockerfile-apt-get",
    "dockerfile-requirements-first",
    "dockerfile-pip-cache",
    "dockerfile-conda-clean",
    "dockerfile-python-unbuffered",
    "dockerfile-non-root-user",
    "dockerfile-copy-chown",
    "dockerfile-workdir",
    "dockerfile-exec-form",
    "dockerfile-secrets",
    COMPOSE,
    IGNORE,
    CONTEXT,
)
REPORTS_ONLY = frozenset(("dockerfile-base-image", "dockerfile-workdir", "dockerfile-secrets", CONTEXT))


def module_of(rule: str) -> ModuleType:
    """The module of a check."""
    return import_module(f"docker_hooks.{rule.replace('-', '_')}")


def explained(rule: str) -> str:
    """The documentation of a check; its first line says what it does."""
    import inspect

    return inspect.cleandoc(module_of(rule).__doc__ or "")
