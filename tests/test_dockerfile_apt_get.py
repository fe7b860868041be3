"""What dockerfile-apt-get mends, reports, and leaves alone."""
# ruff: noqa: E501

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from docker_hooks.dockerfile_apt_get import HOOK_RULES, ID, check, main
from docker_hooks.run import Hook, found
from tests.mends import findings_of, mended, subject_of

# Recommended packages have tests of their own below.
CHECK = partial(check, recommends="allow")
HOOK = Hook(ID, CHECK, HOOK_RULES)
CLEAN = "rm -rf /var/lib/apt/lists/*"
UPDATE = "FROM debian\nRUN apt-get update"

REWRITE = {
    "no -y": (
        f"{UPDATE} && apt-get install gcc && {CLEAN}\n",
        f"{UPDATE} && apt-get install -y gcc && {CLEAN}\n",
    ),
    "no -y in several commands": (
        f"{UPDATE} && apt install \\\n    gcc \\\n  && apt-get -q upgrade \\\n  && apt-get autoremove --purge && {CLEAN}\n",
        f"{UPDATE} && apt install -y \\\n    gcc \\\n  && apt-get -q upgrade -y \\\n  && apt-get autoremove -y --purge && {CLEAN}\n",
    ),
    "no -y in a stage that is left behind": (
        "FROM debian AS build\nRUN apt-get update && apt-get install gcc\nFROM debian\n",
        "FROM debian AS build\nRUN apt-get update && apt-get install -y gcc\nFROM debian\n",
    ),
    "no -y and lists": (
        f"{UPDATE} && apt-get install\n",
        f"{UPDATE} && apt-get install -y && {CLEAN}\n",
    ),
    "a variable that is no option": (
        f"FROM debian\nRUN apt-get update && apt-get install $PACKAGES && {CLEAN}\n",
        f"FROM debian\nRUN apt-get update && apt-get install -y $PACKAGES && {CLEAN}\n",
    ),
    "lists": (f"{UPDATE} && apt-get install -y gcc\n", f"{UPDATE} && apt-get install -y gcc && {CLEAN}\n"),
    "lists, a package a line with comments between": (
        f"{UPDATE} && apt-get install -y \\\n    # to compile\n    gcc \\\n    # to fetch\n    curl\n",
        f"{UPDATE} && apt-get install -y \\\n    # to compile\n    gcc \\\n    # to fetch\n    curl \\\n    && {CLEAN}\n",
    ),
    "lists, operators first": (
        f"{UPDATE} \\\n && apt-get install -y gcc \\\n && make\n",
        f"{UPDATE} \\\n && apt-get install -y gcc \\\n && make \\\n && {CLEAN}\n",
    ),
    "lists, operators last": (
        f"{UPDATE} && \\\n    apt-get install -y \\\n        gcc\n",
        f"{UPDATE} && \\\n    apt-get install -y \\\n        gcc && \\\n    {CLEAN}\n",
    ),
    "lists, several installs": (
        f"{UPDATE} && apt-get install -y gcc && make && apt-get install -y curl\n",
        f"{UPDATE} && apt-get install -y gcc && make && apt-get install -y curl && {CLEAN}\n",
    ),
    "lists, set -e and semicolons": (
        "FROM debian\nRUN set -eux; \\\n    apt-get update; \\\n    apt-get install -y gcc; \\\n    make\n",
        f"FROM debian\nRUN set -eux; \\\n    apt-get update; \\\n    apt-get install -y gcc; \\\n    make \\\n    && {CLEAN}\n",
    ),
    "lists in a heredoc": (
        "FROM debian\nRUN <<EOF\napt-get update\napt-get install -y gcc\nEOF\n",
        f"FROM debian\nRUN <<EOF\napt-get update\napt-get install -y gcc && {CLEAN}\nEOF\n",
    ),
    "lists, updated again behind the removal": (
        f"{UPDATE} && apt-get install -y curl && {CLEAN} && curl -O x && apt-get update && apt-get install -y gcc\n",
        f"{UPDATE} && apt-get install -y curl && {CLEAN} && curl -O x && apt-get update && apt-get install -y gcc && {CLEAN}\n",
    ),
    "lists, by sudo": (
        "FROM x/y\nUSER app\nRUN sudo apt-get update && sudo apt-get install -y gcc\n",
        f"FROM x/y\nUSER app\nRUN sudo apt-get update && sudo apt-get install -y gcc && sudo {CLEAN}\n",
    ),
    "lists of NodeSource": (
        "FROM debian\nRUN curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs\n",
        f"FROM debian\nRUN curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs && {CLEAN}\n",
    ),
    "lists, packages from a file": (
        f"{UPDATE} && xargs -a packages.txt apt-get install -y\n",
        f"{UPDATE} && xargs -a packages.txt apt-get install -y && {CLEAN}\n",
    ),
    "lists in the stage that the final one builds on": (
        "FROM debian AS base\nRUN apt-get update && apt-get install -y gcc\nFROM base\nRUN make\n",
        f"FROM debian AS base\nRUN apt-get update && apt-get install -y gcc && {CLEAN}\nFROM base\nRUN make\n",
    ),
    "lists, the next install updates itself": (
        f"{UPDATE} && apt-get install -y gcc\nRUN apt-get update && apt-get install -y curl && {CLEAN}\n",
        f"{UPDATE} && apt-get install -y gcc && {CLEAN}\nRUN apt-get update && apt-get install -y curl && {CLEAN}\n",
    ),
    "lists, an installer from the net comes later": (
        f"{UPDATE} && apt-get install -y curl\nRUN curl -o m.sh https://example.com/m.sh && bash m.sh && bash /tmp/miniconda.sh -b\n",
        f"{UPDATE} && apt-get install -y curl && {CLEAN}\nRUN curl -o m.sh https://example.com/m.sh && bash m.sh && bash /tmp/miniconda.sh -b\n",
    ),
    "an update before the install": (
        f"FROM debian\n# fresh\nRUN apt-get update\n# tools\nRUN apt-get install -y gcc && {CLEAN}\n",
        f"FROM debian\n# fresh\n# tools\nRUN apt-get update && apt-get install -y gcc && {CLEAN}\n",
    ),
    "an update before an install in lines": (
        f"FROM debian\nRUN DEBIAN_FRONTEND=noninteractive apt-get -qq update > /dev/null\n\nRUN apt-get install -y gcc \\\n && {CLEAN}\n",
        f"FROM debian\n\nRUN DEBIAN_FRONTEND=noninteractive apt-get -qq update > /dev/null \\\n && apt-get install -y gcc \\\n && {CLEAN}\n",
    ),
    "an update before an install that has more faults": (
        "FROM debian\nRUN apt-get update\nRUN apt-get install \\\n    gcc\nRUN make\n",
        f"FROM debian\nRUN apt-get update && apt-get install -y \\\n    gcc \\\n    && {CLEAN}\nRUN make\n",
    ),
    "an update in a stage that is left behind": (
        "FROM debian AS build\nRUN apt-get update\nRUN apt-get install -y gcc\nFROM debian\n",
        "FROM debian AS build\nRUN apt-get update && apt-get install -y gcc\nFROM debian\n",
    ),
    "the article": (
        """\
FROM python:3.11-slim
ARG DEBIAN_FRONTEND=noninteractive
RUN apt-get update && \\
    apt-get install --no-install-recommends -y gcc libc-dev build-essential python3-dev
USER myuser
RUN pip3 install -r /requirements.txt

# Switch back to root to clean up after the build process
USER root
RUN apt-get clean autoclean && apt-get autoremove --yes && \\
    rm -rf /var/lib/apt/lists/*

# Switch back to non-root user and copy Python code
USER myuser
""",
        """\
FROM python:3.11-slim
ARG DEBIAN_FRONTEND=noninteractive
RUN apt-get update && \\
    apt-get install --no-install-recommends -y gcc libc-dev build-essential python3-dev && \\
    rm -rf /var/lib/apt/lists/*
USER myuser
RUN pip3 install -r /requirements.txt

# Switch back to root to clean up after the build process
USER root

# Switch back to non-root user and copy Python code
USER myuser
""",
    ),
    "a clean-up in a layer of its own, at the end": (
        f"{UPDATE} && apt-get install -y gcc\nRUN {CLEAN} /var/cache/apt/*\n",
        f"{UPDATE} && apt-get install -y gcc && {CLEAN}\n",
    ),
    "a clean-up that does more": (
        f"{UPDATE} && apt-get install -y gcc\nRUN {CLEAN} /tmp/*\n",
        f"{UPDATE} && apt-get install -y gcc && {CLEAN}\nRUN {CLEAN} /tmp/*\n",
    ),
    "a clean-up that may remove packages": (
        f"{UPDATE} && apt-get install -y gcc\nRUN apt-get purge -y gcc\nRUN apt-get autoremove -y && {CLEAN}\n",
        f"{UPDATE} && apt-get install -y gcc && {CLEAN}\nRUN apt-get purge -y gcc\nRUN apt-get autoremove -y && {CLEAN}\n",
    ),
    "a clean-up of a base image that isn't known": (
        f"FROM x/y\nRUN apt-get update && apt-get install -y gcc\nRUN apt-get autoremove -y && {CLEAN}\n",
        f"FROM x/y\nRUN apt-get update && apt-get install -y gcc && {CLEAN}\nRUN apt-get autoremove -y && {CLEAN}\n",
    ),
    "a clean-up without -y": (
        f"{UPDATE} && apt-get install -y gcc && {CLEAN}\nRUN apt-get autoremove && {CLEAN}\nRUN make\n",
        f"{UPDATE} && apt-get install -y gcc && {CLEAN}\nRUN make\n",
    ),
    "-y where hadolint's other rules are ignored": (
        "FROM debian\n# hadolint ignore=DL3008,DL3009,DL3015\nRUN apt-get update && apt-get install gcc\n",
        "FROM debian\n# hadolint ignore=DL3008,DL3009,DL3015\nRUN apt-get update && apt-get install -y gcc\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), REWRITE.values(), ids=REWRITE)
def test_mends(before: str, after: str) -> None:
    assert mended(HOOK, before) == after


@pytest.mark.parametrize(
    "spelling",
    [
        "apt-get -y install x",
        "apt-get install x -y",
        "apt-get -qq -y install x",
        "apt-get -yqq install x",
        "apt-get install -qy x",
        "apt-get -qqy install x",
        "apt-get --yes install x",
        "apt-get install --assume-yes x",
        "apt-get -qq install x",
        "apt-get -q -q install x",
        "apt-get -q=2 install x",
        "apt-get --quiet=2 install x",
        "apt-get -o Dpkg::Options::=--force-confold -y install x",
        "apt-get -oDpkg::Use-Pty=0 install -fy x",
        "apt-get -o APT::Get::Assume-Yes=true install x",
        "apt-get --option=APT::Get::Assume-Yes=1 install x",
        "apt-get -t stable -y install x",
        "apt install -y x",
        "DEBIAN_FRONTEND=noninteractive apt-get install -y x",
        "sudo -E apt-get install -y x",
        "env DEBIAN_FRONTEND=noninteractive apt-get install -y x",
        "eatmydata apt-get install -y x",
        "apt-get ${APT_OPTS} install x",
        "apt-get install $YES x",
        "apt-get install ${FLAGS} x",
        "apt-get install --dry-run x",
        "apt-get -s install x",
        "yes | apt-get install x",
        "apt-get install x < answers",
        "apt-get build-dep x",
        "apt-get download x",
        "aptitude install x",
        "apt-get clean",
        "apt-get check",
        "apt-get",
        "echo 'apt-get install x'",
        "$APT install x",
    ],
)
def test_an_answered_command(spelling: str) -> None:
    assert findings_of(CHECK, f"FROM debian\nRUN {spelling}\n") == []


def test_options_in_arguments() -> None:
    text = 'FROM debian\nARG APT_INSTALL="install -y --no-install-recommends"\nRUN apt-get $APT_INSTALL x && apt-get $OTHER x\n'
    assert findings_of(check, text) == []
    (finding,) = findings_of(CHECK, "FROM debian\nARG FLAGS=-q\nRUN apt-get $FLAGS install x\n")
    assert "without -y" in finding.message


@pytest.mark.parametrize(
    "removal",
    [
        "rm -rf /var/lib/apt/lists/*",
        "rm -rf /var/lib/apt/lists",
        "rm -fr /var/lib/apt/lists/",
        "rm -r /var/lib/apt/lists/*",
        "rm -Rf /tmp/* /var/lib/apt/lists/* /var/tmp/*",
        "rm --recursive --force /var/lib/apt/lists/*",
        "rm -rf /var/lib/apt",
        "rm -rf /var/lib/apt/*",
        "rm -rf /var/lib/{apt,dpkg,cache,log}/",
        "rm -rf /var/{lib,cache}/apt/*",
        "rm -f /var/lib/apt/lists/*_*",
        'rm -rf "/var/lib/apt/lists/"*',
        "rm -rf ${LISTS}/*",
        "cd /var/lib/apt/lists && rm -rf *",
        "cd /var/lib/apt && rm -rf lists/*",
        "find /var/lib/apt/lists -type f -delete",
        "find /var/lib/apt/lists/ -mindepth 1 -exec rm -rf {} +",
        "find /var/lib/apt/lists -type f | xargs rm -f",
        "apt-get clean && rm -rf /var/lib/apt/lists/* || true",
        "(rm -rf /var/lib/apt/lists/*)",
        "apt-get distclean",
        "sudo rm -rf /var/lib/apt/lists/*",
        "bash -c 'apt-get update; apt-get install x; rm -rf /var/lib/apt/lists/*'",
        "/usr/local/bin/clean-layer.sh",
        "cleanup",
    ],
)
def test_lists_that_are_removed(removal: str) -> None:
    assert (
        findings_of(
            CHECK,
            f"FROM debian\nENV LISTS=/var/lib/apt/lists\nRUN apt-get update && apt-get install -y x && {removal}\n",
        )
        == []
    )


@pytest.mark.parametrize(
    "other",
    [
        "rm -rf /var/lib/apt/lists/partial",
        "rm -f /var/lib/apt/lists/lock",
        "rm -rf /var/cache/apt/archives",
        "rm -rf /tmp/*",
        "rm -rf lists/*",
        "find /var/lib/apt/lists -type f",
        "apt-get clean",
        "apt-get autoclean",
        "echo rm -rf '/var/lib/apt/lists/*'",
    ],
)
def test_lists_that_are_not_removed(other: str) -> None:
    (finding,) = findings_of(CHECK, f"FROM debian\nRUN apt-get update && apt-get install -y x && {other}\n")
    assert finding.message == "apt's package lists stay in this layer"
    assert finding.edits


NOOP = {
    "no apt": "FROM alpine\nRUN apk add gcc\n",
    "right": f"{UPDATE} && apt-get install -y gcc && {CLEAN}\n",
    "-qq in a variable": f"FROM debian\nARG OPTS=-qq\nRUN apt-get update && apt-get $OPTS -t stable install $PKGS && {CLEAN}\n",
    "a cache mount on the lists": (
        "FROM debian\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y gcc\n"
    ),
    "a cache mount on the downloads": (
        "FROM debian\nRUN --mount=target=/var/cache/apt,type=cache apt-get update && apt-get install -y gcc\n"
    ),
    "cache mounts in two RUNs": (
        "FROM debian\nRUN --mount=type=cache,target=/var/lib/apt/lists apt-get update\n"
        "RUN --mount=type=cache,target=/var/lib/apt/lists apt-get install -y gcc\n"
    ),
    "a stage that is left behind": f"{UPDATE} && apt-get install -y gcc\nFROM debian\nCOPY --from=0 /x /x\n",
    "a stage beside the final one": (
        "FROM debian AS base\nFROM base AS build\nRUN apt-get update && apt-get install -y gcc\nFROM base\n"
    ),
    "more than can be read": "FROM debian\nRUN case a in a) apt-get update; apt-get install -y x;; esac\n",
    "another shell": 'FROM debian\nSHELL ["python", "-c"]\nRUN apt-get update && apt-get install gcc\n',
    "exec form": f'FROM debian\nRUN ["sh", "-c", "apt-get update && apt-get install -y gcc && {CLEAN}"]\n',
    "exec form, answered": 'FROM debian\nRUN ["apt-get", "-y", "install", "gcc"]\n',
    "exec form, a cache mount on the lists": (
        'FROM debian\nRUN --mount=type=cache,target=/var/lib/apt ["apt-get", "update"]\n'
    ),
    "exec form, of another program": 'FROM debian\nRUN ["echo", "apt-get update && apt-get install gcc"]\n',
    "a script of Python": "FROM debian\nRUN python <<EOF\nrun('apt-get update && apt-get install x')\nEOF\n",
    "a script behind the install may clean up": f"{UPDATE} && apt-get install -y gcc && ./build.sh\n",
    "an installer may have updated": "FROM debian\nRUN apt-get update && rm -rf /var/lib/apt/lists/*\nRUN add-apt-repository ppa:x && apt-get install -y gcc\n",
    "nobody knows where the lists are from": "FROM x/y\nRUN apt-get install -y gcc\n",
    "answers are configured": (
        "FROM debian\nRUN echo 'APT::Get::Assume-Yes \"true\";' > /etc/apt/apt.conf.d/90yes\n"
        f"RUN apt-get update && apt-get install gcc && {CLEAN}\n"
    ),
    "a pragma": (
        "FROM debian\n# docker-hooks: ignore=dockerfile-apt-get we want the lists\nRUN apt-get update && apt-get install gcc\n"
    ),
    "hadolint's pragma for lists": "FROM debian\n# hadolint ignore=DL3009\nRUN apt-get update && apt-get install -y gcc\n",
    "hadolint's pragma for -y": f"FROM debian\n# hadolint ignore=DL3014\nRUN apt-get update && apt-get install gcc && {CLEAN}\n",
    "apt-get clean in a layer of its own": f"{UPDATE} && apt-get install -y gcc && {CLEAN}\nRUN apt-get clean\n",
    "a clean-up of what the base image left": f"FROM x/y\nRUN {CLEAN}\n",
}  # fmt: skip


@pytest.mark.parametrize("text", NOOP.values(), ids=NOOP)
def test_is_silent(text: str) -> None:
    assert found(HOOK, subject_of(text)) == []


@pytest.mark.parametrize("path", [".devcontainer/Dockerfile", "a/.devcontainer/py/Dockerfile"])
def test_a_development_container_wants_the_lists(path: str) -> None:
    text = f"{UPDATE} && apt-get install gcc\nRUN {CLEAN}\n"
    assert [finding.adds for finding in found(HOOK, subject_of(text, path=path))] == [("-y",)]


REPORT = {
    "-y in exec form": ('FROM debian\nRUN ["apt-get", "install", "curl"]\n', "add -y (not mended: it is in exec form)"),
    "-y in a shell's exec form": ('FROM debian\nRUN ["/bin/sh", "-c", "apt-get install $X"]\n', "without -y asks"),
    "lists in exec form": ('FROM debian\nRUN ["apt-get", "update"]\n', "nothing is installed from them in this RUN"),
    "lists in a shell's exec form": (
        'FROM debian\nRUN ["bash", "-c", "apt-get update && apt-get install -y x"]\n', "it is in exec form",
    ),
    "an install apart, in exec form": (
        'FROM debian AS a\nRUN apt-get update\nRUN ["apt-get", "install", "-y", "x"]\nFROM debian\n', "it is in exec form",
    ),
    "-y in `if`": ("FROM debian\nRUN if [ -n \"$X\" ]; then apt-get install gcc; fi\n", "it stands in `if`"),
    "-y in a loop": ("FROM debian\nRUN for p in a b; do apt-get install $p; done\n", "it stands in `for`"),
    "-y in a subshell": ("FROM debian\nRUN (apt-get install gcc)\n", "a subshell"),
    "-y in a group": ("FROM debian\nRUN { apt-get install gcc; }\n", "a group"),
    "-y beside ||": ("FROM debian\nRUN apt-get install gcc || true\n", "beside `||`"),
    "-y in what || is joined to": ("FROM debian\nRUN apt-get install gcc && make || true\n", "beside `||`"),
    "-y behind ||": ("FROM debian\nRUN which gcc || apt-get install gcc\n", "beside `||`"),
    "-y in a substitution": ("FROM debian\nRUN echo $(apt-get install gcc)\n", "a command substitution"),
    "lists, the install in `if`": (
        f"{UPDATE} && if [ -n \"$X\" ]; then apt-get install -y gcc; fi\n", "it stands in `if`",
    ),
    "lists, the install in a loop": (f"{UPDATE} && for p in a b; do apt-get install -y $p; done\n", "it stands in `for`"),
    "lists, the install beside ||": (f"{UPDATE} && apt-get install -y gcc || true\n", "beside `||`"),
    "lists, the update beside ||": ("FROM debian\nRUN apt-get update || true; apt-get install -y gcc\n", "beside `||`"),
    "lists, all in a subshell": ("FROM debian\nRUN (apt-get update && apt-get install -y gcc)\n", "a subshell"),
    "lists, || at the end": (f"{UPDATE}; apt-get install -y gcc; make || true\n", "hide a failure"),
    "lists, exit at the end": (f"{UPDATE}; apt-get install -y gcc; exit 0\n", "not be reached"),
    "lists, a comment at the end": (f"{UPDATE} && apt-get install -y gcc # done\n", "not be reached"),
    "lists, a script may install from them": (
        f"{UPDATE} && apt-get install -y gcc\nCOPY install.sh /\nRUN /install.sh\n", "line 4 runs a script that may install",
    ),
    "lists, a program installs from them": (
        f"{UPDATE} && apt-get install -y gcc\nRUN rosdep install --from-paths src -y\n", "line 3 installs from them",
    ),
    "lists, a stage behind installs from them": (
        "FROM debian AS base\nRUN apt-get update && apt-get install -y gcc\nFROM base\nRUN gdebi x.deb\n", "line 4 installs from them",
    ),
    "lists, something that can't be read installs from them": (
        f"{UPDATE} && apt-get install -y gcc\nRUN case a in a) apt-get install -y x;; esac\n", "line 3 installs from them",
    ),
    "lists, what is run later installs from them": (
        f"{UPDATE} && apt-get install -y gcc\nCMD [\"sh\", \"-c\", \"apt-get install -y x\"]\n", "line 3 installs from them",
    ),
    "lists, other images install from them": (
        f"{UPDATE} && apt-get install -y gcc\nONBUILD RUN apt-get install -y x\n", "line 3 installs from them",
    ),
    "an update alone": (f"{UPDATE}\n", "nothing is installed from them in this RUN"),
    "an update that nothing uses": ("FROM debian\nRUN echo deb x > /etc/apt/sources.list && apt-get update\n", "nothing is installed"),
    "a clean-up that is right, with a comment in it": (
        f"{UPDATE} && apt-get install -y gcc && {CLEAN}\nRUN apt-get clean \\\n    # lists\n    && {CLEAN}\n", "comments in it",
    ),
    "a clean-up that a comment is about": (
        f"{UPDATE} && apt-get install -y gcc && {CLEAN}\n# hadolint ignore=DL3059\nRUN {CLEAN}\n", "the comment above",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REPORT.values(), ids=REPORT)
def test_reports(text: str, words: str) -> None:
    (finding,) = findings_of(CHECK, text)
    assert words in f"{finding.message} {finding.advice}"
    assert not finding.edits
    assert mended(HOOK, text) == text


APART = {
    "another line between": ("RUN apt-get update\nCOPY . .\nRUN apt-get install -y gcc\n", ""),
    "an install before": ("RUN apt-get update && apt-get install -y x\nRUN apt-get install -y gcc\n", ""),
    "another stage": ("RUN apt-get update\nFROM base\nRUN apt-get install -y gcc\n", ""),
    "a failure that would be hidden": ("RUN apt-get update\nRUN apt-get install -y gcc; make\n", "hide"),
    "a failure that would be swallowed": ("RUN apt-get update\nRUN apt-get install -y gcc && make || true\n", "hide"),
    "an install that may not be reached": ("RUN apt-get update\nRUN if a; then apt-get install -y gcc; fi\n", "not be reached"),
    "other flags": ("RUN --network=host apt-get update\nRUN apt-get install -y gcc\n", "flags"),
    "several lines": ("RUN apt-get \\\n  update\nRUN apt-get install -y gcc\n", "continued"),
    "a heredoc": ("RUN apt-get update\nRUN <<EOF\napt-get install -y gcc\nEOF\n", "heredoc"),
    "a pragma": ("# docker-hooks: ignore=dockerfile-apt-get\nRUN apt-get update\nRUN apt-get install -y gcc\n", "comment"),
    "NodeSource": ("RUN curl https://deb.nodesource.com/setup_20.x | bash -\nRUN apt-get install -y nodejs\n", ""),
}  # fmt: skip


@pytest.mark.parametrize(("rest", "words"), APART.values(), ids=APART)
def test_an_update_apart_from_the_install(rest: str, words: str) -> None:
    text = f"FROM debian AS base\n{rest}"
    finding = next(finding for finding in found(HOOK, subject_of(text)) if "which Docker caches" in finding.message)
    assert words in finding.advice
    assert not finding.edits
    assert mended(HOOK, text) == text


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ("#!/bin/sh\necho hello\n", "mended"),
        ("#!/bin/sh\napt-get update\napt-get install -y x\n", "mended"),
        ("#!/bin/sh\napt-get install -y x\n", "line 4 installs from them"),
        ("#!/bin/sh\nnpm update; apt-get install -y x\n", "line 4 installs from them"),
    ],
)
def test_reads_scripts(tmp_path: Path, script: str, outcome: str) -> None:
    (tmp_path / "install.sh").write_text(script)
    text = f"{UPDATE} && apt-get install -y gcc\nCOPY install.sh /opt/\nRUN bash /opt/install.sh\n"
    (finding,) = findings_of(CHECK, text, tmp_path)
    assert outcome == "mended" if finding.edits else outcome in finding.advice


RECOMMENDS = {
    "gcc with its library": (
        f"{UPDATE} && apt-get install -y gcc libc6-dev && {CLEAN}\n",
        f"{UPDATE} && apt-get install --no-install-recommends -y gcc libc6-dev && {CLEAN}\n",
    ),
    "both options": (
        f"{UPDATE} && apt-get install vim && {CLEAN}\n",
        f"{UPDATE} && apt-get install --no-install-recommends -y vim && {CLEAN}\n",
    ),
    "certificates come with the image": (
        f"FROM python:3.12-slim\nRUN apt-get update && apt-get -y install curl git && {CLEAN}\n",
        f"FROM python:3.12-slim\nRUN apt-get update && apt-get -y install --no-install-recommends curl git && {CLEAN}\n",
    ),
    "certificates are installed": (
        f"{UPDATE} && apt-get install -y curl=7.* ca-certificates && {CLEAN}\n",
        f"{UPDATE} && apt-get install --no-install-recommends -y curl=7.* ca-certificates && {CLEAN}\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), RECOMMENDS.values(), ids=RECOMMENDS)
def test_recommended_packages(before: str, after: str) -> None:
    reports = [finding for finding in findings_of(check, before) if "recommend" in finding.message]
    assert [finding.edits for finding in reports] == [()]
    assert mended(Hook(ID, partial(check, recommends="mend")), before) == after
    assert not any("recommend" in finding.message for finding in findings_of(CHECK, before))


@pytest.mark.parametrize(
    ("install", "words"),
    [
        ("curl", "ca-certificates, which curl only recommends"),
        ("wget:amd64 gcc libc6-dev", "ca-certificates, which wget only recommends"),
        ("git", "ca-certificates, which git only recommends"),
        ("gcc", "libc6-dev, which gcc only recommends"),
        ("cmake g++", "make, which cmake only recommends"),
    ],
)
@pytest.mark.parametrize("recommends", ["report", "mend"])
def test_what_would_be_lost(install: str, words: str, recommends: Literal["report", "mend"]) -> None:
    text = f"{UPDATE} && apt-get install -y {install} && {CLEAN}\n"
    hook = Hook(ID, partial(check, recommends=recommends))
    (finding,) = found(hook, subject_of(text))
    assert words in finding.advice
    assert mended(hook, text) == text


@pytest.mark.parametrize(
    "text",
    [
        "FROM debian\nRUN apt-get install -y --no-install-recommends x\n",
        "FROM debian\nRUN apt-get --no-install-recommends install -y x\n",
        "FROM debian\nRUN apt-get install -y --install-recommends x\n",
        "FROM debian\nRUN apt-get -o APT::Install-Recommends=false install -y x\n",
        "FROM debian\nRUN apt-get install -y $APT_FLAGS x\n",
        "FROM debian\nRUN apt-get upgrade -y\n",
        "FROM debian\n# hadolint ignore=DL3015\nRUN apt-get install -y x\n",
        "FROM debian\nRUN echo 'APT::Install-Recommends \"0\";' > /etc/apt/apt.conf.d/x && apt-get install -y x\n",
        "FROM debian AS build\nRUN apt-get install -y x\nFROM debian\n",
    ],
)
def test_recommended_packages_that_are_settled(text: str) -> None:
    assert found(Hook(ID, check), subject_of(text)) == []


def test_a_later_removal_is_named() -> None:
    text = f"{UPDATE} && apt-get install -y x && (gcc)\nRUN make\nRUN {CLEAN}\n"
    (finding,) = findings_of(CHECK, text)
    assert (
        finding.message
        == "apt's package lists stay in this layer: a later RUN removes them in another layer, which saves nothing"
    )
    assert finding.edits


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(f"{UPDATE} && apt-get install vim\n")
    assert main(["--check", str(path)]) == 1
    out = capsys.readouterr().out
    assert (
        f"{path}:2: `apt-get install` without -y asks before it goes on, and a build can't answer; can be mended" in out
    )
    assert f"{path}:2: apt's package lists stay in this layer; can be mended" in out
    assert f"{path}:2: `apt-get install` also installs what packages only recommend; add --no-install" in out
    assert main([str(path)]) == 1
    assert path.read_text() == f"{UPDATE} && apt-get install -y vim && {CLEAN}\n"
    assert main(["--allow-recommends", str(path)]) == 0
    assert main(["--no-recommends", str(path)]) == 1
    assert path.read_text() == f"{UPDATE} && apt-get install --no-install-recommends -y vim && {CLEAN}\n"
    capsys.readouterr()
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == ""
