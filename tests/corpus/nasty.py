"""Composes Dockerfiles and ignore files out of nasty parts, around content real enough that mends happen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

_IMAGES: Final = """\
python:3.11-slim
python:3.12-alpine
python
debian:12
ubuntu:22.04
alpine:3.20
scratch
continuumio/miniconda3
mambaorg/micromamba:1
jupyter/base-notebook
nvidia/cuda:12.1.0-devel-ubuntu22.04
python:${VERSION}
${BASE:-python:3}
base
build
0
unknown/image@sha256:0000000000000000000000000000000000000000000000000000000000000000
"python:3.9"
--platform=$BUILDPLATFORM python:3.10
""".splitlines()
_USUAL_IMAGES: Final = ("python:3.11-slim", "python:3.12-alpine", "debian:12", "continuumio/miniconda3")
# What the stage of a project holds at least, in this order.
_USUAL_STAGES: Final = (
    (),
    ("WORKDIR /app", "COPY . .", "RUN pip install -r requirements.txt", 'CMD ["python", "main.py"]'),
    (
        "COPY . /app",
        "WORKDIR /app",
        "RUN apt-get update && apt-get install gcc",
        "RUN pip install .",
        "CMD python main.py",
    ),
    ("WORKDIR /srv", "ADD ./ ./", "RUN poetry install", 'ENTRYPOINT ["python", "-m", "job"]'),
    (
        "RUN conda env create -f environment.yml",
        "WORKDIR /work",
        "COPY . .",
        'CMD ["conda", "run", "python", "main.py"]',
    ),
    ("WORKDIR /app", "COPY . /app/", "RUN uv sync --locked", "EXPOSE 8000", "CMD uv run main.py"),
    ("WORKDIR /app", "USER root", "COPY . .", "RUN useradd -m app", 'ENTRYPOINT ["python"]', 'CMD ["main.py"]'),
)
# So many of the first are what most files hold, and mendable.
_USUAL: Final = 32
_COMMANDS: Final = """\
apt-get update
apt-get install gcc
apt-get -qq -y install git curl
apt-get install -y --no-install-recommends libpq-dev
rm -rf /var/lib/apt/lists/*
apk add --no-cache build-base
yum install -y gcc
pip install -r requirements.txt
pip install --no-cache-dir -r /app/requirements.txt
pip3 install numpy 'pandas<3' "scipy>1"
python -m pip install --upgrade pip
/opt/venv/bin/pip install .
pip install -e .
pip install -r app/requirements.txt -c constraints.txt
uv sync --locked
uv pip install --system -r requirements.txt
poetry install --no-root
pipenv install --deploy --system
pdm install
conda env create -f environment.yml
mamba install -y numpy
micromamba install -n base -f environment.yml
conda clean -afy
useradd -m -u 1000 app
adduser -D worker
groupadd -r app && useradd -r -g app app
adduser --system --group svc
chown -R app:app /app
mkdir -p /data
chmod +x entrypoint.sh
echo 'a # b' # c
echo "pip install x"
cd /src
python setup.py install
export A=b
A=1 B='c d' make
if [ -f x ]; then apt-get install -y x; fi
for p in a 'b c'; do pip install $p; done
(cd /x && make)
{ echo a; echo b; }
case $X in a) pip install a;; esac
f() { pip install y; }
echo $(pip freeze | grep `id -un`)
test -n "${X:-a b}"
cat list > /log 2>&1
wget -qO- https://example.org | sh
bash -c 'apt-get install gcc'
source /env
set -e
true
echo \\"
echo a\\ b
sed -i 's/a/b/' *.txt
curl -L $URL -o "/x y"
[[ -f a && -f b ]]
! grep -q x y
echo é \u00a0 ü
gosu app true
! true
echo ${A#b} ${#A}
""".splitlines()
_JOINTS: Final = (" && ", " && ", " && ", "; ", " || ", " | ", " & ", "&&", ";")
# What may stand between two words of an instruction.
_GAPS: Final = (
    " ", " ", " ", " ", " ", " ", "  ", "\t", " \\\n    ", " \\\n", " \\  \n  ", " \\\n\n  ", " \\\n# between\n  ",
    " \\\n    # one\n\n  # two \\\n    ", "\\\n ", " \\\n \\\n ",
)  # fmt: skip
_FLAGS: Final = (
    "", "", "", "", "--mount=type=cache,target=/root/.cache/pip ",
    "--mount=type=bind,source=requirements.txt,target=/r.txt ", "--network=none ",
    "--mount=type=secret,id=x --mount=type=cache,target=/var/cache/apt ",
)  # fmt: skip
_HEREDOCS: Final = (
    "RUN <<EOF\n{0}\n# inside\n{1}\nEOF\n", "RUN <<-'END'\n\t{0}\n\t{1}\n\tEND\n", "RUN <<EOF bash\n{0}\nEOF\n",
    "RUN <<EOF\n#!/usr/bin/env python3\nprint('{0}')\nEOF\n", "RUN cat <<EOF > /x && {1}\n{0}\nEOF\n",
    "COPY <<a <<b /etc/\n{0}\na\n# no comment\n{1}\nb\n", 'COPY <<"EOF" /run.sh\n{0} \\\nEOF\n',
    "RUN <<EOF\n{0} && \\\n  {1}\nEOF\n", "ADD <<EOF /x\nRUN {0}\n\nEOF\n", "RUN <<A {0} <<B\n{1}\nA\nx\nB\n",
)  # fmt: skip
_OTHERS: Final = """\
COPY . .
COPY . /app
COPY . .
COPY ./ ./
COPY requirements.txt .
COPY --chown=app:app . /app
COPY --from=build /x /y
COPY --from=0 /wheels /wheels
COPY ["a b.txt", "/x/"]
COPY src/ main.py /app/
COPY requirements*.txt pyproject.toml* ./
COPY --link . /app
ADD . /app
ADD https://example.org/x.tar.gz /x
ADD data.tar.gz /data
COPY $SRC ${DST:-/app}
COPY . "/a b"
COPY entrypoint.sh /usr/local/bin/
WORKDIR /app
WORKDIR /app
WORKDIR app
WORKDIR $HOME/app
WORKDIR /
WORKDIR "/a b"
WORKDIR /home/app
USER app
USER root
USER 0
USER 0:0
USER ${APP_USER}
USER 1000:1000
USER $NB_UID
USER nobody
ARG VERSION=3.11
ARG BASE
ARG APP_USER=app
ARG APP_USER=root
ARG NB_UID=1000 X="a b"
ARG DEBIAN_FRONTEND=noninteractive
ENV A=1 B="c  d"
ENV PATH /opt/bin:$PATH
ENV A b\\ c
ENV APP_USER=app HOME=/home/app
ENV DEBIAN_FRONTEND noninteractive
ENV TOKEN='x y' PIP_NO_CACHE_DIR=1
LABEL a="b c" d='e'
MAINTAINER Some Body <some@example.org>
EXPOSE 8080/tcp 80
VOLUME /data
VOLUME ["/data", "/app"]
STOPSIGNAL SIGINT
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
SHELL ["powershell", "-Command"]
ONBUILD COPY . /app
ONBUILD RUN pip install -r requirements.txt
HEALTHCHECK --interval=5s CMD curl -f http://localhost || exit 1
HEALTHCHECK NONE
RUN ["pip", "install", "x"]
CMD python main.py
CMD ["python", "main.py"]
CMD exec gunicorn app:app --bind 0.0.0.0:$PORT
CMD [ 'bad json' ]
ENTRYPOINT ["/entrypoint.sh"]
ENTRYPOINT python -m job
ENTRYPOINT ["gosu", "app", "python"]
CMD
CMD ["python"] x
ENTRYPOINT ["tini", "--"]
FROM base AS last
FROM scratch
""".splitlines()
_ABOVE: Final = (
    "", "", "", "", "\n", "# a comment\n", "  # indented \\\n", "#\n", "\n\n# TODO: later\n\n",
    "# hadolint ignore=DL3002\n", "# docker-hooks: ignore=dockerfile-non-root-user why\n", "# escape=`\n", "\t", "  ",
)  # fmt: skip
_TOPS: Final = (
    "", "", "", "", "# syntax=docker/dockerfile:1\n", "# escape=`\n", "#syntax = x\n# escape = `\n",
    "ARG VERSION=3.12\n", "ARG BASE=debian:12\nARG APP_USER=app\n", "# check=skip=all\n", "# a title\n# escape=`\n",
    "\n", "ARG VERSION\n# x\n",
)  # fmt: skip
_ENDS: Final = ("", "", "", "", " ", " # the end", " \\\n", " \\\n  # the end\n\n")
_NOISE: Final = (
    "\\", "\n", '"', "'", "$", "${a:-", "}", "<<EOF", "\nEOF\n", "#", " \\\n", "`", "\t", "[", "]", ",", "--x=y ",
    "=", "ONBUILD ", "\xa0", "\x85", "&&", ";", "(", ")", "|", "\r", "\x00", "\udcff", "\u2028", "\x0c",
    "USER root\n",
)  # fmt: skip
_PATTERNS: Final = """\
__pycache__
*.pyc
**/__pycache__
/.git
.git/
data
data/
/data/*
*
**
!main.py
!src/**
.env
!.env.example
*.md # the docs
  venv \x20
# a comment
  # indented


\t
!
!!x
a/../b
..
../x
[
[a-
[^a]
a\\
\\#x
\\!x
requirements.txt
src
src/*.py
**/*.txt
?.py
/
./main.py
.dockerignore
Dockerfile*
*.ipynb
é
\u00a0x
a b
**/node_modules/**
!**/keep
*.py[cod]
\udcff
""".splitlines()


@st.composite
def dockerfiles(draw: st.DrawFn) -> str:
    """The text of a Dockerfile, mostly one that Docker builds; with LF, and a line break at its end."""
    top = draw(st.sampled_from(_TOPS))
    body = "".join(_stage(draw, number) for number in range(draw(st.integers(1, 3))))
    if "escape" in top and "title" not in top:
        body = body.replace("\\\n", "`\n").replace("\\  \n", "`  \n")
    return top + body


@st.composite
def damaged_dockerfiles(draw: st.DrawFn) -> str:
    """The text of a Dockerfile with odd characters put anywhere, line breaks of either kind, and any end."""
    text = draw(dockerfiles())
    for noise in draw(st.lists(st.sampled_from(_NOISE), max_size=3)):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + noise + text[place:]
    return draw(dressed(text))


def doubled_dockerfiles() -> st.SearchStrategy[str]:
    """Dockerfiles as a rendered page gives them, with two backslashes at the ends of lines."""
    return dockerfiles().map(lambda text: text.replace("\\\n", "\\\\\n")).flatmap(dressed)


def generated(number: int, start: int) -> list[str]:
    """So many texts of Dockerfiles, the same ones for the same `start`."""
    found: list[str] = []

    @seed(start)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(dockerfiles(), dockerfiles().flatmap(dressed), damaged_dockerfiles(), doubled_dockerfiles()))
    def keep(text: str) -> None:
        found.append(text)

    keep()
    return found


def dressed(text: str) -> st.SearchStrategy[str]:
    """The same text with other line endings, a byte order mark, or another end."""
    windows = text.replace("\n", "\r\n")
    first, newline, rest = text.partition("\n")
    mixed = f"{first}\r{newline}{rest}"
    return st.sampled_from(
        (text, text, text, windows, "\ufeff" + text, "\ufeff" + windows, mixed, text.rstrip("\n"), text + "\n\n")
    )


def ignore_files() -> st.SearchStrategy[str]:
    """The text of an ignore file."""
    lines = st.lists(st.sampled_from(_PATTERNS), max_size=8).map(lambda found: "".join(f"{line}\n" for line in found))
    return lines.flatmap(dressed)


def _stage(draw: st.DrawFn, number: int) -> str:
    """A stage as a project has it, with anything at all in between."""
    name = draw(st.sampled_from(("", f" AS {('base', 'build', 'last')[number]}")))
    image = draw(st.sampled_from(_IMAGES if draw(st.booleans()) else _USUAL_IMAGES))
    lines = [f"{draw(st.sampled_from(_ABOVE[:8]))}FROM {image}{name}\n"]
    for usual in draw(st.sampled_from(_USUAL_STAGES)):
        for write in draw(st.lists(st.sampled_from((_other, _run, _usual_run, _heredoc)), max_size=2)):
            lines += (draw(st.sampled_from(_ABOVE)), write(draw))
        lines += (draw(st.sampled_from(_ABOVE)), f"{_laid_out(draw, usual)}\n")
    return "".join(lines)


def _other(draw: st.DrawFn) -> str:
    return f"{_laid_out(draw, draw(st.sampled_from(_OTHERS)))}\n"


def _run(draw: st.DrawFn) -> str:
    return _run_of(draw, _COMMANDS, _JOINTS, _FLAGS)


def _usual_run(draw: st.DrawFn) -> str:
    return _run_of(draw, _COMMANDS[:_USUAL], _JOINTS[:1], _FLAGS[:1])


def _run_of(draw: st.DrawFn, commands: Sequence[str], joints: Sequence[str], flags: Sequence[str]) -> str:
    script = draw(st.sampled_from(commands))
    for command in draw(st.lists(st.sampled_from(commands), max_size=3)):
        script += draw(st.sampled_from(joints)) + command
    keyword = draw(st.sampled_from(("RUN", "RUN", "run")))
    return _laid_out(draw, f"{keyword} {draw(st.sampled_from(flags))}{script}") + draw(st.sampled_from(_ENDS)) + "\n"


def _heredoc(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(_HEREDOCS)).format(draw(st.sampled_from(_COMMANDS)), draw(st.sampled_from(_COMMANDS)))


def _laid_out(draw: st.DrawFn, text: str) -> str:
    """The same words with something nasty between some of them."""
    if draw(st.booleans()):
        return text
    first, *words = text.split(" ")
    gaps = draw(st.lists(st.sampled_from(_GAPS), min_size=len(words), max_size=len(words)))
    return first + "".join(gap + word for gap, word in zip(gaps, words, strict=True))
