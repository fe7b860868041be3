"""Drops the obsolete `version` of compose files, and says what in them can't work or gives too much away.

Compose ignores `version` and warns of it: its line goes, and nothing else changes. Reported, not mended: a build whose
context, Dockerfile or target is not there; a mount of the source that misses the image's working directory; an
env_file that is not there, or that git would commit with a secret in it; secrets in `environment`; `privileged` and the
Docker socket; a shell that a command does not need, and one that it needs and does not get.

Merge keys, anchors, variables, `extends`, `include` and override files are understood; what they leave open is left
alone. Whether the keys and their values are the right ones is for a schema check such as check-jsonschema.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from docker_hooks import run
from docker_hooks.dockerfile.reader import decode
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.secrets import known_words
from docker_hooks.dockerfile.values import NamedTuple
from docker_hooks.entry_point import entry_point
from docker_hooks.files import Disk, read_file, repository_root
from docker_hooks.finding import Finding
from docker_hooks.project import composetext, services
from docker_hooks.project.commands import fault
from docker_hooks.project.compose import is_unset
from docker_hooks.project.composetext import is_used_elsewhere, line_of, parsed, silenced_lines, version_edit, versions
from docker_hooks.project.environment import holds_secret, secret_in
from docker_hooks.project.reading import TEXT_LIMIT, Unreadable
from docker_hooks.project.services import Service
from docker_hooks.project.surroundings import Surroundings
from docker_hooks.project.workdir import mounts_elsewhere
from docker_hooks.project.yamlnodes import Mappings, scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from yaml import Node

ID = "compose-file"
_MOST_ENV_FILES = 100
# A file that becomes YAML only once a template engine has been at it.
_TEMPLATE = regex(r"\{\{|\{%|<%|@@|__[A-Z]")
_PLACE_OF_ERROR = regex(r"line (\d+): ")
# Images whose work is not done without the rights: Docker in Docker, clusters in containers, builders, monitors.
_MUST_BE_PRIVILEGED = regex(r"(?:^|/)(?:docker:[\w.-]*dind|(?:buildkit|cadvisor|dind|k3s|kindest/node)(?:[:@]|$))")
# Images that are there to manage, watch or start containers, which nobody does without the socket; and proxies, which
# stand between the socket and the others.
_NEEDS_SOCKET = regex(
    r"(?:^|/)(?:portainer(?:-[ce]e)?|portainer/agent|dockge|lazydocker|ctop|dozzle|logspout|cadvisor|datadog/agent"
    r"|dockersamples/visualizer|watchtower|diun|(?:docker-)?autoheal|ofelia|docker-volume-backup|traefik|nginx-proxy"
    r"|acme-companion|docker-gen|caddy-docker-proxy|gitlab-runner|act_runner|woodpecker-agent|drone-runner-docker"
    r"|testcontainers/ryuk|jupyterhub|dagster|localstack(?:-pro)?|docker)(?:[:@]|$)|socket-?proxy"
)


class Said(NamedTuple):
    """What a check says of the node of a compose file; of a file named in it `once`, however often it is named."""

    node: Node
    message: str
    advice: str
    once: bool = False


Check = Callable[[Surroundings, Service, Mappings], Iterator[Said]]


@entry_point
def main(argv: Sequence[str]) -> int:
    """Run the command."""
    options = run.options(argv, ID, __doc__)
    reports: list[run.Report] = []
    for path in dict.fromkeys(options.files):
        reports += examined(path, Disk(), check_only=options.check)
    return run.show(reports)


def examined(path: str, disk: Disk, *, check_only: bool) -> list[run.Report]:
    """Examine one file, and mend it on `disk` unless `check_only`. Never raises: what goes wrong is reported."""
    return run.guarded(ID, path, partial(_examined, path, disk, check_only=check_only))


def _examined(path: str, disk: Disk, *, check_only: bool) -> list[run.Report]:
    content = read_file(path)
    if len(content.data) > TEXT_LIMIT:
        return [run.Report(path, 1, f"is larger than {TEXT_LIMIT} bytes: left as it is")]
    root = repository_root(path)
    text = decode(content.data)
    find_all = partial(findings, surroundings=Surroundings(Path(path), Path(root)))
    return run.outcome(
        content,
        root,
        partial(find_all, text),
        lambda: run.mended(text, find_all, _proven, lambda current: current),
        check_only=check_only,
        disk=disk,
    )


def _proven(text: str, found: Sequence[Finding]) -> str:
    return composetext.proven(text, [edit for finding in found for edit in finding.edits])


def findings(text: str, surroundings: Surroundings) -> list[Finding]:
    """What is wrong with the text of a compose file, in order of place, less what comments silence."""
    quiet = silenced_lines(text, ID)
    if quiet is None or "\0" in text:
        return []
    try:
        found = _findings(text, surroundings)
    except Unreadable as error:
        if _TEMPLATE.search(text):
            return []
        place = _PLACE_OF_ERROR.search(str(error))
        message = _PLACE_OF_ERROR.sub("", str(error), count=1)
        found = [Finding(int(place[1]) if place else 0, message, "the file is left as it is")]
    return sorted((finding for finding in found if finding.line not in quiet), key=lambda finding: finding.line)


def _findings(text: str, surroundings: Surroundings) -> list[Finding]:
    documents, mappings = parsed(text), Mappings()
    parts = services.services(documents, mappings)
    if not parts:
        return []
    line = line_of(text)
    found = [_obsolete(text, *version, line(version[1])) for version in versions(documents)]
    seen: set[tuple[int | None, str]] = set()
    for service in parts:
        for check in _CHECKS:
            for said in check(surroundings, service, mappings):
                # What an anchor or a merge key brings to several services is said once.
                key = (None if said.once else id(said.node), said.message)
                if key not in seen:
                    seen.add(key)
                    found.append(Finding(line(said.node), said.message, said.advice))
    return found


def _obsolete(text: str, document: Node, key: Node, value: Node, line: int) -> Finding:
    message = "version is obsolete (Compose ignores it and warns)"
    edit = version_edit(text, document, key, value)
    if edit is None:
        is_used = is_used_elsewhere(document, key, value)
        return Finding(
            line,
            message,
            "aliases (*) refer to it: write its value there, then take it out" if is_used else "take it out",
        )
    return Finding(line, message, done="took it out", edits=(edit,))


def _build(surroundings: Surroundings, service: Service, mappings: Mappings) -> Iterator[Said]:
    """A build whose context, Dockerfile or target is not there."""
    node, build = service.value("build"), surroundings.builds.get(service.name)
    folder = surroundings.context(build) if build is not None else None
    if node is None or build is None or folder is None:
        return
    keys = {name: key for name, (key, value) in mappings.entries(node).items() if not is_unset(value)}
    # A part of a build is judged by what it says itself.
    is_part = scalar(node) is None and ("extends" in service.entries or surroundings.main is not None)
    at = service.entries["build"][0]
    if not folder.is_dir():
        if ("context" in keys or not is_part) and surroundings.is_missing(build.context or ".", is_folder=True):
            message = f"builds from {build.context}, and there is no such folder"
            yield Said(keys.get("context", at), message, "paths start from the compose file's folder")
    elif surroundings.lacks_dockerfile(build):
        if not is_part or not keys.keys().isdisjoint(("context", "dockerfile")):
            message = f"builds by {build.dockerfile}, and there is no such file in {build.context}"
            yield Said(keys.get("dockerfile", at), message, "a Dockerfile's path starts from the build context")
    elif build.target and "target" in keys:
        subject = surroundings.recipe(build)
        if subject is not None and surroundings.image(build) is None:
            names = ", ".join(stage.name for stage in subject.stages if stage.name) or "none"
            message = f"builds up to {build.target}, which is no stage of the Dockerfile"
            yield Said(keys["target"], message, f"stages with a name: {names}")


def _workdir(surroundings: Surroundings, service: Service, mappings: Mappings) -> Iterator[Said]:
    """A mount of the source that the image, which works elsewhere, does not look at."""
    build = surroundings.builds.get(service.name)
    if build is None or "build" not in service.entries or "extends" in service.entries:
        return
    source, image = surroundings.context(build), surroundings.image(build)
    if source is None or image is None:
        return
    below = surroundings.below.get(service.name)
    whole = service._replace(entries={**(below.entries if below else {}), **service.entries})
    folder = surroundings.path.parent
    own = {id(node) for node in services.listed(service.value("volumes"), mappings)}
    for mount, workdir in mounts_elsewhere(whole, mappings, image, source, folder):
        if id(mount.node) in own:
            message = f"mounts the source at {mount.target}, but the image works in {workdir}"
            yield Said(mount.node, message, f"mount it at {workdir}, or set working_dir")


def _socket(surroundings: Surroundings, service: Service, mappings: Mappings) -> Iterator[Said]:
    if _NEEDS_SOCKET.search(service.text("image") or ""):
        return
    for mount in services.mounts(service, mappings):
        if any("docker.sock" in (place or "") for place in (mount.source, mount.target, scalar(mount.node))):
            message = "mounts the Docker socket: whoever gets into the container has root's rights on the host"
            advice = "unless it is to manage containers, it needs none; a proxy can let through less, :ro does not"
            yield Said(mount.node, message, advice)


def _privileged(surroundings: Surroundings, service: Service, mappings: Mappings) -> Iterator[Said]:
    is_privileged = (service.text("privileged") or "").lower() == "true"
    if is_privileged and not _MUST_BE_PRIVILEGED.search(service.text("image") or ""):
        message = "privileged gives the container all rights and devices of the host"
        yield Said(service.entries["privileged"][0], message, "name what it needs in cap_add or devices")


def _env_files(surroundings: Surroundings, service: Service, mappings: Mappings) -> Iterator[Said]:
    """An env_file that is not there, or that would be committed with a secret in it."""
    for _, file in zip(range(_MOST_ENV_FILES), services.env_files(service, mappings), strict=False):
        if file.path is None:
            continue
        if surroundings.is_missing(file.path):
            if file.required and not surroundings.has_example(file.path):
                message = f"env_file {file.path} is not there, so that Compose stops"
                advice = "set required: false, or commit an example and have git ignore the file"
                yield Said(file.node, message, advice, once=True)
        elif name := secret_in(surroundings.committed(file.path)):
            message = f"env_file {file.path} holds a secret ({name}), and git does not ignore it"
            yield Said(file.node, message, "have git ignore it, and commit an example without the value", once=True)


def _secrets(surroundings: Surroundings, service: Service, mappings: Mappings) -> Iterator[Said]:
    variables = list(services.environment(service, mappings))
    image = posixpath.basename(service.text("image") or "").partition(":")[0]
    known = (service.name, image, *known_words([variable[:2] for variable in variables]))
    for variable in variables:
        if variable.value is not None and holds_secret(variable.name, variable.value, known):
            advice = "take it from the environment (${...}), from an env_file that git ignores, or from secrets"
            yield Said(variable.node, f"the secret of {variable.name} is written here", advice)


def _commands(surroundings: Surroundings, service: Service, mappings: Mappings) -> Iterator[Said]:
    for key in ("command", "entrypoint"):
        node = service.value(key)
        words = services.words(node, mappings)
        wrong = fault(key, words) if words is not None else None
        if wrong is not None:
            yield Said(service.entries[key][0], wrong.message, wrong.advice)


_CHECKS: tuple[Check, ...] = (_build, _workdir, _socket, _privileged, _env_files, _secrets, _commands)
