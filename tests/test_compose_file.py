"""The hook `compose-file`: what it drops, what it leaves, what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from docker_hooks import run
from docker_hooks.compose_file import _proven, findings, main
from docker_hooks.dockerfile.reader import encode
from docker_hooks.project.surroundings import Surroundings
from tests.project.trees import write_tree
from tests.work import grows_linearly

A = "services:\n  a: {image: x}\n"
OTHER_VERSIONS = """\
services:
  version:
    image: x
    environment:
      version: 3
    labels: [version=3]
    command: |
      version: 3
"""
NO_STAGE = "which is no stage of the Dockerfile"
WRITE_A_SHELL = 'write ["sh", "-c", "..."] if it needs a shell, else put quotes around it'
README = Path(__file__).parents[1] / "README.md"
PYTHON = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n"
RUNS = PYTHON + 'CMD ["python", "main.py"]\n'
STAGES = 'FROM python:3.12 AS base\nWORKDIR /app\nFROM base AS dev\nFROM base\nWORKDIR /srv\nCMD ["python", "a.py"]\n'


def mend(text: str, root: Path, path: str = "compose.yaml") -> run.Mended:
    """What becomes of a compose file that stands in the folder `root`."""
    (root / path).write_bytes(encode(text))
    find = partial(findings, surroundings=Surroundings(root / path, root))
    return run.mended(text, find, _proven, lambda current: current)


def nodes(text: str, *, but_for: str = "") -> list[Any]:
    """What PyYAML composes: tags, values and styles, an alias being as good as what it names."""

    def plain(node: Any) -> Any:
        if isinstance(node, yaml.MappingNode):
            return (node.tag, [(plain(key), plain(value)) for key, value in node.value])
        if isinstance(node, yaml.SequenceNode):
            return (node.tag, [plain(item) for item in node.value])
        return None if node is None else (node.tag, node.value, node.style)

    documents = list(yaml.compose_all(text.removeprefix("\ufeff"), Loader=yaml.SafeLoader))
    for document in documents:
        if isinstance(document, yaml.MappingNode) and but_for:
            document.value = [entry for entry in document.value if entry[0].value != but_for]
    return [plain(document) for document in documents]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('version: "3"\nservices:\n  a: {image: x}\n', A),
        ("version: '3.8'\n\n" + A, "\n" + A),
        ("version: 3\n" + A, A),
        ("version: 2.4   \n" + A, A),
        ("version:\n" + A, A),
        ('"version" : "3"\nservices:\n  a: {image: x}\n', A),
        ("# one\nversion: '3'\n# two\n\n\n" + A, "# one\n# two\n\n\n" + A),
        # In the middle and at the end
        (
            "x: &x\n  image: y # z\nversion: '3'\nservices:\n  a: *x\n",
            "x: &x\n  image: y # z\nservices:\n  a: *x\n",
        ),
        ("services:\n  a: {image: x}\nversion: '3'\n", A),
        ("services:\n  a: {image: x}\n\n# end\nversion: '3'\n\n", "services:\n  a: {image: x}\n\n# end\n\n"),
        # A comment behind the value is kept.
        ("version: '3' # for old clients\n" + A, "# for old clients\n" + A),
        ("---\nversion: '3'\n" + A, "---\n" + A),
        ("%YAML 1.1\n---\nversion: '3'\n" + A + "...\n", "%YAML 1.1\n---\n" + A + "...\n"),
        ("version: '3'\n" + A + "---\nversion: '3'\nvolumes: {b: }\n" + A, A + "---\nvolumes: {b: }\n" + A),
        # Other keys of that name, and the word elsewhere
        ("version: '3'\n" + OTHER_VERSIONS, OTHER_VERSIONS),
    ],
)
def test_drops_the_version(tmp_path: Path, before: str, after: str) -> None:
    for text, expected in (
        (before, after),
        (before.replace("\n", "\r\n"), after.replace("\n", "\r\n")),
        ("\ufeff" + before, "\ufeff" + after),
        (before.rstrip("\n"), after.rstrip("\n")),
    ):
        result = mend(text, tmp_path)
        assert result.text == expected
        assert {finding.message for _, finding in result.fixed} == {
            "version is obsolete (Compose ignores it and warns)"
        }
        assert not result.left
        assert nodes(result.text) == nodes(text, but_for="version")
        again = mend(result.text, tmp_path)
        assert (again.text, again.fixed, again.left) == (result.text, (), ())


@pytest.mark.parametrize(
    "text",
    [
        "version: &v '3'\nservices:\n  a: {image: *v}\n",
        "x: &v '3'\nversion: *v\nservices:\n  a: {image: x}\n",
        "version: !!str 3\nservices:\n  a: {image: x}\n",
        "version: >\n  3\nservices:\n  a: {image: x}\n",
        "version: 3\n  .8\nservices:\n  a: {image: x}\n",
        "version:\n  '3'\n\n# keep\nservices:\n  a: {image: x}\n",
        "version: # old\n  3\nservices:\n  a: {image: x}\n",
        "version: ${VERSION}\nservices:\n  a: {image: x}\n",
        '{"version": "3", "services": {"a": {"image": "x"}}}\n',
        '{"services": {"a": {"image": "x"}},\n"version": "3"\n}\n',
        "  version: '3'\n  services:\n    a: {image: x}\n",
        "? version\n: '3'\nservices:\n  a: {image: x}\n",
        # Text that would be longer without the line that ends it
        "x: |+\n  text\n\nversion: '3'\n\nservices:\n  a: {image: x}\n",
    ],
)
def test_says_what_version_it_leaves(tmp_path: Path, text: str) -> None:
    result = mend(text, tmp_path)
    assert (result.text, result.fixed) == (text, ())
    assert [finding.message for finding in result.left] == ["version is obsolete (Compose ignores it and warns)"]
    assert "not YAML" not in result.left[0].advice


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (
            "version: &v '3'\nservices:\n  a: {image: *v}\n",
            "aliases (*) refer to it: write its value there, then take it out",
        ),
        (
            "&k version: '3'\nservices:\n  a: {labels: [*k]}\n",
            "aliases (*) refer to it: write its value there, then take it out",
        ),
        ("version: &v '3'\nservices:\n  a: {image: x}\n", "take it out"),
        ("x: &v '3'\nversion: *v\nservices:\n  a: {image: *v}\n", "take it out"),
        ("version:\n  '3'\nservices:\n  a: {image: x}\n", "take it out"),
    ],
)
def test_says_how_to_take_the_version_out(tmp_path: Path, text: str, advice: str) -> None:
    assert [finding.advice for finding in mend(text, tmp_path).left] == [advice]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "services:\n",
        "services: {}\n",
        "services:\n  a: {image: x}\n",
        # Compose's first format, and files without services
        "web:\n  image: x\n  ports: ['80:80']\n",
        "version:\n  image: x\nweb:\n  image: x\n",
        "version: '3'\nvolumes: {data: }\n",
        "version: '3'\n",
        "- version: '3'\n",
        "version\n",
        # Silenced
        "# docker-hooks: ignore=compose-file old clients\nversion: '3'\nservices:\n  a: {image: x, privileged: true}\n",
        "# one\n\n# docker-hooks: ignore=other,compose-file all\n---\nservices:\n  a: {image: x, privileged: true}\n",
        "services:\n  a:\n    # docker-hooks: ignore=compose-file needs the device\n    privileged: true\n",
        "services:\n  a:\n    # docker-hooks: ignore=compose-file needs it\n    # indeed\n    privileged: true\n",
        # Templates that are no YAML yet
        "version: '3'\nservices:\n{% for name in names %}\n  {{ name }}:\n    image: x\n{% endfor %}\n",
        "services:\n  a: [\n  b: {{ x }}\n",
        "services:\0\n",
        # Images and forms that are understood
        "services:\n  a:\n    image: docker:27-dind\n    privileged: true\n",
        "services:\n  a:\n    image: tecnativa/docker-socket-proxy\n    volumes: [/run/docker.sock:/run/docker.sock]\n",
        "services:\n  a:\n    privileged: false\n",
        "services:\n  a:\n    privileged: ${PRIVILEGED}\n",
        "services:\n  a:\n    privileged: ${PRIVILEGED:-false}\n",
    ],
)
def test_leaves_alone(tmp_path: Path, text: str) -> None:
    result = mend(text, tmp_path)
    assert (result.text, result.fixed, result.left) == (text, (), ())


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("services: [\n", 2, "is not YAML (did not find expected node content)"),
        ("services:\n\ta:\n", 2, "is not YAML (found character that cannot start any token)"),
        ("version: '3'\nservices:\n  a: {image: x}\n  a: {image: x}\n", 4, "the key a is given twice"),
        ("version: '3'\nversion: '3'\nservices:\n  a: {image: x}\n", 2, "the key version is given twice"),
    ],
)
def test_says_what_compose_rejects(tmp_path: Path, text: str, line: int, message: str) -> None:
    result = mend(text, tmp_path)
    assert result.text == text
    assert [(finding.line, finding.message) for finding in result.left] == [(line, message)]


def said(text: str, root: Path, path: str = "compose.yaml") -> list[tuple[int, str]]:
    """The places and messages of what is reported and not mended."""
    return [(finding.line, finding.message) for finding in mend(text, root, path).left]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        ("build: .", ""),
        ("build: ./", ""),
        ("build: app", "builds by Dockerfile, and there is no such file in app"),
        ("build: gone", "builds from gone, and there is no such folder"),
        ("build: {context: gone}", "builds from gone, and there is no such folder"),
        ("build: {context: ./gone, target: x}", "builds from ./gone, and there is no such folder"),
        ("build: {context: '${DIR:-gone}'}", "builds from gone, and there is no such folder"),
        ("build: {context: app, dockerfile: gpu.Dockerfile}", ""),
        ("build: {context: ., dockerfile: app/gpu.Dockerfile}", ""),
        ("build: {context: ., dockerfile: gpu.Dockerfile}", "builds by gpu.Dockerfile, and there is no such file in ."),
        ("build: {dockerfile: app/../Dockerfile}", ""),
        ("build: lower", ""),
        ("build: podman", ""),
        ("build: {context: ., target: dev}", ""),
        ("build: {context: ., target: DEV}", ""),
        ("build: {context: ., target: '1'}", ""),
        ("build: {context: ., target: prod}", f"builds up to prod, {NO_STAGE}"),
        ("build: {context: ., target: '3'}", f"builds up to 3, {NO_STAGE}"),
        ("build: {dockerfile_inline: FROM scratch AS a, target: a}", ""),
        ("build: {dockerfile_inline: FROM scratch AS a, target: b}", f"builds up to b, {NO_STAGE}"),
        # What can't be known
        ("build: ${DIR}", ""),
        ("build: {context: ., target: $STAGE}", ""),
        ("build: {context: ., dockerfile: $FILE}", ""),
        ("build: https://host/repository.git", ""),
        ("build: ../elsewhere", ""),
        ("build: /elsewhere", ""),
        ("build: ~/elsewhere", ""),
        ("build: empty", ""),
        ("build: ignored/app", ""),
        ("build: templated", ""),
        ("build: broken", ""),
        ("build: {context: broken, target: x}", ""),
        ("build: {context: foreign, target: x}", ""),
        ("build:", ""),
        ("build: !reset null", ""),
        ("image: x", ""),
    ],
)  # fmt: skip
def test_builds(tmp_path: Path, build: str, message: str) -> None:
    write_tree(
        tmp_path / "root",
        {
            "Dockerfile": STAGES,
            "app/gpu.Dockerfile": RUNS,
            "app/main.py": "",
            "lower/dockerfile": RUNS,
            "podman/Containerfile": RUNS,
            "templated/Dockerfile.j2": "FROM {{ image }}",
            "broken/Dockerfile": "FORM x",
            "foreign/Dockerfile": "# syntax=someone/frontend\nFROM x\n",
            ".gitignore": "ignored/\n",
            ".git/HEAD": "",
        },
    )
    (tmp_path / "root/empty").mkdir()
    expected = [(3, message)] if message else []
    assert said(f"services:\n  a:\n    {build}\n", tmp_path / "root") == expected


@pytest.mark.parametrize(
    ("files", "path", "text", "expected"),
    [
        # A part of a build is judged by what it says itself.
        (
            {"compose.yaml": "services: {a: {build: {context: gone}}}"},
            "compose.override.yaml",
            "services:\n  a:\n    build:\n      args: {X: y}\n",
            [],
        ),
        (
            {"compose.yaml": "services: {a: {build: .}}", "Dockerfile": STAGES},
            "compose.dev.yaml",
            "services:\n  a:\n    build:\n      target: test\n",
            [(4, f"builds up to test, {NO_STAGE}")],
        ),
        (
            {"compose.yaml": "services: {a: {build: .}}", "Dockerfile": STAGES},
            "compose.dev.yaml",
            "services:\n  a:\n    build:\n      dockerfile: dev.Dockerfile\n",
            [(4, "builds by dev.Dockerfile, and there is no such file in .")],
        ),
        (
            {"base.yml": "services: {b: {build: gone}}"},
            "compose.yaml",
            "services:\n  a:\n    extends: {file: base.yml, service: b}\n",
            [],
        ),
        ({}, "compose.yaml", "include: [gone.yaml]\nservices:\n  a:\n    build: gone\n", []),
        # Paths may start from a folder above (--project-directory).
        ({"app/Dockerfile": RUNS}, "docker/compose.yaml", "services:\n  a:\n    build: app\n", []),
        (
            {"docker/Dockerfile": RUNS},
            "docker/compose.yaml",
            "services:\n  a:\n    build: {context: ., dockerfile: docker/Dockerfile}\n",
            [],
        ),
        # What an anchor brings to several services is said once.
        (
            {},
            "compose.yaml",
            "x: &x\n  build: gone\nservices:\n  a: *x\n  b:\n    <<: *x\n",
            [(2, "builds from gone, and there is no such folder")],
        ),
    ],
)  # fmt: skip
def test_builds_of_several_files(
    tmp_path: Path, files: dict[str, str], path: str, text: str, expected: list[tuple[int, str]]
) -> None:
    write_tree(tmp_path, {path: "", **files})
    assert said(text, tmp_path, path) == expected


@pytest.mark.parametrize(
    ("dockerfile", "service", "place"),
    [
        (RUNS, "volumes: ['.:/code']", "/app"),
        (RUNS, "volumes: ['./:/code:ro']", "/app"),
        (RUNS, "volumes: [{type: bind, source: ., target: /code}]", "/app"),
        (RUNS, "volumes: ['.:/code', 'data:/app/data']", "/app"),
        (RUNS, "volumes: ['./src:/code/src']", "/app"),
        (RUNS, "working_dir: /srv\n    volumes: ['.:/app/src']", "/srv"),
        (STAGES, "volumes: ['.:/code']", "/srv"),
        ("FROM python:3.12\nWORKDIR /home/me\nCMD python main.py\n", "volumes: ['.:/home/you']", "/home/me"),
        # It reaches the working directory, or more than that.
        (RUNS, "volumes: ['.:/app']", ""),
        (RUNS, "volumes: ['.:/app/']", ""),
        (RUNS, "volumes: ['./src:/app/src']", ""),
        (RUNS, "volumes: ['.:/app', '.:/code']", ""),
        (RUNS, "working_dir: /code\n    volumes: ['.:/code']", ""),
        ("FROM python:3.12\nWORKDIR /code/app\nCMD python main.py\n", "volumes: ['.:/code']", ""),
        (STAGES, "build: {context: ., target: dev}\n    command: python main.py\n    volumes: ['.:/app']", ""),
        # It is no mount of the source.
        (RUNS, "volumes: ['data:/code', '/code', './data:/data', './gone:/code']", ""),
        (RUNS, "volumes: ['~/x:/code', '/etc/hosts:/code/hosts']", ""),
        (RUNS, "volumes: [{type: volume, source: data, target: /code}, {type: tmpfs, target: /code}]", ""),
        # Something else speaks of the place, or may know it.
        (RUNS, "command: python /code/main.py\n    volumes: ['.:/code']", ""),
        (RUNS, "environment: {PYTHONPATH: /code}\n    volumes: ['.:/code']", ""),
        ("FROM python:3.12\nWORKDIR /app\nENV PYTHONPATH=/code\nCMD python main.py\n", "volumes: ['.:/code']", ""),
        (RUNS, "command: ./start.sh\n    volumes: ['.:/code']", ""),
        (RUNS, "command: bash\n    volumes: ['.:/code']", ""),
        (RUNS, "command: sleep infinity\n    volumes: ['.:/code']", ""),
        (PYTHON, "volumes: ['.:/code']", ""),
        # What can't be known
        ("FROM python:3.12\nARG DIR=/app\nWORKDIR $DIR\nCMD python main.py\n", "volumes: ['.:/code']", ""),
        ("FROM jupyter/base-notebook\nCMD python main.py\n", "volumes: ['.:/code']", ""),
        ("FROM jupyter/base-notebook\nWORKDIR work\nCMD python main.py\n", "volumes: ['.:/code']", ""),
        (RUNS, "volumes: ['.:${DIR}']", ""),
        (RUNS, "volumes: ['$DIR:/app', '.:/code']", ""),
        (RUNS, "working_dir: $DIR\n    volumes: ['.:/code']", ""),
        (RUNS, "command: $COMMAND\n    volumes: ['.:/code']", ""),
        (RUNS, "extends: {service: b}\n    volumes: ['.:/code']", ""),
    ],
)  # fmt: skip
def test_mounts_of_the_source(tmp_path: Path, dockerfile: str, service: str, place: str) -> None:
    write_tree(tmp_path, {"Dockerfile": dockerfile, "src/main.py": "", "data/x.csv": ""})
    build = "" if "build:" in service else "    build: .\n"
    found = said(f"services:\n  b: {{image: x}}\n  a:\n{build}    {service}\n", tmp_path)
    assert [re.sub(r".* works in ", "", message) for _, message in found] == ([place] if place else [])


def test_a_mount_in_an_override_is_judged_with_the_main_file(tmp_path: Path) -> None:
    write_tree(tmp_path, {"Dockerfile": RUNS, "compose.yaml": "services: {a: {build: ., working_dir: /code}}"})
    override = "services:\n  a:\n    build: .\n    volumes:\n    - .:/code\n"
    assert said(override, tmp_path, "compose.override.yaml") == []
    assert said(override.replace(":/code", ":/srv"), tmp_path, "compose.override.yaml") == [
        (5, "mounts the source at /srv, but the image works in /code")
    ]


@pytest.mark.parametrize(
    ("service", "message"),
    [
        ("env_file: gone.env", "env_file gone.env is not there, so that Compose stops"),
        ("env_file: [there.env, gone.env]", "env_file gone.env is not there, so that Compose stops"),
        ("env_file: [{path: gone.env}]", "env_file gone.env is not there, so that Compose stops"),
        ("env_file: [{path: gone.env, required: true}]", "env_file gone.env is not there, so that Compose stops"),
        ("env_file: secret.env", "env_file secret.env holds a secret (DB_PASSWORD), and git does not ignore it"),
        ("env_file: [{path: gone.env, required: false}]", ""),
        ("env_file: there.env", ""),
        ("env_file: [there.env, ./conf/other.env]", ""),
        ("env_file: $FILE", ""),
        ("env_file: ${FILE:-there.env}", ""),
        ("env_file: ../gone.env", ""),
        ("env_file: ~/gone.env", ""),
        ("env_file: .env", ""),
        ("env_file: ignored/gone.env", ""),
        ("env_file: ignored/secret.env", ""),
        ("env_file: conf/gone.env", ""),
        ("env_file: conf/example.env", ""),
        ("env_file:", ""),
    ],
)
def test_env_files(tmp_path: Path, service: str, message: str) -> None:
    secret = "# settings\nMODE=fast\nexport DB_PASSWORD='kT9wq2-Lr'\n"
    write_tree(
        tmp_path / "root",
        {
            "there.env": "MODE=fast\nDB_USER=someone\nDB_PASSWORD=someone\nAPI_KEY=\nTOKEN=${TOKEN}\nKEY_FILE=/x\n",
            "secret.env": secret,
            "ignored/secret.env": secret,
            "conf/other.env": "",
            "conf/example.env": secret,
            ".gitignore": ".env\n/ignored/\n",
            ".git/HEAD": "",
        },
    )
    text = f"services:\n  a:\n    {service}\n  b:\n    {service}\n"
    assert said(text, tmp_path / "root") == ([(3, message)] if message else [])


def test_env_files_outside_of_a_repository_are_nobodys_commit(tmp_path: Path) -> None:
    write_tree(tmp_path, {"secret.env": "DB_PASSWORD=kT9wq2-Lr\n"})
    assert said("services:\n  a:\n    env_file: secret.env\n", tmp_path) == []


@pytest.mark.parametrize(
    ("service", "line"),
    [
        ("environment: {DB_PASSWORD: kT9wq2-Lr}", 3),
        ("environment:\n      MODE: fast\n      DB_PASSWORD: 'kT9wq2-Lr'", 5),
        ("environment:\n    - MODE=fast\n    - DB_PASSWORD=kT9wq2-Lr", 5),
        ("environment:\n    - MODE=fast\n    - 'API_KEY=kT9wq2-Lr'", 5),
        ("environment: {URL: 'postgresql://me:kT9wq2-Lr@db/x'}", 3),
        ("environment: {X: hf_abcdefghijklmnopqrstuvwxyzABCDEFGH}", 3),
        ("environment: {DB_PASSWORD: }", 0),
        ("environment: {DB_PASSWORD: ''}", 0),
        ("environment: [DB_PASSWORD]", 0),
        ("environment: [DB_PASSWORD=]", 0),
        ("environment: {DB_PASSWORD: $DB_PASSWORD}", 0),
        ("environment: {DB_PASSWORD: '${DB_PASSWORD:?needed}'}", 0),
        ("environment: {DB_PASSWORD: '${DB_PASSWORD:-kT9wq2-Lr}'}", 0),
        ("environment: {URL: 'postgresql://me:${PASSWORD}@db/x'}", 0),
        ("environment: {URL: 'postgresql://me:postgres@db/x'}", 0),
        ("environment: {DB_PASSWORD_FILE: /run/secrets/password}", 0),
        ("environment: {DB_PASSWORD: /run/secrets/password}", 0),
        ("environment: {DB_USER: lena, DB_PASSWORD: lena}", 0),
        ("environment: {DB_PASSWORD: postgres, MINIO_SECRET_KEY: minioadmin, API_KEY: your-key}", 0),
        ("image: registry/metabase:1\n    environment: {DB_PASSWORD: metabase}", 0),
        ("environment: {PRIMARY_KEY: identifier, MAX_TOKENS: 4096, EOS_TOKEN: </s>, PUBLIC_KEY: kT9wq2-Lr}", 0),
    ],
)
def test_secrets(tmp_path: Path, service: str, line: int) -> None:
    found = mend(f"services:\n  a:\n    {service}\n", tmp_path).left
    assert [finding.line for finding in found] == ([line] if line else [])
    assert "kT9wq2-Lr" not in "".join(f"{finding.message}{finding.advice}" for finding in found)


def test_a_secret_of_several_services_is_said_once(tmp_path: Path) -> None:
    text = "x: &x\n  TOKEN: kT9wq2-Lr\nservices:\n  a:\n    environment: *x\n  b:\n    environment: {<<: *x, B: b}\n"
    assert said(text, tmp_path) == [(2, "the secret of TOKEN is written here")]


@pytest.mark.parametrize(
    ("service", "message"),
    [
        ("privileged: true", "privileged gives the container all rights and devices of the host"),
        ("privileged: ${PRIVILEGED:-true}", "privileged gives the container all rights and devices of the host"),
        ("volumes: ['/var/run/docker.sock:/var/run/docker.sock']", "mounts the Docker socket"),
        ("volumes: ['/run/docker.sock:/x:ro']", "mounts the Docker socket"),
        ("volumes: ['${SOCKET:-/run/docker.sock}:/x']", "mounts the Docker socket"),
        ("volumes: ['$SOCKET:/var/run/docker.sock']", "mounts the Docker socket"),
        ("volumes: [{type: bind, source: /var/run/docker.sock, target: /x}]", "mounts the Docker socket"),
    ],
)
def test_rights(tmp_path: Path, service: str, message: str) -> None:
    ((line, text),) = said(f"services:\n  a:\n    {service}\n", tmp_path)
    assert (line, text.partition(":")[0]) == (3, message)


@pytest.mark.parametrize(
    "image",
    [
        "portainer/portainer-ce:alpine",
        "portainer/agent",
        "gitlab/gitlab-runner:latest",
        "traefik:v3",
        "docker.io/library/traefik",
        "containrrr/watchtower",
        "ghcr.io/amir20/dozzle:latest",
        "gcr.io/cadvisor/cadvisor:v0.49.1",
        "nginxproxy/nginx-proxy:1.7@sha256:0123",
        "docker:cli",
        "lscr.io/linuxserver/socket-proxy:latest",
    ],
)
@pytest.mark.parametrize("mount", ["/var/run/docker.sock:/var/run/docker.sock", "/run/docker.sock:/tmp/docker.sock:ro"])
def test_images_that_manage_containers_may_have_the_socket(tmp_path: Path, image: str, mount: str) -> None:
    assert said(f"services:\n  a:\n    image: {image}\n    volumes: ['{mount}']\n", tmp_path) == []


@pytest.mark.parametrize(
    "image", ["python:3.12", "my/traefik-demo", "agent", "jenkins/jenkins", "mydocker", "x/cadvisors"]
)
def test_other_images_are_told_what_the_socket_means(tmp_path: Path, image: str) -> None:
    text = f"services:\n  a:\n    image: {image}\n    volumes: ['/var/run/docker.sock:/x:ro']\n"
    (finding,) = mend(text, tmp_path).left
    assert finding.message.startswith("mounts the Docker socket: whoever gets into the container has root's rights")
    assert "leave it out" not in finding.advice


@pytest.mark.parametrize(
    ("command", "advice"),
    [
        ("""command: sh -c "python3 main.py" """, 'write command: ["python3", "main.py"]'),
        ("""command: >\n      sh -c "python3 main.py" """, 'write command: ["python3", "main.py"]'),
        ("command: [sh, -c, python3 main.py]", 'write command: ["python3", "main.py"]'),
        ("command:\n    - /bin/bash\n    - -c\n    - python3 'my app'", 'write command: ["python3", "my app"]'),
        ("entrypoint: [/bin/sh, -c, gunicorn app]", 'write entrypoint: ["gunicorn", "app"]'),
        ("command: sh -c python main.py", "put quotes around the whole script, or leave the shell out"),
        ("command: [sh, -c, python, main.py]", "put quotes around the whole script, or leave the shell out"),
        ("command: python a.py && python b.py", WRITE_A_SHELL),
        ("command: python a.py > log.txt", WRITE_A_SHELL),
        ("command: curl http://host/?a=1&b=2", WRITE_A_SHELL),
        # Right as it is, or the shell's business
        ("command: python3 main.py", ""),
        ("command: [python3, main.py]", ""),
        ("command: curl 'http://host/?a=1&b=2'", ""),
        ("command: ['a && b']", ""),
        ("command: sh -c 'python a.py && python b.py'", ""),
        ("command: sh -c 'python a.py > log.txt'", ""),
        ("command: sh -c 'MODE=fast python a.py'", ""),
        ("command: sh -c 'exec python a.py'", ""),
        ("command: sh -c 'cd src; python a.py'", ""),
        ("command: sh -c 'python a.py $$MODE'", ""),
        ("command: sh -c 'python a.py $MODE'", ""),
        ("command: sh -c 'python *.py'", ""),
        ("command: sh -c 'python ~/a.py'", ""),
        ("command: sh -c 'python a.py &'", ""),
        ("command: sh -c './run arguments'", ""),
        ("command: sh -c 'run.sh arguments'", ""),
        ("command: sh -c airflow", ""),
        ("command: bash -lc 'python a.py'", ""),
        ("""command: [sh, -c, 'python "$$@"', sh, x]""", ""),
        ("command: sh script.sh", ""),
        ("command: sh -c 'python a.py", ""),
        ("command: sh -c (python a.py)", ""),
        ("command: []", ""),
        ("command: ''", ""),
        ("command:", ""),
    ],
)  # fmt: skip
def test_commands(tmp_path: Path, command: str, advice: str) -> None:
    found = mend(f"services:\n  a:\n    {command}\n", tmp_path).left
    assert [(finding.line, finding.advice) for finding in found] == ([(3, advice)] if advice else [])


def test_command_line(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    text = 'version: "3"\r\nservices:\r\n  a:\r\n    privileged: true\r\n'
    path = write_tree(tmp_path, {"compose.yaml": text}) / "compose.yaml"
    assert main(["--check", str(path)]) == 1
    assert path.read_bytes() == text.encode()
    assert b"compose.yaml:1: version is obsolete (Compose ignores it and warns); can be mended: took it out\n" in (
        capsysbinary.readouterr().out
    )
    assert main([str(path), str(tmp_path / "gone.yaml")]) == 1
    out = capsysbinary.readouterr().out.decode()
    assert path.read_bytes() == b"services:\r\n  a:\r\n    privileged: true\r\n"
    assert [line.partition("compose.yaml:")[2][:9] for line in out.splitlines()] == ["1: fixed:", "3: privil", ""]
    assert "gone.yaml:1: can't be read" in out
    path.write_text("services:\n  a: {image: x}\n")
    assert main([str(path)]) == 0


def test_the_readme_shows_what_the_hook_makes(tmp_path: Path) -> None:
    section = README.read_text("utf-8").partition("### `compose-file`")[2]
    shown = re.search(r"Before:\n\n```yaml\n(.*?)```\n\nAfter:\n\n```yaml\n(.*?)```", section, re.DOTALL)
    assert shown
    write_tree(tmp_path, {"Dockerfile": "FROM python:3.12\nWORKDIR /home/myuser/app\nCOPY . .\n"})
    result = mend(shown[1], tmp_path)
    assert result.text == shown[2]
    assert [finding.advice for finding in result.left] == ['write command: ["python3", "main.py"]']


def test_lines_are_those_that_editors_count(tmp_path: Path) -> None:
    text = "version: '3'\nservices:\n  a:\n    image: 'x\u2028y'\n    # \x85\n    privileged: true\n"
    result = mend("\ufeff" + text, tmp_path)
    assert [line for line, _ in result.fixed] == [1]
    assert [finding.line for finding in result.left] == [5]


def numbered(count: int, text: str) -> str:
    return "".join(text.format(number) for number in range(count))


@pytest.mark.parametrize(
    "made",
    [
        lambda count: "version: '3'\nservices:\n" + numbered(count, "  a{0}: {{privileged: true}}\n"),
        lambda count: "version: '3'\nservices: {a: " * count,
        lambda count: "version: &v '3'\nservices: {a: *v}\n---\n" * count,
        lambda count: "version: '3'\nservices: {a: }\n" + "---\nversion: '3'\nservices: {a: }\n" * count,
        lambda count: f"x: &x {{{numbered(count, 'a{0}: b, ')}}}\nservices:\n" + numbered(count, "  s{0}: *x\n"),
        lambda count: "services:\n  a:\n    command: sh -c '" + "a " * count + "'\n",
        lambda count: (
            "services:\n  a:\n    environment:\n"
            + numbered(count, "    - U{0}_USER=x{0}\n    - P{0}_PASSWORD=y{0}zzz\n")
        ),
    ],
    ids=["services", "depth", "anchors", "documents", "aliases", "command", "environment"],
)
def test_a_strangers_file_takes_no_long_time(tmp_path: Path, made: Callable[[int], str]) -> None:
    assert grows_linearly(lambda count: mend(made(count), tmp_path), 250)
