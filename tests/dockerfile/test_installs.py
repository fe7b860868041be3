"""Installs of dependencies are recognised, with what they read."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.installs import Install, install, within_environment
from docker_hooks.dockerfile.programs import invocation
from docker_hooks.dockerfile.shell import scan


def install_of(script: str) -> Install | None:
    run = invocation(scan(script).commands[0])
    assert run is not None
    return install(run)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("pip install numpy pandas==2", Install("pip", packages=("numpy", "pandas==2"))),
        ("pip3.11 install 'torch[cuda]'", Install("pip", packages=("torch[cuda]",))),
        ("python -m pip --no-cache-dir install -qr r.txt", Install("pip", manifests=("r.txt",))),
        ("pip install -c c.txt -r r.txt x", Install("pip", manifests=("c.txt", "r.txt"), packages=("x",))),
        ("pip install -r https://example.org/r.txt", Install("pip")),
        ("pip install .", Install("pip", projects=(".",))),
        ("pip install -e '.[dev]'", Install("pip", projects=(".",))),
        ("pip install ./lib dist/a.whl a.tar.gz", Install("pip", projects=("./lib", "dist/a.whl", "a.tar.gz"))),
        ("pip install -e lib", Install("pip", projects=("lib",))),
        ("pip install git+https://example.org/a", Install("pip", packages=("git+https://example.org/a",))),
        ("pip install 'a @ https://example.org/a.whl'", Install("pip", packages=("a @ https://example.org/a.whl",))),
        ("pip install 'a @ file:///a.whl'", Install("pip", projects=("/a.whl",))),
        (
            "pip install -e git+https://example.org/a#egg=a",
            Install(
                "pip",
                packages=("git+https://example.org/a#egg=a",),
                checkouts=("git+https://example.org/a#egg=a",),
            ),
        ),
        (
            "pip install --no-deps --no-index -f wheels -t lib a",
            Install("pip", packages=("a",), reads=("wheels",), writes=("lib",), with_dependencies=False),
        ),
        ("pip install -i https://example.org/simple a", Install("pip", packages=("a",))),
        ("pip install --cert ca.pem --client-cert=c.pem a", Install("pip", packages=("a",), reads=("ca.pem", "c.pem"))),
        ("pip install -i file:///app/pypi a", Install("pip", packages=("a",), reads=("/app/pypi",))),
        ("pip install -r file:///app/r.txt", Install("pip", manifests=("/app/r.txt",))),
        ("pip install --global-option=-I/inc a", Install("pip", packages=("a",), reads=("/inc",))),
        ("pip install --cert=$CERT a", Install("pip", packages=("a",), unknown=("--cert=$CERT",))),
        ("pip install --group dev", Install("pip", manifests=("pyproject.toml",))),
        ("pip install --group a/pyproject.toml:dev", Install("pip", manifests=("a/pyproject.toml",))),
        ("pip wheel -w /wheels -r r.txt", Install("pip", manifests=("r.txt",), writes=("/wheels",))),
        ("pip download a", Install("pip", packages=("a",), writes=(".",))),
        ("uv pip install --system -r r.txt", Install("uv", manifests=("r.txt",))),
        ("uv pip sync a.txt b.txt", Install("uv", manifests=("a.txt", "b.txt"))),
        (
            "uv pip install --index a=https://example.org --index b=pypi c",
            Install("uv", packages=("c",), reads=("pypi",)),
        ),
        ("uv sync", Install("uv", reads_project=True, installs_project=True, locks=True)),
        (
            "uv sync --locked --no-install-project --project lib",
            Install("uv", reads_project=True, folder="lib"),
        ),
        ("poetry install", Install("poetry", reads_project=True, installs_project=True)),
        ("poetry install --only main --no-root", Install("poetry", reads_project=True)),
        ("poetry -C lib sync --no-root", Install("poetry", reads_project=True, folder="lib")),
        ("pipenv install --system --deploy", Install("pipenv", reads_project=True)),
        ("pipenv sync", Install("pipenv", reads_project=True)),
        ("pdm sync --prod --no-self", Install("pdm", reads_project=True)),
        ("pdm install", Install("pdm", reads_project=True, installs_project=True)),
        ("conda install -y -c conda-forge numpy", Install("conda", packages=("numpy",))),
        ("conda install -c file:///app/x numpy", Install("conda", packages=("numpy",), reads=("/app/x",))),
        ("conda install --yes --file r.txt", Install("conda", manifests=("r.txt",))),
        ("conda env create", Install("conda", manifests=("environment.yml",))),
        ("mamba env update -n base -f e.yml", Install("conda", manifests=("e.yml",))),
        ("conda env create --file=e.yml -p ./env", Install("conda", manifests=("e.yml",), writes=("./env",))),
        ("micromamba create -y -n base -f e.yml", Install("conda", manifests=("e.yml",))),
        ("conda install a.tar.bz2 b", Install("conda", packages=("b",), projects=("a.tar.bz2",))),
        ("pip install $NAMES a", Install("pip", packages=("a",), unknown=("$NAMES",))),
        ("pip install --index-url $INDEX a", Install("pip", packages=("a",))),
        ("pip install --extra-index-url=$INDEX a", Install("pip", packages=("a",))),
        ("pip install --requirement=$FILE a", Install("pip", packages=("a",), unknown=("--requirement=$FILE",))),
    ],
)
def test_install(script: str, expected: Install) -> None:
    assert install_of(script) == expected


@pytest.mark.parametrize(
    "script",
    [
        "pip list",
        "pip",
        "pip uninstall -y x",
        "pipx install x",
        "pipenv install requests",
        "pipenv install -r r.txt",
        "pipenv run pip install x",
        "poetry add x",
        "poetry install --only-root",
        "uv add x",
        "uv run pip install x",
        "uv sync --script x.py",
        "pdm install -g",
        "conda env create somebody/environment",
        "conda create --clone base -n x",
        "conda clean --all",
        "echo pip install x",
        "npm install",
    ],
)
def test_no_install(script: str) -> None:
    assert install_of(script) is None


def test_a_value_known_to_the_caller_is_parted_as_the_shell_does() -> None:
    run = invocation(scan('pip install $A "$B"').commands[0])
    assert run is not None
    values = {"$A": "-r r.txt", '"$B"': "a b"}
    found = install(run, lambda word: word.value or values[word.text])
    assert found == Install("pip", manifests=("r.txt",), packages=("a b",))


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("conda run -n x pip install y", "pip install y"),
        ("conda run --no-capture-output -p /x pip install y", "pip install y"),
        ("micromamba run -n x python -m pip install y", "python -m pip install y"),
        ("mamba run pip list", "pip list"),
    ],
)
def test_within_environment(script: str, expected: str) -> None:
    run = invocation(scan(script).commands[0])
    assert run is not None
    words = within_environment(run)
    assert words is not None
    assert " ".join(word.text for word in words) == expected


def test_not_within_environment() -> None:
    run = invocation(scan("conda install run").commands[0])
    assert run is not None
    assert within_environment(run) is None
