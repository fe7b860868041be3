"""What a build backend reads, whether it asks git, and which folders are packages."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from docker_hooks.project.packaging import build_files, is_package, needs_git
from tests.project.trees import write_tree

HATCH = """\
[build]
force-include = {"../x" = "x", "a/data.bin" = "pkg/data.bin"}
[build.targets.wheel.shared-data]
"etc/job.toml" = "etc/job.toml"
[build.hooks.custom]
[metadata.hooks.custom]
path = "meta.py"
[metadata.hooks.requirements_txt]
files = ["requirements.txt"]
[metadata.hooks.requirements_txt.optional-dependencies]
gpu = ["gpu.txt"]
[metadata.hooks.fancy-pypi-readme]
content-type = "text/markdown"
[[metadata.hooks.fancy-pypi-readme.fragments]]
path = "README.md"
[[metadata.hooks.fancy-pypi-readme.fragments]]
text = "no file"
[version]
path = "src/pkg/__about__.py"
"""
HATCH_FILES = {
    "a/data.bin",
    "etc/job.toml",
    "hatch_build.py",
    "meta.py",
    "requirements.txt",
    "gpu.txt",
    "README.md",
    "src/pkg/__about__.py",
}
SETUPTOOLS = """\
[project]
dynamic = ["version", "readme", "dependencies"]
[tool.setuptools]
license-files = ["LICENSE"]
script-files = ["bin/job"]
[tool.setuptools.dynamic]
version = {file = "VERSION"}
readme = {file = ["README.md", "docs/CHANGES.md"], content-type = "text/markdown"}
dependencies = {file = ["requirements.txt"]}
optional-dependencies.gpu = {file = ["gpu.txt"]}
classifiers = {attr = "pkg.classifiers"}
[tool.setuptools.data-files]
"share/job" = ["etc/job.toml"]
"""
POETRY = """\
[tool.poetry]
readme = ["README.md", "docs/usage.md"]
license = "MIT"
include = ["CHANGELOG.md", {path = "tests", format = "sdist"}]
build = {script = "build.py", generate-setup-file = false}
packages = [{include = "pkg"}]
[tool.poetry.scripts]
job = "pkg:main"
run = {reference = "bin/run", type = "file"}
"""
SETUP_CFG = """\
[metadata]
name = job
version = file: VERSION
long_description = file: README.md, docs/CHANGES.md
description-file = INDEX.rst
license_files =
    LICENSE
    NOTICE
[options]
install_requires = file: requirements.txt
scripts = bin/a, bin/b
[options.extras_require]
gpu = file: gpu.txt
[options.data_files]
etc = etc/a.toml, etc/b.toml
"""
SETUP_PY = """\
import os
from pathlib import Path
# don't read "comment.md"
here = os.path.dirname(__file__)
def read(*names):
    return open(os.path.join(here, *names), encoding="utf-8").read()
print "python 2"
long = open('README.md').read() + read("docs", "CHANGES.md") + (Path(here) / "docs" / "deep" / "more.md").read_text()
version = f"{here}"
setup(name="job", data_files=[("etc", ["etc/a.toml"])], packages=["pkg"], classifiers=["Topic :: A"], py="missing.py")
"""


def made(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "")


@pytest.mark.parametrize(
    ("files", "read"),
    [
        ({}, set()),
        (made("README.md", "LICENSE"), set()),
        ({"pyproject.toml": '[project]\nreadme = "README.md"\nlicense = "MIT"\n'}, {"README.md"}),
        ({"pyproject.toml": '[project]\nreadme = "./docs/../README.md"\n'}, {"README.md"}),
        (
            {"pyproject.toml": '[project]\nreadme = {file = "R.rst", content-type = "x"}\nlicense = {file = "L"}\n'},
            {"R.rst", "L"},
        ),
        ({"pyproject.toml": '[project]\nreadme = {text = "README.md"}\nlicense = {text = "LICENSE"}\n'}, set()),
        (
            {
                "pyproject.toml": '[project]\nlicense-files = ["LICEN[CS]E*", "licenses/**/*.txt", "GONE"]\n',
                **made("LICENSE", "LICENCE.md", "LICENSES", "licenses/a.txt", "licenses/b/c.txt", "licenses/d.md"),
            },
            {"LICENSE", "LICENCE.md", "LICENSES", "licenses/a.txt", "licenses/b/c.txt", "GONE"},
        ),
        (
            {"pyproject.toml": '[project]\nlicense-files = {paths = ["A"], globs = ["B*"]}\n', **made("B1")},
            {"A", "B1"},
        ),
        ({"pyproject.toml": '[project]\nreadme = "../README.md"\nlicense = {file = "/LICENSE"}\n'}, set()),
        ({"pyproject.toml": '[project]\nlicense-files = ["../*", "/*", "**"]\n', **made("a/b")}, {"a/b"}),
        (
            {"pyproject.toml": SETUPTOOLS},
            {"LICENSE", "bin/job", "VERSION", "README.md", "docs/CHANGES.md", "requirements.txt", "gpu.txt"}
            | {"etc/job.toml"},
        ),
        (
            {"pyproject.toml": POETRY},
            {"README.md", "docs/usage.md", "CHANGELOG.md", "tests", "build.py", "bin/run"},
        ),
        ({"pyproject.toml": '[tool.poetry]\nreadme = "R.md"\nbuild = "build.py"\n'}, {"R.md", "build.py"}),
        ({"pyproject.toml": "", "hatch.toml": HATCH}, HATCH_FILES | {"hatch.toml"}),
        (
            {"pyproject.toml": HATCH.replace("[[", "[[tool.hatch.").replace("\n[meta", "\n[tool.hatch.meta")},
            {"meta.py", "requirements.txt", "gpu.txt", "README.md"},
        ),
        (
            {"pyproject.toml": "[tool.hatch.metadata.hooks.requirements_txt]\n"},
            {"requirements.txt"},
        ),
        ({"pyproject.toml": '[tool.flit.metadata]\ndescription-file = "README.rst"\n'}, {"README.rst"}),
        (
            {"pyproject.toml": '[tool.pdm.version]\npath = "p/v.py"\n[tool.pdm.build]\ncustom-hook = "h.py"\n'},
            {"p/v.py", "h.py"},
        ),
        ({"pyproject.toml": '[tool.uv.build-backend]\ndata = {data = "assets"}\n'}, {"assets"}),
        (
            {"setup.cfg": SETUP_CFG},
            {"VERSION", "README.md", "docs/CHANGES.md", "INDEX.rst", "LICENSE", "NOTICE", "requirements.txt", "bin/a"}
            | {"bin/b", "gpu.txt", "etc/a.toml", "etc/b.toml"},
        ),
        (
            {
                "setup.py": SETUP_PY,
                **made("README.md", "docs/CHANGES.md", "docs/deep/more.md", "etc/a.toml", "pkg/x", "OTHER.md"),
            },
            {"README.md", "docs/CHANGES.md", "docs/deep/more.md", "etc/a.toml"},
        ),
        (made("setup.py", "MANIFEST.in"), {"MANIFEST.in"}),
        # What can't be read may name any of the usual files.
        (
            {"pyproject.toml": "[[", **made("README.md", "LICENSE", "CHANGES.rst", "main.py")},
            {"README.md", "LICENSE", "CHANGES.rst"},
        ),
        ({"setup.py": "#" * 300_000, **made("readme.txt", "main.py")}, {"readme.txt"}),
        (
            {"setup.py": ",".join(f'"{n}"' for n in range(20_000)), **made("VERSION.txt")},
            {"VERSION.txt"},
        ),
        ({"pyproject.toml": "[project]\nreadme = 1\nlicense-files = 2\n[tool]\nsetuptools = 3\nhatch = []\n"}, set()),
        ({"pyproject.toml": '[project]\nreadme = "a\\u0000b"\nlicense-files = ["\\u0000*"]\n'}, {"a\0b"}),
    ],
)
def test_build_files(tmp_path: Path, files: dict[str, str], read: set[str]) -> None:
    manifests = {name for name in ("pyproject.toml", "setup.cfg", "setup.py") if name in files}
    assert build_files(write_tree(tmp_path, files)) == read | manifests


def test_a_glob_follows_no_link_in_circles_or_out_of_the_project(tmp_path: Path) -> None:
    text = '[project]\nlicense-files = ["**/LICENSE", "out/*"]\n'
    write_tree(tmp_path, {"outside/LICENSE": "", "root/pyproject.toml": text, "root/a/LICENSE": ""})
    (tmp_path / "root/a/loop").symlink_to("..")
    (tmp_path / "root/out").symlink_to("../outside")
    assert build_files(tmp_path / "root") == {"pyproject.toml", "a/LICENSE"}


@pytest.mark.parametrize("globs", [["**/" * 50 + "x"], ["*a" * 50], [f"**/*{n}" for n in range(10_000)]], ids=len)
def test_hostile_globs_take_linear_time(tmp_path: Path, globs: list[str]) -> None:
    text = f"[project]\nlicense-files = {globs}\n"
    folders = {f"{a}/{b}/{'a' * 200}b": "" for a in range(20) for b in range(20)}
    write_tree(tmp_path, {"pyproject.toml": text, "README": "", **folders})
    start = time.process_time()
    assert build_files(tmp_path) == {"pyproject.toml"} | ({"README"} if len(globs) > 1 else set())
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        (
            "pyproject.toml",
            '[build-system]\nrequires = ["setuptools>=64", "setuptools_scm[toml]>=8"]\n',
            "setuptools-scm",
        ),
        ("pyproject.toml", '[build-system]\nrequires = ["hatchling", "hatch-vcs"]\n', "hatch-vcs"),
        ("pyproject.toml", '[build-system]\nrequires = ["Versioningit ~= 2.0"]\n', "versioningit"),
        (
            "pyproject.toml",
            '[build-system]\nrequires = ["hatchling", "uv-dynamic-versioning"]\n',
            "uv-dynamic-versioning",
        ),
        ("pyproject.toml", '[build-system]\nrequires = ["flit_scm"]\n', "flit-scm"),
        ("pyproject.toml", '[build-system]\nrequires = ["setuptools", "versioneer[toml]==0.29"]\n', "versioneer"),
        ("pyproject.toml", '[build-system]\nrequires = ["pbr>=6", "setuptools"]\n', "pbr"),
        ("pyproject.toml", "[tool.setuptools_scm]\n", "setuptools-scm"),
        ("pyproject.toml", "[tool.setuptools-git-versioning]\nenabled = true\n", "setuptools-git-versioning"),
        ("pyproject.toml", "[tool.poetry-dynamic-versioning]\nenable = true\n", "poetry-dynamic-versioning"),
        ("pyproject.toml", '[tool.pdm.version]\nsource = "scm"\n', "PDM's version source scm"),
        ("pyproject.toml", "[tool.pdm]\nversion = {use_scm = true}\n", "PDM's version source scm"),
        (
            "pyproject.toml",
            '[tool.scikit-build]\nmetadata.version.provider = "scikit_build_core.metadata.setuptools_scm"\n',
            "setuptools-scm",
        ),
        ("setup.cfg", "[options]\nsetup_requires =\n    wheel\n    setuptools_scm>=3\n", "setuptools-scm"),
        ("setup.cfg", "[options]\nsetup_requires = pbr; wheel\n", "pbr"),
        ("setup.cfg", "[versioneer]\nVCS = git\n", "versioneer"),
        ("setup.py", "setup(use_scm_version=True, setup_requires=['setuptools_scm'])\n", "use_scm_version"),
        ("setup.py", "from setuptools_scm import get_version\n", "setuptools_scm"),
        ("setup.py", "import versioneer\nsetup(version=versioneer.get_version())\n", "versioneer"),
        ("setup.py", "setup(setup_requires=['pbr>=2'], pbr=True)\n", "pbr"),
        ("setup.py", "setup(version_config=True)\n", "version_config"),
        ("setup.py", 'subprocess.check_output(["git", "describe", "--tags"])\n', "git describe"),
        ("setup.py", "os.popen('git rev-parse HEAD')\n", "git rev-parse"),
        ("setup.py", "    import git\n", "import git"),
    ],
)
def test_needs_git(tmp_path: Path, path: str, text: str, reason: str) -> None:
    assert needs_git(write_tree(tmp_path, {path: text})) == f"{path} uses {reason}"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, None),
        ({"pyproject.toml": '[build-system]\nrequires = ["hatchling"]\n[project]\nversion = "1"\n'}, None),
        ({"pyproject.toml": '[project]\ndependencies = ["gitpython", "dunamai"]\n'}, None),
        ({"pyproject.toml": "[tool.poetry-dynamic-versioning]\nenable = false\n"}, None),
        (
            {
                "pyproject.toml": '[build-system]\nrequires = ["poetry-core", "poetry-dynamic-versioning"]\n'
                "[tool.poetry-dynamic-versioning]\nenable = false\n"
            },
            None,
        ),
        (
            {"pyproject.toml": '[tool.pdm.version]\nsource = "file"\npath = "v"\n[tool.hatch.version]\npath = "v"\n'},
            None,
        ),
        ({"setup.cfg": "[metadata]\nversion = attr: pkg.__version__\n[options]\nsetup_requires = wheel\n"}, None),
        ({"setup.py": "setup(url='https://github.com/a/b', version='1')  # digit, gitlab, import github\n"}, None),
        ({"pyproject.toml": "[["}, "pyproject.toml is not TOML"),
        ({"setup.cfg": " " * 300_000}, "setup.cfg is larger than 250000 bytes, so it may need git"),
        ({"setup.py/x": ""}, "setup.py is not a regular file, so it may need git"),
    ],
)
def test_needs_no_git_unless_a_file_says_so(tmp_path: Path, files: dict[str, str], reason: str | None) -> None:
    found = needs_git(write_tree(tmp_path, files))
    assert found == reason or (found and reason and found.startswith(reason))


def test_searches_setup_py_in_linear_time(tmp_path: Path) -> None:
    for part in ("\n", " ", "git ", "packages=[", '"a', "pbr ", "package_dir = {"):
        write_tree(tmp_path, {"setup.py": part * (240_000 // len(part))})
        start = time.process_time()
        build_files(tmp_path)
        needs_git(tmp_path)
        is_package(tmp_path, "data")
        assert time.process_time() - start < 20, part


@pytest.mark.parametrize(
    ("files", "folder", "package"),
    [
        (made("data/__init__.py"), "data", True),
        (made("data/__init__.py"), "./data/", True),
        (made("src/app/env/__init__.py"), "src/app/env", True),
        # A namespace package (PEP 420)
        (made("env/world.py"), "env", True),
        (made("env/pyvenv.cfg", "env/bin/activate", "env/lib/x.py"), "env", False),
        (made("data/a.csv"), "data", False),
        (made("data"), "data", False),
        ({}, "data", False),
        (made("a.py"), ".", False),
        (made("a.py"), "..", False),
        ({"pyproject.toml": '[tool.setuptools]\npackages = ["data", "pkg.models"]\n'}, "data", True),
        ({"pyproject.toml": '[tool.setuptools]\npackages = ["data", "pkg.models"]\n'}, "pkg/models", True),
        ({"pyproject.toml": '[tool.setuptools]\npackages = ["data", "pkg.models"]\n'}, "pkg", True),
        ({"pyproject.toml": '[tool.setuptools]\npackages = ["data", "pkg.models"]\n'}, "models", False),
        (
            {"pyproject.toml": '[tool.setuptools]\npackages = ["data"]\npackage-dir = {"" = "src"}\n'},
            "src/data",
            True,
        ),
        ({"pyproject.toml": '[tool.setuptools]\npackages = ["data"]\npackage-dir = {"" = "src"}\n'}, "data", False),
        (
            {"pyproject.toml": '[tool.setuptools]\npackages = ["data.x"]\npackage-dir = {data = "lib/d"}\n'},
            "lib/d/x",
            True,
        ),
        ({"pyproject.toml": "[tool.setuptools.packages.find]\nwhere = ['src']\n"}, "src", False),
        ({"pyproject.toml": '[tool.poetry]\npackages = [{include = "data", from = "lib"}]\n'}, "lib/data", True),
        ({"pyproject.toml": '[tool.poetry]\nname = "my-data"\n'}, "my_data", True),
        ({"pyproject.toml": '[project]\nname = "models"\n'}, "src/models", True),
        ({"pyproject.toml": '[tool.flit.module]\nname = "data"\n'}, "data", True),
        ({"pyproject.toml": '[tool.hatch.build.targets.wheel]\npackages = ["./src/data/"]\n'}, "src/data", True),
        ({"pyproject.toml": '[tool.hatch.build]\nonly-include = ["models"]\n'}, "models", True),
        ({"pyproject.toml": '[tool.uv.build-backend]\nmodule-name = "env"\nmodule-root = ""\n'}, "env", True),
        ({"pyproject.toml": '[tool.uv.build-backend]\nmodule-name = ["data.env"]\n'}, "src/data/env", True),
        ({"setup.cfg": "[options]\npackages =\n    data\n    pkg\n"}, "data", True),
        ({"setup.cfg": "[options]\npackage_dir =\n    = src\npackages = data, pkg\n"}, "src/data", True),
        ({"setup.cfg": "[options]\npackages = find:\n"}, "data", False),
        ({"setup.py": "setup(packages=['data', \"pkg.models\"])"}, "pkg/models", True),
        ({"setup.py": "setup(package_dir={'': 'src'}, packages=[\n 'data',\n])"}, "src/data", True),
        ({"setup.py": "setup(packages=find_packages())"}, "data", False),
        ({"pyproject.toml": "[[", "setup.py": "setup(packages=['data'])"}, "data", True),
    ],
)
def test_is_package(tmp_path: Path, files: dict[str, str], folder: str, package: bool) -> None:
    assert is_package(write_tree(tmp_path, files), folder) is package


def test_a_link_out_of_the_project_is_no_package(tmp_path: Path) -> None:
    write_tree(tmp_path, {"outside/__init__.py": "", "root/a": ""})
    (tmp_path / "root/data").symlink_to("../outside")
    assert not is_package(tmp_path / "root", "data")
