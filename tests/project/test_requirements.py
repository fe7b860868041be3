"""What a requirements file needs beside itself, line by line, as pip reads it."""

from __future__ import annotations

import time

import pytest

from docker_hooks.project.requirements import Reference, requirement_reference, requirement_references

HASHES = "numpy==1.26.0 \\\n    --hash=sha256:0a \\\n    --hash=sha256:0b\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "# -r other.txt\n",
        "  # -e .\n",
        "pandas\nnumpy==1.0\n",
        "pandas >= 1, < 3 ; python_version < '3.13'  # ./comment\n",
        "requests[security,socks] >= 2.8.1, == 2.8.*\n",
        "zope.interface\nruamel.yaml.clib\n",
        HASHES,
        "pip @ https://host/pip.zip\n",
        "pip@https://host/pip-1.0-py3-none-any.whl ; sys_platform == 'linux'\n",
        "https://host/a/b.tar.gz#sha256=00\n",
        "http://host/a.whl\n",
        "git+https://host/a/b.git@v1#egg=b\n",
        "-e git+ssh://git@host/a/b.git#egg=b&subdirectory=c\n",
        "--editable=hg+https://host/a#egg=a\n",
        "-e b@git+https://host/b\n",
        "-i https://host/simple\n--extra-index-url=https://user:${TOKEN}@host/simple\n--trusted-host host\n",
        "--index-url https://host/simple --pre --no-index --prefer-binary --require-hashes\n",
        "--no-binary :all:\n--only-binary=numpy\n--use-feature fast-deps\n",
        "-f https://host/whl/torch_stable.html\n--find-links=https://host/links\n",
        "-r https://host/other.txt\n-c https://host/constraints.txt\n",
        "git+https://${TOKEN}@host/a.git\n",
        "numpy==${VERSION}\n",
        # pip ignores the options of the whole file behind a requirement
        "numpy -r other.txt\n",
        # ... and takes any beginning of an option that only one has
        "--trusted host\n",
    ],
)
def test_self_contained(text: str) -> None:
    assert requirement_references(text) == ()
    assert requirement_references(text.replace("\n", "\r\n")) == ()


@pytest.mark.parametrize(
    ("line", "kind", "path"),
    [
        ("-r other.txt", "requirements", "other.txt"),
        ("-rother.txt", "requirements", "other.txt"),
        ("-r\tother.txt", "requirements", "other.txt"),
        ("  -r other.txt  # why", "requirements", "other.txt"),
        ("--requirement ../base.txt", "requirements", "../base.txt"),
        ("--requirement=base.txt", "requirements", "base.txt"),
        ("--requirem base.txt", "requirements", "base.txt"),
        ('-r "with space.txt"', "requirements", "with space.txt"),
        ("-r file:base.txt", "requirements", "base.txt"),
        ("-r a:b.txt", "requirements", "a:b.txt"),
        ("-c constraints.txt", "constraint", "constraints.txt"),
        ("--constraint=constraints.txt", "constraint", "constraints.txt"),
        ("-e .", "local project", "."),
        ("-e.", "local project", "."),
        ("-e .[dev,test]", "local project", "."),
        ("--editable ./sub", "local project", "./sub"),
        ("--editable=../sub", "local project", "../sub"),
        ("-e sub", "local project", "sub"),
        ("-e file:///src/sub#egg=sub", "local project", "/src/sub"),
        ("-e sub@file:///src/sub", "local project", "/src/sub"),
        (".", "local project", "."),
        (".[all]", "local project", "."),
        ("./pkg", "local project", "./pkg"),
        ("./pkg[extra] ; python_version < '3'", "local project", "./pkg"),
        ("../pkg", "local project", "../pkg"),
        ("/abs/pkg", "local project", "/abs/pkg"),
        ("dir/", "local project", "dir/"),
        ("..\\pkg", "local project", "..\\pkg"),
        ("C:\\pkg", "local project", "C:\\pkg"),
        ("file:pkg", "local project", "pkg"),
        ("file:///a%20b/pkg", "local project", "/a b/pkg"),
        ("file://localhost/pkg", "local project", "/pkg"),
        ("FILE:pkg", "local project", "pkg"),
        ("pkg @ file:///src/pkg", "local project", "/src/pkg"),
        ("pkg[extra] @ file:///src/pkg ; python_version < '3'", "local project", "/src/pkg"),
        # uv's own form
        ("pkg @ ./src/pkg", "local project", "./src/pkg"),
        ("pkg @ file:///${PROJECT_ROOT}/pkg", "local project", "./pkg"),
        ("numpy-1.0-cp39-none-any.whl", "local file", "numpy-1.0-cp39-none-any.whl"),
        ("./wheels/a.whl --hash=sha256:00", "local file", "./wheels/a.whl"),
        ("vendor/a-1.0.tar.gz", "local file", "vendor/a-1.0.tar.gz"),
        ("a @ file:///w/a.whl#sha256=00", "local file", "/w/a.whl"),
        ("a.ZIP[extra]", "local file", "a.ZIP"),
        ("-f wheels", "find-links", "wheels"),
        ("--find-links ./wheels", "find-links", "./wheels"),
        ("--find-links=file:///wheels", "find-links", "/wheels"),
        ("--extra-index-url ./simple", "find-links", "./simple"),
        ("${PACKAGE}", "unknown", "${PACKAGE}"),
        ("${DIR}/pkg", "unknown", "${DIR}/pkg"),
        ("./${DIR}/pkg", "unknown", "./${DIR}/pkg"),
        ("pkg @ ${URL}", "unknown", "${URL}"),
        ("-r ${ENV}.txt", "unknown", "${ENV}.txt"),
        ("-e ${DIR}", "unknown", "${DIR}"),
        ("--extra-index-url ${INDEX}", "unknown", "${INDEX}"),
        ("--no-such-option", "unknown", "--no-such-option"),
        ("-r", "unknown", "-r"),
        ("-r 'unclosed", "unknown", "-r 'unclosed"),
    ],
)
def test_needs(line: str, kind: str, path: str) -> None:
    assert requirement_references(f"numpy\n\n{line}\npandas\n") == (Reference(kind, path, 3),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("-r a.txt -c b.txt\n", [("a.txt", 1), ("b.txt", 1)]),
        (HASHES + "-r a.txt", [("a.txt", 4)]),
        ("-r \\\n  a.txt\n-r b.txt", [("a.txt", 1), ("b.txt", 3)]),
        # A comment ends a continuation, whatever it ends with.
        ("-r a.txt \\\n# comment \\\n-r b.txt\n", [("a.txt", 1), ("b.txt", 3)]),
        ("# comment \\\n-r a.txt", [("a.txt", 2)]),
        ("-r a#b.txt #c", [("a#b.txt", 1)]),
        ("\ufeffnumpy\n\x0c\n-r a.txt", [("a.txt", 4)]),
        ("-r a.txt \\", [("a.txt", 1)]),
    ],
)
def test_places(text: str, places: list[tuple[str, int]]) -> None:
    assert [(reference.path, reference.line) for reference in requirement_references(text)] == places


def test_one_requirement() -> None:
    assert requirement_reference("pandas>=2") is None
    assert requirement_reference("x @ file:.", 7) == Reference("local project", ".", 7)


@pytest.mark.parametrize(
    "text",
    [
        "#" * 500_000,
        " " * 500_000 + "x",
        "x" + " #" * 250_000,
        "-r '" + "x" * 500_000 + "'",
        "-r " + "x" * 500_000,
        "\\\n" * 250_000,
        "-" * 500_000,
        " -" * 250_000,
        "a[" * 250_000 + "]",
        "${" * 250_000,
        "@" * 500_000,
        "-e" + ".[" * 200_000 + "]",
    ],
    ids=lambda text: repr(text[:6]),
)
def test_takes_linear_time(text: str) -> None:
    start = time.process_time()
    requirement_references(text)
    assert time.process_time() - start < 20
