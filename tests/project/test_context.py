"""Which folder a Dockerfile is built with."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.memory import Memory
from docker_hooks.project.context import Contexts, read_recipe
from docker_hooks.project.names import is_compose_file, is_dockerfile, is_ignore_file


def make(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def contexts(root: Path, path: str, override: str | None = None) -> list[str]:
    found = Contexts(root, root / override if override else None).of(read_recipe(root / path, root, Memory()))
    return sorted(folder.resolve().relative_to(root.resolve()).as_posix() for folder in found)


@pytest.mark.parametrize(
    ("path", "lines", "files", "expected"),
    [
        # Its sources tell.
        ("Dockerfile", "COPY main.py /", ["main.py"], "."),
        ("docker/Dockerfile", "COPY main.py /", ["main.py"], "."),
        ("docker/Dockerfile", "COPY main.py /", ["main.py", "docker/main.py"], "docker"),
        ("a/b/c/Dockerfile", "COPY main.py /", ["a/main.py", "main.py"], "a"),
        ("a/b/Dockerfile", "COPY x y /z/", ["a/b/x", "a/x", "a/y"], "a"),
        ("a/b/Dockerfile", "COPY built.whl x /z/", ["x"], "."),
        ("a/b/Dockerfile", "COPY b/run.sh /z/", ["a/b/run.sh"], "a"),
        ("docker/Dockerfile", "COPY req*.txt /", ["requirements.txt"], "."),
        ("docker/Dockerfile", "COPY src/*.py /", ["src/a.py"], "."),
        ("docker/Dockerfile", "COPY */a.py /", ["src/a.py"], "docker"),
        ("docker/Dockerfile", "ARG D=src\nCOPY $D/a.py /", ["src/a.py"], "."),
        ("docker/Dockerfile", "ARG D\nCOPY src/$D /", ["src/a.py"], "."),
        ("docker/Dockerfile", 'COPY ["a b", "/"]', ["a b"], "."),
        ("docker/Dockerfile", "RUN --mount=type=bind,source=uv.lock,target=uv.lock uv sync", ["uv.lock"], "."),
        # These don't.
        ("docker/Dockerfile", "COPY --from=x main.py /", ["main.py"], "docker"),
        ("docker/Dockerfile", "ADD https://example.com/main.py /", ["main.py"], "docker"),
        ("docker/Dockerfile", "COPY <<main.py /\nx\nmain.py", ["main.py"], "docker"),
        ("docker/Dockerfile", "COPY $SRC /", ["main.py"], "docker"),
        ("docker/Dockerfile", "COPY nowhere /", ["main.py"], "docker"),
        ("docker/Dockerfile", "RUN true", ["main.py"], "docker"),
        ("docker/Dockerfile", "ONBUILD COPY main.py /", ["main.py"], "docker"),
        # All of it is there where anything is, besides Dockerfiles; what commands name decides between such.
        ("docker/Dockerfile", "COPY . /", ["main.py"], "."),
        ("docker/Dockerfile", "COPY . /", ["main.py", "docker/a.py"], "docker"),
        ("docker/Dockerfile", "COPY . /", ["main.py", "docker/.dockerignore"], "docker"),
        ("docker/Dockerfile", "COPY . /\nCMD python main.py", ["main.py", "docker/run.sh"], "."),
        ("docker/Dockerfile", 'COPY . /\nCMD ["python", "main.py"]', ["main.py", "docker/run.sh"], "."),
        ("docker/Dockerfile", "COPY . /\nRUN pip install -r requirements.txt", ["requirements.txt", "docker/a"], "."),
        ("docker/Dockerfile", "COPY . /app/a\nRUN python /app/a/main.py", ["main.py", "docker/run.sh"], "."),
        ("docker/Dockerfile", "COPY . /", [".dockerignore", "docker/run.sh"], "."),
        ("docker/Dockerfile", "COPY . /", [".dockerignore", "Dockerfile.gpu", "docker/run.sh"], "docker"),
        ("docker/Dockerfile", "COPY . /", [".dockerignore", "docker/.dockerignore", "docker/run.sh"], "docker"),
        ("docker/Dockerfile", "COPY a . /", [".dockerignore", "a", "docker/a"], "docker"),
        ("api/Dockerfile", "COPY . /\nCMD python main.py", ["main.py", "api/main.py"], "api"),
        ("api/Dockerfile", "COPY x /\nCMD python main.py", ["main.py", "api/x"], "api"),
        # Docker rejects it.
        ("docker/Dockerfile", "nonsense\nCOPY main.py /", ["main.py"], "docker"),
    ],
)
def test_finds_the_context(tmp_path: Path, path: str, lines: str, files: list[str], expected: str) -> None:
    make(tmp_path, {path: f"FROM x\n{lines}\n", **dict.fromkeys(files, "")})
    assert contexts(tmp_path, path) == [expected]


def composed(*builds: str) -> str:
    return "services:\n" + "".join(f"  s{number}:\n    build: {build}\n" for number, build in enumerate(builds))


API = "api/Dockerfile"


@pytest.mark.parametrize(
    ("compose", "text", "path", "expected"),
    [
        ("compose.yaml", composed("."), "Dockerfile", ["."]),
        ("compose.yaml", composed(f"{{context: ., dockerfile: {API}}}"), API, ["."]),
        ("compose.yaml", composed("./api"), API, ["api"]),
        ("docker-compose.yml", composed("{context: api, dockerfile: ../Dockerfile}", "."), "Dockerfile", [".", "api"]),
        ("api/compose.yml", composed(f"{{context: .., dockerfile: {API}}}"), API, ["."]),
        # Unknown, missing or unreadable: the sources tell.
        ("compose.yaml", composed(f"{{context: $X, dockerfile: {API}}}"), API, ["api"]),
        ("compose.yaml", composed("{context: gone, dockerfile: ../Dockerfile}"), "Dockerfile", ["."]),
        ("compose.yaml", "services: [", "Dockerfile", ["."]),
    ],
)
def test_a_compose_file_counts_most(tmp_path: Path, compose: str, text: str, path: str, expected: list[str]) -> None:
    make(tmp_path, {path: "FROM x\nCOPY main.py /\n", "main.py": "", "api/main.py": "", compose: text})
    assert contexts(tmp_path, path) == expected


def test_no_context_lies_outside_the_repository(tmp_path: Path) -> None:
    root = tmp_path / "root"
    build = "{context: .., dockerfile: root/Dockerfile}"
    make(root, {"Dockerfile": "FROM x\nCOPY a /\n", "compose.yaml": f"services:\n  a:\n    build: {build}\n"})
    make(tmp_path, {"a": ""})
    assert contexts(root, "Dockerfile") == []
    (root / "compose.yaml").unlink()
    assert contexts(root, "Dockerfile") == ["."]


def test_the_user_has_the_last_word(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": "FROM x\nCOPY a /\n", "compose.yaml": "services:\n  a:\n    build: .\n", "b/c": ""})
    assert contexts(tmp_path, "Dockerfile", "b") == ["b"]


def test_finds_the_dockerfiles_of_a_context(tmp_path: Path) -> None:
    compose = composed("{context: ., dockerfile: jobs/nightly}", "{dockerfile_inline: FROM x}")
    make(
        tmp_path,
        {
            "main.py": "",
            "Dockerfile": "FROM x\nCOPY main.py /\n",
            "docker/gpu.dockerfile": "FROM x\nCOPY main.py /\n",
            "jobs/nightly": "FROM x\n",
            "api/Dockerfile": "FROM x\nCOPY app.py /\n",
            "api/app.py": "",
            "old/Dockerfile.old": "nonsense\n",
            "node_modules/x/Dockerfile": "FROM x\nCOPY main.py /\n",
            ".venv/pyvenv.cfg": "",
            ".venv/Dockerfile": "FROM x\nCOPY main.py /\n",
            "Dockerfile.md": "",
            "compose.yaml": compose,
        },
    )
    found = Contexts(tmp_path)
    assert sorted(recipe.path.relative_to(tmp_path).as_posix() for recipe in found.recipes(tmp_path)) == [
        "Dockerfile",
        "docker/gpu.dockerfile",
        "jobs/nightly",
        "old/Dockerfile.old",
    ]
    assert found.has_inline(tmp_path)
    assert [recipe.path.name for recipe in found.recipes(tmp_path / "api")] == ["Dockerfile"]
    assert not found.has_inline(tmp_path / "api")


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile", "dockerfile", "Containerfile", "Dockerfile.gpu", "Dockerfile-dev", "Dockerfile_x",
        "gpu.Dockerfile", "gpu.dockerfile", "app-dockerfile", "gpu.Dockerfile.dev",
        "Dockerfile.prod.cuda12", "Dockerfile.ubuntu-22.04",
    ],
)  # fmt: skip
def test_names_of_dockerfiles(name: str) -> None:
    assert is_dockerfile(name)
    assert not is_ignore_file(name)


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile.dockerignore", "Dockerfile.md", "Dockerfile.j2", "Dockerfile.py", "dockerfile.template",
        "Dockerfiles", "my_dockerfile_test.py", "dockerfile-notes.txt", "Dockerfile.gpu.tmpl", "dockerfilex",
        ".dockerignore", "Makefile", "Dockerfile~", "Dockerfile.gpu~",
        "DOCKERFILE.swp", "Dockerfile.yaml",
    ],
)  # fmt: skip
def test_names_of_others(name: str) -> None:
    assert not is_dockerfile(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("compose.yaml", True),
        ("compose.yml", True),
        ("docker-compose.yml", True),
        ("docker-compose.override.yaml", True),
        ("docker-compose-dev.yml", True),
        ("compose.prod.yaml", True),
        ("composer.json", False),
        ("my-compose.yml", False),
        ("docker-compose.yml.j2", False),
    ],
)
def test_names_of_compose_files(name: str, expected: bool) -> None:
    assert is_compose_file(name) is expected


def said(root: Path, dockerfile: Path) -> list[Path]:
    """The contexts that compose files say for a Dockerfile."""
    contexts, recipe = Contexts(root), read_recipe(dockerfile, root, Memory())
    return [context for context in contexts.of(recipe) if contexts.is_said(recipe, context)]


@pytest.mark.parametrize(
    ("files", "dockerfile", "contexts"),
    [
        ({"compose.yaml": "services: {a: {build: .}}"}, "Dockerfile", {"."}),
        ({"compose.yaml": "services: {a: {build: .}}"}, "dockerfile", {"."}),
        ({"compose.yaml": "services: {a: {build: .}}"}, "app/Dockerfile", set()),
        ({"compose.yaml": "services: {a: {build: app}}"}, "app/Dockerfile", {"app"}),
        ({"compose.yaml": "services: {a: {build: app/../app/}}"}, "app/Dockerfile", {"app"}),
        ({"compose.yaml": "services: {a: {build: {context: ., dockerfile: app/Dockerfile}}}"}, "app/Dockerfile", {"."}),
        ({"compose.yaml": "services: {a: {build: {context: app, dockerfile: ../x}}}"}, "x", {"app"}),
        (
            {"docker/docker-compose.yml": "services: {a: {build: {context: .., dockerfile: docker/Dockerfile}}}"},
            "docker/Dockerfile",
            {"."},
        ),
        (
            {
                "compose.yaml": "services: {a: {build: {context: ., dockerfile: a/b/Dockerfile}}}",
                "a/compose.yml": "services: {b: {build: b}, c: {build: {context: ., dockerfile: b/Dockerfile}}}",
            },
            "a/b/Dockerfile",
            {"a/b", "a", "."},
        ),
        ({"compose.yaml": "services: {a: {build: {context: '${X}'}}}"}, "Dockerfile", set()),
        ({"compose.yaml": "services: {a: {build: {dockerfile: '${X}'}}}"}, "Dockerfile", set()),
        ({"compose.yaml": "services: {a: {build: 'https://host/a.git'}}"}, "Dockerfile", set()),
        ({"compose.yaml": "services: {a: {build: 'git@host:a'}}"}, "Dockerfile", set()),
        ({"compose.yaml": "services: {a: {build: ~/x}}"}, "Dockerfile", set()),
        ({"compose.yaml": "services: {a: {build: {dockerfile_inline: FROM x}}}"}, "Dockerfile", set()),
        ({"compose.yaml": "services: ["}, "Dockerfile", set()),
        ({"../compose.yaml": "services: {a: {build: root}}"}, "Dockerfile", set()),
        ({}, "Dockerfile", set()),
    ],
)
def test_contexts_that_compose_files_say(
    tmp_path: Path, files: dict[str, str], dockerfile: str, contexts: set[str]
) -> None:
    root = tmp_path / "root"
    make(root, {**files, dockerfile: "FROM scratch\n", "app/main.py": ""})
    assert {folder.relative_to(root).as_posix() for folder in said(root, root / dockerfile)} == contexts


def test_finds_builds_through_links(tmp_path: Path) -> None:
    make(tmp_path, {"real/compose.yaml": "services: {a: {build: .}}", "real/Dockerfile": "FROM scratch\n"})
    (tmp_path / "link").symlink_to("real")
    assert len(said(tmp_path / "real", tmp_path / "link/Dockerfile")) == 1
    assert len(said(tmp_path / "link", tmp_path / "real/Dockerfile")) == 1


def test_reads_no_compose_file_outside_the_project(tmp_path: Path) -> None:
    make(tmp_path, {"compose.yaml": "services: {a: {build: .}}", "root/Dockerfile": "FROM scratch\n"})
    (tmp_path / "root/compose.yaml").symlink_to("../compose.yaml")
    assert said(tmp_path / "root", tmp_path / "root/Dockerfile") == []
