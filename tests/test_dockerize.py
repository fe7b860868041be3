"""The command `dockerize`, over small projects: what it writes for each tool, and what it never does."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

import dockerfile as official
import pytest
import yaml

from docker_hooks.dockerize import main

ROOT = Path(__file__).parents[1]
OTHER_HOOKS = [
    entry
    for entry in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    if entry.get("pass_filenames", True)
]
WRITTEN = ("Dockerfile", ".dockerignore", "compose.yaml")
PYPROJECT = '[project]\nname = "demo"\nversion = "1"\nrequires-python = ">=3.11,<3.13"\ndependencies = ["idna"]\n'
SCRIPTS = '[project.scripts]\nother = "demo:main"\ndemo = "demo:main"\n'
BACKEND = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
POETRY = '[tool.poetry]\nname = "demo"\nversion = "1"\n[tool.poetry.dependencies]\npython = "^3.11"\nidna = "*"\n'
LOCK = '[[package]]\nname = "idna"\nversion = "3.10"\n'
PACKAGE = {"demo/__init__.py": "", "demo/__main__.py": ""}

# The files of a project; what its Dockerfile has, and has not.
PROJECTS: dict[str, tuple[dict[str, str], list[str], list[str]]] = {
    "code alone": (
        {"main.py": ""},
        ["FROM python:3.14-slim-trixie\n", 'CMD ["python", "main.py"]'],
        ["pip install", "AS build"],
    ),
    "pip": (
        {"requirements.txt": "idna\n", "app.py": "", ".python-version": "3.12.4\n"},
        [
            "FROM python:3.12-",
            "COPY --chown=app:app requirements.txt ./\nRUN pip install --no-cache-dir -r",
            '"app.py"',
        ],
        ["AS build", "apt-get"],
    ),
    "pip, files that refer to files": (
        {"requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": "idna\n", "main.py": ""},
        ["requirements.txt ./\n", "COPY --chown=app:app requirements/base.txt ./requirements/\n"],
        [],
    ),
    "pip, a requirement that is the project": (
        {"requirements.txt": "-e .\n", "setup.py": "from setuptools import setup\nsetup()\n", "main.py": ""},
        [
            "COPY --chown=app:app . .\nRUN pip install --no-cache-dir -r requirements.txt\n\n",
            "# Switch to the user\nUSER app\n",
        ],
        ["COPY --chown=app:app requirements.txt"],
    ),
    "pip, libraries": (
        {"requirements.txt": "opencv_python==4.1\nLightGBM[scikit-learn]>=4 # trees\npsycopg[binary]\n", "main.py": ""},
        ["-y libgl1 libglib2.0-0 libgomp1 &&"],
        ["AS build", "libpq5", "gcc"],
    ),
    "pip, compilers": (
        {"requirements.txt": "psycopg2\n", "main.py": ""},
        ["AS build", "-y gcc libc6-dev libpq-dev &&", "-y libpq5 &&", "COPY --from=build /opt/venv /opt/venv"],
        [],
    ),
    "pip, from git": ({"requirements.txt": "demo @ git+https://example.com/demo\n", "main.py": ""}, ["-y git &&"], []),
    "pip, pyproject.toml alone": (
        {"pyproject.toml": PYPROJECT + SCRIPTS + BACKEND, "src/demo/__init__.py": ""},
        ["FROM python:3.12-", "COPY . .\nRUN pip install --no-cache-dir .\n", 'CMD ["demo"]'],
        ["requirements.txt"],
    ),
    "pip, commands of setup.cfg": (
        {
            "setup.py": "from setuptools import setup\nsetup()\n",
            "setup.cfg": "[metadata]\nname = demo\n[options.entry_points]\nconsole_scripts =\n    run-it = demo:main\n",
        },
        ['CMD ["run-it"]'],
        [],
    ),
    "a package in src": (
        {"requirements.txt": "idna\n", "src/demo/__main__.py": ""},
        ['CMD ["python", "-m", "demo"]', "ENV PYTHONPATH=/home/app/app/src"],
        [],
    ),
    "notebooks": (
        {"requirements.txt": "idna\n", "notebooks/a.ipynb": "{}"},
        ["pip install --no-cache-dir jupyterlab==", "EXPOSE 8888", '"jupyter", "lab"'],
        [],
    ),
    "notebooks with their server": (
        {"requirements.txt": "jupyterlab==4.4.0\n", "a.ipynb": "{}"},
        ["EXPOSE 8888"],
        ["pip install --no-cache-dir jupyterlab"],
    ),
    "notebooks in a folder of their own": (
        {"requirements.txt": "idna\n", "nb/a.ipynb": "{}"},
        ["pip install --no-cache-dir jupyterlab==", '"jupyter", "lab"'],
        [],
    ),
    "a notebook server alone": (
        {"environment.yml": "dependencies:\n- jupyterlab=4\n", "examples/a.ipynb": "{}"},
        ["EXPOSE 8888", '"jupyter", "lab"'],
        ["channel conda-forge jupyterlab"],
    ),
    "notebooks that tell of the project": (
        {"requirements.txt": "idna\n", "docs/a.ipynb": "{}", ".ipynb_checkpoints/a.ipynb": "{}"},
        ['CMD ["python"]'],
        ["jupyter"],
    ),
    "notebooks, their server for development alone": (
        {"pyproject.toml": PYPROJECT, "uv.lock": LOCK.replace("idna", "jupyterlab"), "a.ipynb": "{}"},
        ["uv pip install --no-cache --python /opt/venv jupyterlab=="],
        [],
    ),
    "pip, commands without a build system": (
        {"pyproject.toml": PYPROJECT + SCRIPTS, "demo/__init__.py": "", "tests/test_demo.py": ""},
        ["COPY . .\nRUN pip install --no-cache-dir .\n", 'CMD ["demo"]'],
        [],
    ),
    "pip, commands without a build system beside requirements": (
        {"pyproject.toml": PYPROJECT + SCRIPTS, "requirements.txt": "idna\n", "src/demo/__init__.py": ""},
        ["-r requirements.txt", "RUN pip install --no-cache-dir .\n", 'CMD ["demo"]'],
        [],
    ),
    "pip, setuptools' settings without a build system": (
        {"pyproject.toml": PYPROJECT + '[tool.setuptools]\npackages = ["demo"]\n', **PACKAGE, "data/a.csv": ""},
        ["RUN pip install --no-cache-dir .\n", '"-m", "demo"'],
        [],
    ),
    "pip, setup.cfg beside a pyproject.toml without a build system": (
        {"pyproject.toml": "[tool.black]\nline-length = 99\n", "setup.cfg": "[metadata]\nname = demo\n", **PACKAGE},
        ["RUN pip install --no-cache-dir .\n"],
        [],
    ),
    "dependencies of what is no package": (
        {"pyproject.toml": PYPROJECT, "x/__main__.py": "", "data/a.csv": ""},
        ["COPY pyproject.toml ./\nRUN uv sync --no-cache --no-dev --no-install-project\n", '"-m", "x"'],
        ["--locked", "--no-editable"],
    ),
    "dependencies of what setuptools can't tell to be a package": (
        {"pyproject.toml": PYPROJECT + SCRIPTS, **PACKAGE, "data/a.csv": ""},
        ["RUN uv sync --no-cache --no-dev --no-install-project\n", '"-m", "demo"'],
        ["pip install --no-cache-dir ."],
    ),
    "nothing to start": ({"requirements.txt": "idna\n"}, ['CMD ["python"]'], ["EXPOSE"]),
    "uv": (
        {"pyproject.toml": PYPROJECT + SCRIPTS + BACKEND, "uv.lock": LOCK, "demo/__init__.py": ""},
        [
            "FROM python:3.12-",
            "COPY pyproject.toml uv.lock ./\nRUN uv sync --locked --no-cache --no-dev --no-install-project\n",
            "COPY . .\nRUN uv sync --locked --no-cache --no-dev --no-editable\n",
            'CMD ["demo"]',
        ],
        [],
    ),
    "uv, no package": (
        {"pyproject.toml": PYPROJECT, "uv.lock": LOCK, "main.py": ""},
        ["--no-install-project", '"main.py"'],
        ["--no-editable"],
    ),
    "uv, not locked": (
        {"pyproject.toml": PYPROJECT + "[tool.uv]\nmanaged = true\n", "main.py": ""},
        ["RUN uv sync --no-cache --no-dev --no-install-project\n"],
        ["--locked"],
    ),
    "uv, notebooks": (
        {"pyproject.toml": PYPROJECT, "uv.lock": LOCK, "a.ipynb": "{}"},
        ["uv pip install --no-cache --python /opt/venv jupyterlab=="],
        [],
    ),
    "uv, a workspace": (
        {"pyproject.toml": PYPROJECT + '[tool.uv.workspace]\nmembers = ["libs/*"]\n', "uv.lock": LOCK, "main.py": ""},
        ["COPY . .\nRUN uv sync --locked --no-cache --no-dev --no-install-project\n"],
        ["COPY pyproject.toml"],
    ),
    "poetry": (
        {"pyproject.toml": POETRY, "poetry.lock": LOCK, **PACKAGE},
        [
            "FROM python:3.14-",
            "COPY pyproject.toml poetry.lock ./\nRUN poetry install --only main --no-root",
            "COPY . .\nRUN pip install --no-cache-dir --no-deps .\n",
            '"-m", "demo"',
        ],
        [],
    ),
    "poetry, version from git": (
        {"pyproject.toml": POETRY + '[build-system]\nrequires = ["poetry-dynamic-versioning"]\n', "poetry.lock": LOCK},
        ["-y git &&", "RUN rm -rf .git\n", "COPY --from=build --chown=app:app /home/app/app ./\nUSER app\n"],
        ["COPY --chown=app:app . ."],
    ),
    "pdm": (
        {"pyproject.toml": PYPROJECT + BACKEND + "[tool.pdm]\ndistribution = false\n", "pdm.lock": LOCK, "main.py": ""},
        [
            'RUN pip install --no-cache-dir "pdm[locked]==',
            "COPY pyproject.toml pdm.lock ./\nRUN pdm sync --prod --no-self\n",
        ],
        ["--no-deps"],
    ),
    "pipenv": (
        {
            "Pipfile": '[packages]\nidna = "*"\n[requires]\npython_version = "3.11"\n',
            "Pipfile.lock": json.dumps({"default": {"psycopg2": {"version": "==2.9"}}}, indent=4),
            "main.py": "",
        },
        ["FROM python:3.11-", "COPY Pipfile Pipfile.lock ./\nRUN pipenv sync\n", "libpq5"],
        [],
    ),
    "pipenv, not locked": (
        {"Pipfile": '[packages]\nmysqlclient = "*"\n', "main.py": ""},
        ["pipenv install --skip-lock", "-y libmariadb3 &&"],
        [],
    ),
    "conda": (
        {"environment.yml": "name: x\ndependencies:\n- python=3.12\n- opencv\n- pip:\n  - idna\n", "main.py": ""},
        ["FROM mambaorg/micromamba:2", "--file environment.yml && \\\n    micromamba clean --all --yes\n", '"main.py"'],
        ["apt-get", "AS build"],
    ),
    "conda, the project itself": (
        {"environment.yaml": "dependencies:\n- python\n- pip:\n  - -e .\n", "setup.py": "", "a.ipynb": "{}"},
        ["COPY --chown=$MAMBA_USER:$MAMBA_USER . .\nRUN micromamba install", "--channel conda-forge jupyterlab=4"],
        ["environment.yaml ./"],
    ),
}


def write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of its own, which is the current folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def assert_clean(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every hook of the manifest passes what was written, and Docker's own parser reads it."""
    text = (root / "Dockerfile").read_text()
    official.parse_string(text)
    capsys.readouterr()
    before = {name: (root / name).read_text() for name in WRITTEN}
    for hook in OTHER_HOOKS:
        module = importlib.import_module(f"docker_hooks.{hook['id'].replace('-', '_')}")
        files = [name for name in WRITTEN if re.search(hook["files"], name)]
        assert files
        assert (hook["id"], module.main(files), capsys.readouterr().out) == (hook["id"], 0, "")
    assert {name: (root / name).read_text() for name in WRITTEN} == before
    for paragraph in text.split("\n\n"):
        assert paragraph.startswith("# "), "an instruction without a comment"


@pytest.mark.parametrize(("files", "has", "has_not"), PROJECTS.values(), ids=PROJECTS)
def test_writes_for_the_projects_tool(
    project: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], has: list[str], has_not: list[str]
) -> None:
    write(project, files)
    assert main([]) == 1
    text = (project / "Dockerfile").read_text()
    for part in has:
        assert part in text
    for part in has_not:
        assert part not in text
    assert_clean(project, capsys)
    assert main([]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("files", "python"),
    [
        ({}, "3.14"),
        ({".python-version": "3.11\n"}, "3.11"),
        ({".python-version": "pypy3.10\n"}, "3.14"),
        ({".python-version": '3.12"\nRUN evil\n'}, "3.14"),
        ({"setup.cfg": "[options]\npython_requires = >=3.8, !=3.14.*\n"}, "3.13"),
        ({"pyproject.toml": '[project]\nrequires-python = ">=3.15"\n'}, "3.15"),
        ({"pyproject.toml": '[project]\nrequires-python = "<3.10"\n'}, "3.9"),
        ({"pyproject.toml": '[project]\nrequires-python = ">=4"\n'}, "3.14"),
        ({"pyproject.toml": "no TOML ["}, "3.14"),
    ],
)
def test_takes_a_python_that_the_project_allows(project: Path, files: dict[str, str], python: str) -> None:
    write(project, {"main.py": "", **files})
    assert main([]) == 1
    assert f"FROM python:{python}-slim-trixie\n" in (project / "Dockerfile").read_text()


HOSTILE = [
    {"pyproject.toml": PYPROJECT + BACKEND + '[project.scripts]\n"x\\"]\\nRUN evil" = "a:b"\n', "main.py": ""},
    {"pyproject.toml": PYPROJECT + BACKEND + '[project.scripts]\n"--evil" = "a:b"\n', "main.py": ""},
    {"pyproject.toml": PYPROJECT + BACKEND + '[project.scripts]\n"$(evil)" = "a:b"\n', "uv.lock": LOCK},
    {"pyproject.toml": '[project]\nname = ["evil"]\nscripts = 1\n', "uv.lock": 'name = "evil"\n'},
    {"requirements.txt": "-r 'evil \\n RUN evil.txt'\n", "evil \n RUN evil.txt": "idna\n", "main.py": ""},
    {"requirements.txt": "-r $evil.txt\n", "$evil.txt": "idna\n", "main.py": ""},
    {"requirements.txt": "-r --evil.txt\n", "--evil.txt": "idna\n", "main.py": ""},
    {"requirements.txt": "idna; evil\n&& evil\n", "src/evil; x/__main__.py": "", "main.py": ""},
    {"Pipfile": "evil", "Pipfile.lock": "evil", "main.py": ""},
    {"environment.yml": "evil: [", "main.py": ""},
    {"environment.yml": 'dependencies:\n- "python=3.12\\nRUN evil"\n', "main.py": ""},
]


@pytest.mark.parametrize("files", HOSTILE)
def test_names_in_manifests_do_not_reach_the_dockerfile(
    project: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str]
) -> None:
    write(project, files)
    assert main([]) == 1
    assert "failed" not in capsys.readouterr().out
    assert "evil" not in (project / "Dockerfile").read_text()
    assert_clean(project, capsys)


def test_says_what_it_leaves_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scripts = '[project.scripts]\n"a b" = "a:b"\n"c d" = "a:b"\n'
    write(project, {"pyproject.toml": PYPROJECT + BACKEND + scripts, "main.py": ""})
    assert main([]) == 1
    assert "Dockerfile:1: the command 'a b' (and 1 more) has an unusual name: left out\n" in capsys.readouterr().out


UNREADABLE = "pyproject.toml is not TOML (Expected '=' after a key in a key/value pair (at line 1, column 4))"
NAMELESS = "[project] in pyproject.toml has no name, and no tool installs what has none"
ALONE = "pyproject.toml names no build system: uv installs the dependencies alone"


@pytest.mark.parametrize(
    ("files", "notes"),
    [
        ({"main.py": ""}, []),
        ({"pyproject.toml": PYPROJECT + BACKEND, ".python-version": "3.12\n", "demo/__init__.py": ""}, []),
        ({"requirements.txt": "idna\n", "pyproject.toml": '[project]\nrequires-python = ">=3.11"\n'}, []),
        ({"pyproject.toml": "no [", "main.py": ""}, [UNREADABLE]),
        ({"pyproject.toml": "no [", "requirements.txt": "idna\n"}, [UNREADABLE]),
        ({"pyproject.toml": "no [", "uv.lock": LOCK}, [UNREADABLE]),
        ({"pyproject.toml": '[project]\nversion = "1"\ndependencies = ["idna"]\n', "main.py": ""}, [NAMELESS]),
        ({"pyproject.toml": '[project]\nname = "x"\ndynamic = ["version"]\n', "main.py": ""}, []),
        (
            {"pyproject.toml": '[project]\nname = "x"\ndependencies = ["idna"]\n', "x/__init__.py": ""},
            ["[project] in pyproject.toml has no version, and no tool installs what has none"],
        ),
        (
            {"pyproject.toml": '[project]\nname = "x"\nversion = "1"\nrequires-python = 3\n', "main.py": ""},
            ["requires-python in pyproject.toml is no string, and no tool installs such a project"],
        ),
        ({"pyproject.toml": PYPROJECT, "main.py": ""}, [ALONE]),
        (
            {"pyproject.toml": PYPROJECT + SCRIPTS, **PACKAGE, "data/a.csv": ""},
            [
                (
                    "setuptools, without [build-system], can't tell which of data, demo is the package: "
                    "uv installs the dependencies alone"
                )
            ],
        ),
        (
            {"setup.cfg": "[metadata]\nname = x\n[options]\ninstall_requires = idna\n", "main.py": ""},
            ["pip installs by setup.cfg only where a pyproject.toml or setup.py stands beside it"],
        ),
        (
            {"requirements-dev.txt": "idna\n", "main.py": ""},
            ["'requirements-dev.txt' is not installed: its name says that it is for something else"],
        ),
        (
            {"pyproject.toml": '[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.9; x"\n', "main.py": ""},
            ["pyproject.toml asks for Python '>=3.9; x', which is not understood: left out of account"],
        ),
        (
            {"requirements.txt": "idna\n", ".python-version": "pypy3.10-7.3.12\n"},
            [".python-version asks for Python 'pypy3.10-7.3.12', which is not understood: left out of account"],
        ),
        ({"environment.yml": "dependencies:\n- python=3.12\n", ".python-version": "pypy3.10\n"}, []),
    ],
)
def test_says_what_it_can_not_take(
    project: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], notes: list[str]
) -> None:
    write(project, files)
    assert main(["--dry-run"]) == 0
    assert capsys.readouterr().err.splitlines() == [f"Dockerfile:1: {note}" for note in notes]
    assert main([]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[1:-2] == [f"Dockerfile:1: {note}" for note in notes]
    assert ("as no dependencies are found" in said[0]) is ("installs nothing" in said[0] and not notes)


@pytest.mark.parametrize(("manifest", "fault"), [("no [", UNREADABLE), ('[project]\nversion = "1"\n', NAMELESS)])
def test_says_what_keeps_it_from_writing(
    project: Path, capsys: pytest.CaptureFixture[str], manifest: str, fault: str
) -> None:
    write(project, {"pyproject.toml": manifest})
    assert main([]) == 1
    assert capsys.readouterr().out == f".:1: nothing is written: {fault}\n"
    assert sorted(path.name for path in project.iterdir()) == [".git", "pyproject.toml"]


KEPT_BACK = "without which the image can't be built or started; add a line for each:"


@pytest.mark.parametrize(
    ("files", "ignored", "said"),
    [
        (
            {"requirements.txt": "idna\n", "main.py": "", "src/a.py": ""},
            "# ours\n*\n!src\n",
            f"2: keeps back requirements.txt, main.py, {KEPT_BACK} !requirements.txt !main.py",
        ),
        (
            {"requirements.txt": "idna\n", "src/demo/__main__.py": "", "src/demo/__init__.py": ""},
            "src\n",
            f"1: keeps back src/demo/__init__.py, src/demo/__main__.py, {KEPT_BACK} !src/demo",
        ),
        (
            {"pyproject.toml": PYPROJECT + SCRIPTS + BACKEND + "[project.urls]\n", "demo/__init__.py": ""},
            "*\n!demo\n",
            f"1: keeps back pyproject.toml, {KEPT_BACK} !pyproject.toml",
        ),
        ({"main.py": ""}, "a[\n", "1: Docker rejects the pattern a[ "),
        ({"requirements.txt": "idna\n", "main.py": ""}, "*\n!*.txt\n!*.py\n", ""),
        ({"requirements.txt": "idna\n", "main.py": "", "data/a.csv": ""}, "data\n.git\n", ""),
    ],
)
def test_says_what_an_ignore_file_that_stays_keeps_back(
    project: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], ignored: str, said: str
) -> None:
    write(project, {**files, ".dockerignore": ignored})
    assert main(["--dry-run"]) == 0
    assert (f".dockerignore:{said}" in capsys.readouterr().err) == bool(said)
    assert main([]) == 1
    found = [line for line in capsys.readouterr().out.splitlines() if line.startswith(".dockerignore:")]
    assert len(found) == bool(said)
    assert all(line.startswith(f".dockerignore:{said}") for line in found)
    assert (project / ".dockerignore").read_text() == ignored
    lines = [word for line in found for word in line.partition(KEPT_BACK)[2].split()]
    if "rejects" not in said:
        (project / ".dockerignore").write_text("\n".join([ignored, *lines]))
        (project / "Dockerfile").unlink()
        assert main([]) == 1
        assert "keeps back" not in capsys.readouterr().out


def test_an_ignore_file_that_leads_out_is_not_read(
    project: Path, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside, {"list": "evil[\n"})
    write(project, {"main.py": "", "folder/main.py": "", "folder/.dockerignore/x": ""})
    (project / ".dockerignore").symlink_to(outside / "list")
    for folder in (".", "folder"):
        assert main([folder]) == 1
        assert [line.rpartition(": created")[1] for line in capsys.readouterr().out.splitlines()] == [": created"] * 2


def test_a_link_out_of_the_project_is_not_followed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside, {"requirements.txt": "psycopg2\n", "main.py": ""})
    (project / "requirements.txt").symlink_to(outside / "requirements.txt")
    (project / "main.py").symlink_to(outside / "main.py")
    assert main([]) == 1
    text = (project / "Dockerfile").read_text()
    assert "requirements.txt" not in text
    assert "libpq" not in text
    assert "main.py" not in text


def test_the_folder_may_be_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"job/main.py": ""})
    assert main(["job"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "job/Dockerfile:1: created: installs nothing, as no dependencies are found, on Python 3.14, starts main.py",
        "job/.dockerignore:1: created: keeps git, secrets, environments and caches out of the image",
        "job/compose.yaml:1: created: `docker compose up` builds and starts the project",
    ]
    assert not (project / "Dockerfile").exists()


def test_the_compose_file_is_for_what_is_started(project: Path) -> None:
    write(project, {"a.ipynb": "{}", "shell/requirements.txt": "idna\n"})
    assert main([]) == 1
    service = yaml.safe_load((project / "compose.yaml").read_text())["services"]["app"]
    ports = ["127.0.0.1:8888:8888"]
    assert service == {"build": ".", "init": True, "volumes": [".:/home/app/app"], "ports": ports}
    assert main(["shell"]) == 1
    service = yaml.safe_load((project / "shell" / "compose.yaml").read_text())["services"]["app"]
    assert service == {
        "build": ".", "init": True, "volumes": [".:/home/app/app"], "stdin_open": True, "tty": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("files", "needs_build"),
    [
        ({"main.py": ""}, False),
        ({"requirements.txt": "idna\n", "src/demo/__main__.py": ""}, False),
        ({"pyproject.toml": POETRY, "poetry.lock": LOCK, **PACKAGE}, False),
        ({"pyproject.toml": POETRY, "poetry.lock": LOCK, "src/demo/__main__.py": ""}, True),
        ({"pyproject.toml": PYPROJECT + SCRIPTS + BACKEND, "uv.lock": LOCK}, True),
    ],
)
def test_the_compose_file_says_what_the_mount_is_good_for(
    project: Path, files: dict[str, str], needs_build: bool
) -> None:
    write(project, files)
    assert main([]) == 1
    text = (project / "compose.yaml").read_text()
    assert ("changes of the package itself need a build" in text) == needs_build
    assert ("changes are seen without a build" in text) != needs_build


@pytest.mark.parametrize("files", [{}, {"README.md": "text\n", "main.js": ""}])
def test_a_folder_without_python_is_left_alone(
    project: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str]
) -> None:
    write(project, files)
    assert main([]) == 0
    assert "no Python project" in capsys.readouterr().err
    assert sorted(path.name for path in project.iterdir()) == sorted([".git", *files])


@pytest.mark.parametrize(
    "there", [WRITTEN, ("dockerfile", "Dockerfile.dockerignore", "docker-compose.yml"), ("Containerfile", *WRITTEN[1:])]
)
def test_never_overwrites(project: Path, there: tuple[str, ...]) -> None:
    write(project, {"main.py": "", **dict.fromkeys(there, "FROM scratch\n")})
    assert main([]) == 0
    assert sorted(path.name for path in project.iterdir()) == sorted([".git", "main.py", *there])
    assert all((project / name).read_text() == "FROM scratch\n" for name in there)


@pytest.mark.parametrize(
    ("dockerfile", "volumes"),
    [
        ("FROM python:3.13\nWORKDIR /srv/job\nCOPY . .\n", [".:/srv/job"]),
        ("FROM python:3.13\nWORKDIR $WHERE\nCOPY . .\n", None),
        ("FROM python:3.13\nCOPY . .\n", None),
        ('FROM python:3.13\nWORKDIR /a"b\nCOPY . .\n', None),
    ],
)
def test_what_it_adds_is_for_the_dockerfile_that_is_there(
    project: Path, dockerfile: str, volumes: list[str] | None
) -> None:
    write(project, {"main.py": "", "Dockerfile": dockerfile})
    assert main([]) == 1
    assert (project / "Dockerfile").read_text() == dockerfile
    assert "**/.git" in (project / ".dockerignore").read_text()
    assert yaml.safe_load((project / "compose.yaml").read_text())["services"]["app"].get("volumes") == volumes


def test_nothing_is_added_to_a_dockerfile_that_docker_rejects(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"main.py": "", "Dockerfile": "FORM python\n"})
    assert main([]) == 1
    assert "not all files are written: Docker rejects Dockerfile" in capsys.readouterr().out
    assert not (project / ".dockerignore").exists()


def test_a_dry_run_prints_and_writes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"main.py": ""})
    assert main(["--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert sorted(path.name for path in project.iterdir()) == [".git", "main.py"]
    assert main([]) == 1
    assert printed == "".join(f"# --- {name} ---\n{(project / name).read_text()}" for name in WRITTEN)


@pytest.mark.parametrize("arguments", [["--force"], ["nowhere"], ["--what"]])
def test_wrong_usage(project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    write(project, {"main.py": "", "Dockerfile": "FROM scratch\n"})
    with pytest.raises(SystemExit) as error:
        main(arguments)
    assert error.value.code == 2
    assert capsys.readouterr().err
    assert (project / "Dockerfile").read_text() == "FROM scratch\n"


@pytest.mark.parametrize(
    ("answers", "changed"),
    [
        (["y", "yes", "Y"], WRITTEN),
        (["n", "", "no"], ()),
        (["", "y", "n"], (".dockerignore",)),
        ([], ()),
    ],
)
def test_force_asks_for_each_file(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answers: list[str],
    changed: tuple[str, ...],
) -> None:
    there = {"Dockerfile": "FROM python:3.13\n", ".dockerignore": "one\n", "compose.yaml": "services: {}\n"}
    write(project, {"main.py": "", **there})
    given = iter(answers)

    def answer(prompt: str) -> str:
        try:
            return next(given)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", answer)
    assert main(["--force"]) == (1 if changed else 0)
    assert tuple(name for name, text in there.items() if (project / name).read_text() != text) == changed
    printed = capsys.readouterr().out
    assert "-FROM python:3.13\n" in printed
    assert "+services:\n" in printed


def test_the_readme_shows_what_is_written(project: Path) -> None:
    section = (ROOT / "README.md").read_text("utf-8").partition("### `dockerize`\n")[2].partition("\n## ")[0]
    shown = re.findall(r"```(?:dockerfile|yaml)\n(.*?)```", section, re.DOTALL)
    write(project, {"requirements.txt": "lightgbm==4.6.0\n", "main.py": ""})
    assert main([]) == 1
    assert shown == [(project / "Dockerfile").read_text(), (project / "compose.yaml").read_text()]
