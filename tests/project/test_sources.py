"""What a Dockerfile takes from its build context."""

from __future__ import annotations

import pytest

from docker_hooks.project.sources import copied_sources, makes_environment, matches, named_by_commands, runs_git
from tests.mends import subject_of


def sources(lines: str) -> list[str]:
    """The paths, patterns in braces, what a variable hides with a question mark."""
    shown = []
    for source in copied_sources(subject_of(f"FROM x\n{lines}\n")):
        path = f"{{{source.path}}}" if source.is_pattern else source.path
        shown.append(path if source.is_known else path + "?")
    return shown


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("COPY a b/c /d/", ["a", "b/c"]),
        ("COPY ./a/ ./b/../c//d /d/", ["a", "c/d"]),
        ("COPY . ./ / ../ /d/", [".", ".", ".", "."]),
        ("COPY ../a /b/../c /d", ["a", "c"]),
        ("ADD a.tar.gz /d", ["a.tar.gz"]),
        ('COPY ["a b", "c", "/d"]', ["a b", "c"]),
        ("COPY \"a\" 'b' /d/", ["a", "b"]),
        ("COPY --chown=1:1 --chmod=755 --link a /d", ["a"]),
        ("copy a /d", ["a"]),
        ("COPY a \\\n  # why\n  b \\\n  /d/", ["a", "b"]),
        ("COPY *.py a?/[bc].txt /d/", ["{*.py}", "{a?/[bc].txt}"]),
        ("COPY ** /d/", ["{*}"]),
        ("COPY --parents **/a.py /d/", ["{**/a.py}"]),
        ("COPY a{b|c}*^ /d/", ["{a\\{b\\|c\\}*\\^}"]),
        ("COPY [^.]* /d/", ["{[^.]*}"]),
        ("ARG A=x\nCOPY $A ${A}y ${B:-z} /d/", ["x", "xy", "z"]),
        ("ENV A=x\nCOPY $A/y /d/", ["x/y"]),
        ("ARG A\nCOPY $A ${A}/b c/$A.whl ${A:-${A}} /d/", ["{**}?", "{**/b}?", "{c/**.whl}?", "{**}?"]),
        ("ARG A=https://example.com\nADD $A /d", ["{**}?"]),
        ("ADD https://x/a git@x:y.git git://x/y github.com/x/y ssh://x/y a /d/", ["a"]),
        ("COPY <<EOF <<-'X' a /d/\nx\nEOF\ny\nX", ["a"]),
        ("COPY --from=a b /d", []),
        ("ONBUILD COPY a /d", []),
        ("RUN --mount=type=bind,source=a/b,target=/x ls", ["a/b"]),
        ("RUN --mount=src=a,dst=/x --mount=TYPE=bind,Source=b,target=/y ls", ["a", "b"]),
        ("RUN --mount=type=bind,target=/x ls", ["."]),
        ("RUN --mount=type=bind,source=*.py,target=/x ls", ["*.py"]),
        ("RUN --mount=type=bind,from=a,source=b,target=/x ls", []),
        ("RUN --mount=type=cache,target=/x --mount=type=secret,id=a ls", []),
        ("RUN --mount=type=ssh --mount=type=tmpfs,target=/y ls", []),
        ("RUN cp a b", []),
        ("FROM y\nCOPY a /b\nFROM z\nCOPY c /d", ["a", "c"]),
    ],
)
def test_sources(lines: str, expected: list[str]) -> None:
    assert sources(lines) == expected


def test_lines_are_those_of_the_instruction() -> None:
    found = copied_sources(subject_of("FROM x\n\nRUN \\\n  ls\nCOPY a \\\n b /c/\n"))
    assert [(source.path, source.line, source.verb) for source in found] == [("a", 5, "copies"), ("b", 5, "copies")]


@pytest.mark.parametrize(
    ("line", "path", "expected"),
    [
        ("COPY a/b /x", "a/b", True),
        ("COPY a/b /x", "a/b/c", False),
        ("COPY *.py /x", "a.py", True),
        ("COPY *.py /x", "b/a.py", False),
        ("COPY $A.py /x", "b/a.py", True),
        ("COPY !a* /x", "!ab", True),
        ("COPY [ /x", "[", False),
    ],
)
def test_matches(line: str, path: str, expected: bool) -> None:
    (source,) = copied_sources(subject_of(f"FROM x\nARG A\n{line}\n"))
    assert matches(source, path) is expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("RUN . ./.env && cat a.txt b/c", [".env", "a.txt", "b/c"]),
        ("RUN pip install -r requirements.txt pandas==2.1", ["requirements.txt", "2.1"]),
        ("RUN pytest tests", ["tests"]),
        ("RUN apt-get install -y wandb", []),
        ("RUN python -m wandb login", ["login"]),
        ("RUN touch .env; rm -rf .git; mkdir -p a/b; echo x > c.txt; [ -f .env ]", []),
        ("RUN cp .env.example .env", [".env.example"]),
        ("RUN dvc pull", [".dvc/cache/files", "pull"]),
        ("WORKDIR /app\nRUN cat /app/.env /etc/passwd ~/.netrc $HOME/.aws/x ${A}/b.c", [".env", "b.c"]),
        ("RUN cat ../a ./b", ["b"]),
        ('CMD ["app", "--env-file=.env"]', ["app", ".env"]),
        ("ENTRYPOINT ./run.sh --config=conf/a.yml", ["run.sh", "conf/a.yml"]),
        ("ENV A=.env B=plain", [".env"]),
        ("RUN case a in a) cat .env ;; esac", [".env"]),
        ("RUN <<EOF\ncat .env\nEOF", [".env"]),
        ("RUN sh -c 'cat .env'", [".env"]),
        ("COPY a.txt /b", []),
    ],
)
def test_names_in_commands(lines: str, expected: list[str]) -> None:
    assert list(named_by_commands(subject_of(f"FROM x\n{lines}\n"))) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("RUN git describe", True),
        ("RUN x=$(git rev-parse HEAD) && echo $x", True),
        ("RUN git -C /app status", True),
        ("RUN cd /app && git submodule update --init", True),
        ("RUN git --git-dir=/x/.git log", True),
        ("RUN git lfs pull", True),
        ("RUN sudo git fetch", True),
        ("RUN for i in 1; do git tag; done", True),
        ("RUN case a in a) git log;; esac", True),
        ("RUN dvc pull", True),
        ("RUN pre-commit install", True),
        ("RUN git clone https://x/y && git -C y checkout z", False),
        ("RUN git clone https://x/y && cd y && git checkout z", False),
        ("RUN git clone https://x/y\nRUN cd y && git checkout z", False),
        ("RUN git clone https://x/y\nRUN git describe", True),
        ("RUN git init && git add .", False),
        ("RUN git config --global a b", False),
        ("RUN git lfs install", False),
        ("RUN git --version", False),
        ("RUN pip install git+https://x/y", False),
        ("RUN apt-get install git", False),
        ("RUN echo 'git describe'", False),
        ('CMD ["git", "log"]', False),
    ],
)
def test_runs_git(lines: str, expected: bool) -> None:
    assert runs_git(subject_of(f"FROM x\n{lines}\n")) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN python3 -m venv /venv", True),
        ("RUN uv sync --frozen", True),
        ("RUN poetry install", True),
        ("CMD .venv/bin/python", False),
        ("RUN pip install pandas", False),
    ],
)
def test_makes_environment(text: str, expected: bool) -> None:
    assert makes_environment(text) is expected
