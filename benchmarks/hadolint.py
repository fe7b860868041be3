"""Which rule of hadolint is which hook, each pair shown by running both, and writes docs/hadolint.md.

python -m benchmarks.hadolint
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import tools
from benchmarks.compare import mended, put
from benchmarks.said import said
from benchmarks.tools import Tool

PAGE = Path(__file__).parents[1] / "docs" / "hadolint.md"
_PYTHON = "FROM python:3.12-slim\n"
_RUN = 'CMD ["python", "main.py"]\n'
_NAMED = "FROM python:3.12-slim AS build\n"


class Pair(NamedTuple):
    """A rule of hadolint, what it is about, the hook of the same, a Dockerfile for both, and where they differ."""

    rule: str
    title: str
    hook: str
    dockerfile: str
    differs: str


class Without(NamedTuple):
    """Rules of hadolint that no hook has, what they are about, and why."""

    rules: str
    title: str
    why: str


PAIRS = (
    Pair(
        "DL3000",
        "relative `WORKDIR`",
        "dockerfile-workdir",
        f"{_PYTHON}WORKDIR app\n{_RUN}",
        "Silent where an absolute `WORKDIR` stands above, in this stage or in one that it builds on.",
    ),
    Pair(
        "DL3002",
        "the last user is root",
        "dockerfile-non-root-user",
        f"{_PYTHON}WORKDIR /app\nCOPY main.py ./\nUSER root\n{_RUN}",
        "Also where there is no `USER` at all. Knows stages, variables, the base image's own user, and programs that "
        "give up root themselves. DL3066 (numbers for users) is its option `--numeric`.",
    ),
    Pair(
        "DL3003",
        "`cd` in place of `WORKDIR`",
        "dockerfile-workdir",
        f"{_PYTHON}RUN cd /app\nRUN make\n{_RUN}",
        "Only a `cd` at the end of a `RUN`, whose effect is lost.",
    ),
    Pair(
        "DL3006",
        "no tag",
        "dockerfile-base-image",
        f"FROM python\n{_RUN}",
        "Knows the value of `ARG`. Also says what is past its end of life, or a Python that the project excludes.",
    ),
    Pair("DL3007", "the tag `latest`", "dockerfile-base-image", f"FROM python:latest\n{_RUN}", "As above."),
    Pair(
        "DL3009",
        "apt's package lists stay",
        "dockerfile-apt-get",
        f"{_PYTHON}RUN apt-get update && apt-get install -y --no-install-recommends gcc\n{_RUN}",
        "Also where a later `RUN` removes them, which saves nothing. Silent in stages that are left behind.",
    ),
    Pair(
        "DL3011",
        "ports that are none",
        "dockerfile-syntax",
        f"{_PYTHON}EXPOSE 80000\n{_RUN}",
        "Also protocols, commas and comments, and signals that are none.",
    ),
    Pair(
        "DL3014",
        "no `-y`",
        "dockerfile-apt-get",
        f"{_PYTHON}RUN apt-get update && apt-get install --no-install-recommends gcc "
        f"&& rm -rf /var/lib/apt/lists/*\n{_RUN}",
        "Also for `apt`, and for removals.",
    ),
    Pair(
        "DL3015",
        "no `--no-install-recommends`",
        "dockerfile-apt-get",
        f"{_PYTHON}RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n{_RUN}",
        "Names what has to be asked for by name then. Mended on request.",
    ),
    Pair(
        "DL3020",
        "`ADD` of local files",
        "dockerfile-modern-syntax",
        f"{_PYTHON}ADD main.py /app/\n{_RUN}",
        "Only where `ADD` does nothing that `COPY` does not: what it unpacks or downloads stays.",
    ),
    Pair(
        "DL3023",
        "`COPY` from its own stage",
        "dockerfile-syntax",
        f"{_NAMED}COPY --from=build /a /b\n{_RUN}",
        "Also mounts, and stages that come later.",
    ),
    Pair(
        "DL3025",
        "`CMD` and `ENTRYPOINT` without JSON",
        "dockerfile-exec-form",
        f"{_PYTHON}CMD python main.py\n",
        "Mends plain words. Where a shell is needed it says how the program gets its signals.",
    ),
    Pair(
        "DL3042",
        "pip's cache stays",
        "dockerfile-pip-cache",
        f"{_PYTHON}RUN pip install numpy==2.1.0\n{_RUN}",
        "Also uv. Knows cache mounts, `PIP_NO_CACHE_DIR`, `pip.conf`, heredocs, and stages that are left behind.",
    ),
    Pair(
        "DL3043",
        "`FROM`, `ONBUILD` or `MAINTAINER` behind `ONBUILD`",
        "dockerfile-syntax",
        f"{_PYTHON}ONBUILD FROM debian\n{_RUN}",
        "One of the things that Docker rejects.",
    ),
    Pair(
        "DL3061",
        "something stands before `FROM`",
        "dockerfile-syntax",
        f"RUN make\n{_PYTHON}{_RUN}",
        "One of the things that Docker rejects.",
    ),
    Pair(
        "DL3064",
        "secrets in `ARG` and `ENV`",
        "dockerfile-secrets",
        f"{_PYTHON}ENV DB_PASSWORD=sUp3r-s3cr3t\n{_RUN}",
        "Also in URLs and commands, and files of secrets that are copied. Silent about `*_FILE`, `MAX_TOKENS` ...",
    ),
    Pair(
        "DL4000",
        "`MAINTAINER`",
        "dockerfile-modern-syntax",
        f"{_PYTHON}MAINTAINER me\n{_RUN}",
        "Also `ENV k v` and `LABEL k v`.",
    ),
)
WITHOUT = (
    Without(
        "SC1000 to SC2164",
        "ShellCheck in `RUN`",
        "A shell linter of our own would be a poor one. Keep hadolint, or ShellCheck over scripts in files.",
    ),
    Without("DL4005, DL4006", "the shell, `pipefail`", "As above: about scripts."),
    Without(
        "DL3008, DL3013, DL3016, DL3018, DL3028, DL3033, DL3037, DL3041, DL3062",
        "versions that are not pinned",
        "Distributions take old versions away, and such a build breaks later. Pin Python's packages in a lock file.",
    ),
    Without(
        "DL3019, DL3030, DL3032, DL3034, DL3035, DL3036, DL3038, DL3040, DL3060",
        "apk, yum, dnf, zypper, yarn",
        "The hooks are for Python images, which are Debian's nearly all.",
    ),
    Without("DL3012, DL3024", "what a build warns of", "The build says so itself."),
    Without("DL3021", "several sources, and no `/` behind the destination", "Not yet asked for."),
    Without("DL3022, DL3063, DL3067", "the names and copies of stages", "Not yet asked for."),
    Without(
        "DL3044, DL3045, DL4003, DL4004", "variables, destinations and commands that are lost", "Not yet asked for."
    ),
    Without(
        "DL3001, DL3004, DL3010, DL3027, DL3046, DL3047, DL4001",
        "which programs a build should use",
        "A matter of taste, or of a few megabytes once.",
    ),
    Without("DL3026", "registries that are allowed", "A policy of each company's own."),
    Without("DL3029, DL3065", "`FROM --platform`", "Right for builds that cross platforms."),
    Without("DL3048 to DL3058", "labels", "A policy of each company's own."),
    Without("DL3057", "no `HEALTHCHECK`", "Kubernetes ignores it, and a job has no health to check."),
    Without("DL3059", "`RUN`s in a row", "Fewer layers are slower builds: each change does more of it again."),
    Without("DL3066", "users without a number", "On request: `dockerfile-non-root-user --numeric`."),
    Without("DL1001", "comments that silence", "They are for that."),
)
_TOP = """\
# Coming from hadolint

`# hadolint ignore=DL3002` above an instruction counts for the hook of the same rule (not for what
Docker rejects). The two can run side by side:
hadolint for scripts, docker-hooks for what can be mended and for what stands around a Dockerfile.

## Which rule is which hook

Each line was shown by running hadolint {version} and the hook on a small file (`python -m benchmarks.hadolint`).
"""
_REST = """\

## What has no counterpart here

| hadolint | about | why |
| --- | --- | --- |
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Exit code 1: a pair does not hold, and nothing is written."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hadolint", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args(argv)
    hadolint, ours = tools.hadolint(), tools.ours()
    silent = [pair for pair in PAIRS if not (says(hadolint, pair, pair.rule) and says(ours, pair, pair.hook))]
    for pair in silent:
        print(f"{pair.rule} and {pair.hook} are not the same", file=sys.stderr)
    if silent:
        return 1
    page = "".join(_page(ours, hadolint.environment.version))
    PAGE.write_text(page)
    print(page, end="")
    return 0


def says(tool: Tool, pair: Pair, rule: str) -> bool:
    """Whether a rule of a tool says something of the pair's Dockerfile."""
    with tempfile.TemporaryDirectory() as folder:
        put({"Dockerfile": pair.dockerfile, "main.py": ""}, Path(folder))
        return any(one.rule == rule for one in said(tool, Path(folder), ["Dockerfile"]))


def _page(ours: Tool, version: str) -> Iterator[str]:
    yield _TOP.format(version=version)
    yield "\n| hadolint | about | hook | | beside that |\n| --- | --- | --- | --- | --- |\n"
    for pair in PAIRS:
        word = "mends" if mends(ours, pair) else "reports"
        yield f"| {pair.rule} | {pair.title} | `{pair.hook}` | {word} | {pair.differs} |\n"
    yield _REST
    for rules, title, why in WITHOUT:
        yield f"| {rules} | {title} | {why} |\n"


def mends(ours: Tool, pair: Pair) -> bool:
    """Whether docker-hooks mends the pair's Dockerfile so that the hook has nothing more to say of it."""
    files = mended(ours.mend, {"Dockerfile": pair.dockerfile, "main.py": ""}, ["Dockerfile"])
    return not says(ours, pair._replace(dockerfile=files["Dockerfile"]), pair.hook)


if __name__ == "__main__":
    sys.exit(main())
