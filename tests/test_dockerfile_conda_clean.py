"""What dockerfile-conda-clean mends, reports, and leaves alone."""
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.dockerfile_conda_clean import HOOK_RULES, ID, check, main
from docker_hooks.run import Hook
from tests.mends import findings_of, mended

HOOK = Hook(ID, check, HOOK_RULES)
FROM = "FROM condaforge/miniforge3\n"

# What stands behind FROM: before and after.
REWRITE = {
    "conda": ("RUN conda install -y numpy\n", "RUN conda install -y numpy && conda clean --all --yes\n"),
    "mamba": ("RUN mamba install -y numpy\n", "RUN mamba install -y numpy && mamba clean --all --yes\n"),
    "micromamba": (
        "RUN micromamba install -y -n base -f env.yaml\n",
        "RUN micromamba install -y -n base -f env.yaml && micromamba clean --all --yes\n",
    ),
    "create": ("RUN conda create -y -n x python\n", "RUN conda create -y -n x python && conda clean --all --yes\n"),
    "env create": ("RUN conda env create -f e.yml\n", "RUN conda env create -f e.yml && conda clean --all --yes\n"),
    "env update": ("RUN mamba env update -n base\n", "RUN mamba env update -n base && mamba clean --all --yes\n"),
    "update": ("RUN conda update --all -y\n", "RUN conda update --all -y && conda clean --all --yes\n"),
    "a variable": ("RUN conda install -y $PACKAGES\n", "RUN conda install -y $PACKAGES && conda clean --all --yes\n"),
    "a path": ("RUN /opt/conda/bin/conda install -y a\n", "RUN /opt/conda/bin/conda install -y a && /opt/conda/bin/conda clean --all --yes\n"),
    "a path in a variable": (
        'RUN "$CONDA_DIR/bin/conda" install -y a\n',
        'RUN "$CONDA_DIR/bin/conda" install -y a && "$CONDA_DIR/bin/conda" clean --all --yes\n',
    ),
    "sudo": ("RUN sudo conda install -y a\n", "RUN sudo conda install -y a && sudo conda clean --all --yes\n"),
    "a root prefix": (
        "RUN micromamba create -r /srv/mm -n x a && true\n",
        "RUN micromamba create -r /srv/mm -n x a && true && micromamba -r /srv/mm clean --all --yes\n",
    ),
    "a root prefix in one word": (
        "RUN micromamba create --root-prefix=/srv/mm -n x a\n",
        "RUN micromamba create --root-prefix=/srv/mm -n x a && micromamba --root-prefix=/srv/mm clean --all --yes\n",
    ),
    "once, at the end": (
        "RUN conda install -y a && conda install -y b && pip install c\n",
        "RUN conda install -y a && conda install -y b && pip install c && conda clean --all --yes\n",
    ),
    "the last program": (
        "RUN conda install -y mamba && mamba install -y a\n",
        "RUN conda install -y mamba && mamba install -y a && mamba clean --all --yes\n",
    ),
    "a package on each line": (
        "RUN conda install -y \\\n    # arrays\n    numpy \\\n    pandas\n",
        "RUN conda install -y \\\n    # arrays\n    numpy \\\n    pandas \\\n    && conda clean --all --yes\n",
    ),
    "operators at the ends of lines": (
        "RUN conda install -y a && \\\n    pip install b && \\\n    true\n",
        "RUN conda install -y a && \\\n    pip install b && \\\n    true && \\\n    conda clean --all --yes\n",
    ),
    "operators at the beginnings of lines": (
        "RUN conda install -y a \\\n && true \\\n && true\n",
        "RUN conda install -y a \\\n && true \\\n && true \\\n && conda clean --all --yes\n",
    ),
    "a semicolon at the end": ("RUN conda install -y a; true;\n", "RUN conda install -y a; true && conda clean --all --yes;\n"),
    "a pipe": ("RUN yes | conda install a | tee log\n", "RUN yes | conda install a | tee log && conda clean --all --yes\n"),
    "an activated environment": (
        "RUN . /opt/conda/etc/profile.d/conda.sh && conda activate base && conda install -y a\n",
        "RUN . /opt/conda/etc/profile.d/conda.sh && conda activate base && conda install -y a && conda clean --all --yes\n",
    ),
    "a heredoc": (
        "RUN <<EOF\nset -e\nconda install -y a\ntrue\nEOF\n",
        "RUN <<EOF\nset -e\nconda install -y a\ntrue && conda clean --all --yes\nEOF\n",
    ),
    "cleaned too early": (
        "RUN conda clean -a -y && conda install -y a\n",
        "RUN conda clean -a -y && conda install -y a && conda clean --all --yes\n",
    ),
    "cleaned in a later layer, which stays": (
        "RUN conda install -y a\nRUN conda install -y b && rm x\nRUN conda clean -afy\n",
        "RUN conda install -y a && conda clean --all --yes\nRUN conda install -y b && rm x && conda clean --all --yes\nRUN conda clean -afy\n",
    ),
    "the index alone": (
        "RUN conda install -y a && conda clean --index-cache -y\n",
        "RUN conda install -y a && conda clean --index-cache -y && conda clean --all --yes\n",
    ),
    "other files removed": (
        "RUN bash Miniconda3.sh -b && rm Miniconda3.sh && conda install -y a && rm -rf /tmp/* conda.yml\n",
        "RUN bash Miniconda3.sh -b && rm Miniconda3.sh && conda install -y a && rm -rf /tmp/* conda.yml && conda clean --all --yes\n",
    ),
    "a mount for something else": (
        "RUN --mount=type=cache,target=/root/.cache/pip conda install -y a\n",
        "RUN --mount=type=cache,target=/root/.cache/pip conda install -y a && conda clean --all --yes\n",
    ),
    "ONBUILD": (
        "ONBUILD RUN conda env update -f e.yml\n",
        "ONBUILD RUN conda env update -f e.yml && conda clean --all --yes\n",
    ),
    "a variable that makes no difference": (
        "RUN CONDA_OVERRIDE_CUDA=12 conda install -y a\n",
        "RUN CONDA_OVERRIDE_CUDA=12 conda install -y a && conda clean --all --yes\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), REWRITE.values(), ids=REWRITE)
def test_mends(before: str, after: str) -> None:
    assert mended(HOOK, FROM + before) == FROM + after


@pytest.mark.parametrize(
    "cleaning",
    [
        "conda clean --all --yes",
        "conda clean -a",
        "conda clean -ay",
        "conda clean --all -y",
        "conda clean -afy",
        "conda clean -tipsy",
        "conda clean --tarballs --packages --yes",
        "conda clean --tarball -y",
        "mamba clean -a -y",
        "micromamba clean --all --yes",
        "/opt/conda/bin/conda clean -tp",
        "rm -rf /opt/conda/pkgs",
        "rm -rf ${CONDA_DIR}/pkgs/*",
        'rm -rf "$CONDA_PKGS_DIRS"',
        "find /opt/conda/pkgs -mindepth 1 -delete",
        "rm -rf /opt/conda",
        "clean-layer.sh",
    ],
)
@pytest.mark.parametrize("text", ["RUN conda install -y a && {}\n", "RUN conda env create; {} && true\n"])
def test_leaves_what_is_cleaned(text: str, cleaning: str) -> None:
    assert findings_of(check, FROM + text.format(cleaning)) == []


@pytest.mark.parametrize(
    "text",
    [
        f"{FROM}RUN conda config --add channels conda-forge && conda info && conda list && conda remove a\n",
        f"{FROM}RUN conda create -n empty -y\n",
        f"{FROM}RUN conda install --dry-run a\n",
        f"{FROM}RUN echo conda install a && sh -c 'conda install a'\n",
        f"{FROM}COPY <<EOF /run.sh\nconda install -y a\nEOF\n",
        f"{FROM}RUN --mount=type=cache,target=/opt/conda/pkgs conda install -y a\n",
        f"{FROM}RUN --mount=type=cache,target=$PKGS conda install -y a\n",
        f"{FROM}ENV CONDA_PKGS_DIRS=/cache\nRUN --mount=type=cache,target=/cache conda install -y a\n",
        f"{FROM}RUN case a in b) conda install -y a;; esac\n",
        "FROM condaforge/miniforge3 AS build\nRUN conda install -y conda-pack\nFROM debian\nCOPY --from=build /x.tar /\n",
        "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN conda install -y a\n",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert findings_of(check, text) == []
    assert mended(HOOK, text) == text


def test_looks_at_what_the_final_stage_builds_on() -> None:
    text = "FROM condaforge/miniforge3 AS base\nRUN conda install -y a\nFROM base\nRUN true\n"
    assert mended(HOOK, text) == text.replace("-y a", "-y a && conda clean --all --yes")


REPORT = {
    "a condition": ("RUN if [ -f e.yml ]; then conda env update -f e.yml; fi\n", "inside a condition"),
    "a loop": ("RUN for p in a b; do conda install -y $p; done\n", "inside a condition, a loop"),
    "a subshell": ("RUN (cd /w && conda env create)\n", "subshell"),
    "or": ("RUN conda install -y a || conda install -y b\n", "inside a condition"),
    "another or": ("RUN conda install -y a && x || y; exit 0\n", "keep a further command from running"),
    "in the background": ("RUN conda install -y a & wait\n", "inside a condition"),
    "a comment at the end": ("RUN conda install -y a # the base\n", "keep a further command from running"),
    "exec": ("RUN conda install -y a && exec true\n", "keep a further command from running"),
    "the program is removed": ("RUN ./bin/micromamba install -y a && rm -f bin/micromamba\n", "the program is removed"),
    "the folder is changed": ("RUN bin/micromamba install -y a && cd /w && true\n", "relative path"),
    "a variable for it alone": ("RUN MAMBA_ROOT_PREFIX=/w micromamba install -y a\n", "set for the install alone"),
    "an old installer": ("RUN bash Miniconda-3.7.3-Linux-x86_64.sh -b && conda install -y a\n", "older than 4.0.3"),
    "an old pin": ("RUN conda install -y conda==3.19.0\n", "older than 4.0.3"),
    "JSON form": ('RUN ["conda", "install", "-y", "a"]\n', "write it in shell form, with `&& conda clean --all --yes`"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REPORT.values(), ids=REPORT)
def test_reports(text: str, words: str) -> None:
    (finding,) = findings_of(check, FROM + text)
    assert not finding.edits
    assert words in f"{finding.message} {finding.advice}"
    assert mended(HOOK, FROM + text) == FROM + text


def test_says_that_another_layer_saves_nothing() -> None:
    findings = findings_of(check, f"{FROM}RUN conda install -y a\nRUN conda install -y b\nRUN conda clean -a\n")
    told = "conda leaves its package cache in the layer (a later RUN cleans it in another layer, which saves nothing)"
    assert [(finding.line, finding.message) for finding in findings] == [(2, told), (3, told)]


def test_names_the_line_of_the_first_install() -> None:
    (finding,) = findings_of(check, f"{FROM}RUN true \\\n  && conda install -y a \\\n  && conda install -y b\n")
    assert finding.line == 3


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(f"{FROM}RUN conda install -y a\n# docker-hooks: ignore={ID} wanted\nRUN conda install -y b\n")
    assert main([str(path)]) == 1
    said = "fixed: conda leaves its package cache in the layer: && conda clean --all --yes"
    assert capsys.readouterr().out == f"{path}:2: {said}\n"
    assert "-y a && conda clean --all --yes\n" in path.read_text()
    assert main([str(path)]) == 0
