"""Which names Dockerfiles, ignore files and compose files go by: the tables behind the manifest's `files:`.

`Dockerfile`, `Dockerfile.gpu`, `Dockerfile-dev`, `gpu.dockerfile`, `Containerfile`; not what is made from them or for
them (`Dockerfile.md`, `Dockerfile.j2`). identify's `dockerfile` tag takes the latter and misses some of the former.
"""

from __future__ import annotations

from docker_hooks.dockerfile.regex import regex

_ENDINGS_OF_OTHERS = (
    "~", ".adoc", ".bak", ".cfg", ".diff", ".dockerignore", ".erb", ".html", ".in", ".ipynb", ".j2", ".jinja",
    ".jinja2", ".json", ".lock", ".md", ".mustache", ".orig", ".patch", ".py", ".rej", ".rst", ".sh", ".swp",
    ".template", ".tmp", ".tmpl", ".toml", ".tpl", ".txt", ".yaml", ".yml",
)  # fmt: skip
_DOCKERFILE = regex(r"(?:.+[._-])?(?:[Dd]ockerfile|[Cc]ontainerfile)(?:[._-].+)?\Z")
_COMPOSE_FILE = regex(r"(?:docker-)?compose(?:[._-].*)?\.ya?ml\Z")


def is_dockerfile(name: str) -> bool:
    """Whether a file of this name (no folders) is taken for a Dockerfile."""
    may_be = "ockerfile" in name or "ontainerfile" in name
    return may_be and not name.endswith(_ENDINGS_OF_OTHERS) and _DOCKERFILE.match(name) is not None


def is_ignore_file(name: str) -> bool:
    """Whether a file of this name is `.dockerignore`, or the ignore file of one Dockerfile."""
    return name.endswith(".dockerignore")


def is_compose_file(name: str) -> bool:
    """Whether a file of this name is taken for a compose file."""
    return "compose" in name and _COMPOSE_FILE.match(name) is not None
