"""The reader against BuildKit's answers, the official parser, and hostile sizes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from docker_hooks.dockerfile.reader import Instruction, Rejected, decode, encode, read
from docker_hooks.dockerfile.rules import rejection
from tests.corpus_files import SHARED, corpus
from tests.dockerfile.official import disagreement, misplaced

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))
CONFORMANCE = SHARED / "conformance" / "dockerfile.json"
if CONFORMANCE.exists():
    VECTORS = json.loads(CONFORMANCE.read_text("utf-8"))


def described(instruction: Instruction) -> dict[str, Any]:
    holder = instruction.child or instruction
    description: dict[str, Any] = {
        "cmd": instruction.keyword,
        "json": holder.json,
        "flags": list(holder.flags),
        "args": list(holder.arguments or ()),
        "start": instruction.start_line,
        "end": instruction.end_line,
    }
    if instruction.child:
        description["sub"] = instruction.child.keyword
    if instruction.heredocs:
        description["heredocs"] = [
            {
                "name": heredoc.name,
                "fd": heredoc.descriptor,
                "expand": heredoc.expand,
                "chomp": heredoc.chomp,
                "content": heredoc.content,
            }
            for heredoc in instruction.heredocs
        ]
    return description


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["what"])
def test_reads_what_buildkit_reads(vector: dict[str, Any]) -> None:
    if "rejected" in vector:
        with pytest.raises(Rejected) as rejected:
            read(vector["dockerfile"])
        assert rejected.value.message == vector["rejected"]
        return
    dockerfile = read(vector["dockerfile"])
    expected = [
        {**instruction, "flags": instruction["flags"] or [], "args": instruction["args"] or []}
        for instruction in vector["instructions"]
    ]
    assert [described(instruction) for instruction in dockerfile.instructions] == expected
    assert dockerfile.escape == vector["escape"]
    assert misplaced(dockerfile) is None
    problem = rejection(dockerfile)
    if "instruction_error" in vector:
        assert problem is not None
        assert f"on line {problem.line}: {problem.message}" in vector["instruction_error"]
    elif vector["what"] not in ("instruction without args", "bare word instruction"):
        assert problem is None


# Texts that neither the vectors nor the corpus hold, many found by mutating real files.
NASTY = [
    "FROM x\nRUN a\\\n\\\n\\\nb\n",
    "FROM x\nRUN a \\\n\n# c\n\n",
    "FROM x\n \t RUN  a  \n",
    "FROM x\nCOPY --from=a --chown='b c' \"x\" /y\n",
    "FROM x\nCOPY --from=\\a x y\n",
    "FROM x\nRUN --mount=type=cache,target=/é -- pip\n",
    'FROM x\nRUN ["a", "b"\n',
    'FROM x\nCMD ["\\u00e9", "\\ud83d\\ude00"]\n',
    "FROM x\nCMD [NaN]\n",
    "FROM x\nCMD [[]]\n",
    'FROM x\nLABEL a="b\\\n  c" d=e\n',
    "FROM x\nENV a='b\n",
    'FROM x\nENV a="b c d\\"\n',
    "FROM x\nENV a= b=\n",
    "FROM x\nENV ''=b\n",
    "FROM x\nARG a b=c \"d e\"\n",
    "FROM x\nRUN cat <<'E O'\nx\nE O\n",
    "FROM x\nRUN cat <<\"\"\nx\n\n",
    "FROM x\nRUN cat 3<<EOF <<-B\nx\nEOF\n\ty\n\tB\n",
    "FROM x\nRUN echo \"<<EOF\n\"\n",
    "FROM x\nRUN echo ${a:-<<EOF}\nRUN b\n",
    "FROM x\nRUN echo $'<<EOF'\nb\nEOF\n",
    "FROM x\nRUN echo ${a\nCMD <<b\n",
    "FROM x\nCOPY <<EOF <<-\"B\" /c\nx\nEOF\ny\nB\n",
    "FROM x\nHEALTHCHECK NONE\nHEALTHCHECK --retries=2 CMD [\"a\"]\n",
    "FROM x\nHEALTHCHECK\n",
    "FROM x\nONBUILD\n",
    "FROM x\n\\\n\\\n",
    "\\\nFROM x\n",
    "#syntax=a\n\n#escape=`\nFROM x\nRUN a `\n",
    "FROM x\n\u2003RUN\u2003a\n",
    "FROM x\nRUN a\u2003\\\n b\n",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_agrees_with_the_official_parser(text: str) -> None:
    assert disagreement(text) is None


def test_agrees_with_the_official_parser_with_crlf_and_bom() -> None:
    for text in NASTY:
        assert disagreement(text.replace("\n", "\r\n")) is None, text
        assert disagreement("\ufeff" + text) is None, text


@pytest.mark.parametrize(
    ("text", "last"),
    [
        # The official parser that can be had from PyPI is older than these.
        ("FROM x\nRUN cat << EOF\nx\nEOF\n", (("cat << EOF",), 4)),
        ("# syntax=a\n# check=skip=all\n#escape=`\nFROM x\nRUN a `\n b\n", (("a  b",), 6)),
        # It leaves out the heredoc of what ONBUILD holds, and ends a string at NUL.
        ("FROM x\nONBUILD COPY <<E /x\nx\nE\n", (("<<E", "/x"), 4)),
        ("FROM x\nRUN a\x00b\n", (("a\x00b",), 2)),
    ],
)
def test_reads_what_the_official_parser_of_pypi_does_not(text: str, last: tuple[tuple[str, ...], int]) -> None:
    instruction = read(text).instructions[-1]
    assert (instruction.arguments, instruction.end_line) == last


@pytest.mark.skipif(not corpus(), reason="the corpus is not beside this project")
def test_agrees_with_the_official_parser_on_every_real_file() -> None:
    differing = [(name, found) for name, data in corpus() if (found := disagreement(decode(data)))]
    assert differing == []
    assert all(misplaced(read(decode(data))) is None for _, data in corpus()[:400] if not _rejected(decode(data)))


def _rejected(text: str) -> bool:
    try:
        read(text)
    except Rejected:
        return True
    return False


@pytest.mark.parametrize(
    "data",
    [
        b"FROM x\nRUN echo \xe9\xff\n",
        "FROM x\nRUN echo é\n".encode("utf-16"),
        b"\xef\xbb\xbfFROM x\r\n",
        b"\x00\x01\xfe",
    ],
)
def test_every_byte_survives(data: bytes) -> None:
    assert encode(decode(data)) == data


def test_bytes_that_are_not_utf8_are_read() -> None:
    dockerfile = read(decode(b"FROM x\nRUN echo \xe9\n"))
    assert dockerfile.instructions[1].value == "echo \udce9"


@pytest.mark.parametrize(
    ("line", "accepted"),
    [("a" * 65_531, True), ("a" * 65_532, False), ("é" * 32_765, True), ("é" * 32_766, False)],
)
def test_takes_lines_as_long_as_buildkit_does(line: str, accepted: bool) -> None:
    text = f"FROM x\nRUN {line}\n"
    assert _rejected(text) is not accepted
    assert disagreement(text) is None


BIG = {
    "many instructions": "FROM x\n" + "RUN a b c\n" * 15_000,
    "many variables": "FROM x\n" + "ENV a=$b\n" * 15_000,
    "one long instruction": "FROM x\nRUN a \\\n" + "  b c d \\\n" * 30_000 + "  e\n",
    "comments within": "FROM x\nRUN a \\\n" + "# b c d\n" * 30_000 + "  e\n",
    "empty lines within": "FROM x\nRUN a \\\n" + "\n" * 100_000 + "  e\n",
    "one long line": "FROM x\nRUN " + "a" * 1_000_000 + "\n",
    "open substitutions": "FROM x\nRUN <<" + "${a:-" * 10_000 + "\n",
    "deep JSON": "FROM x\nCMD " + "[" * 30_000 + "\n",
    "deeper JSON": "FROM x\nCMD " + "[" * 5_000 + "]" * 5_000 + "\n",
    "heredoc operators": "FROM x\nRUN " + "<<a " * 10_000 + "\n",
    "a heredoc of 2 MB": "FROM x\nRUN <<EOF\n" + "echo a b c\n" * 180_000 + "EOF\n",
    "backslashes": "FROM x\nRUN " + "\\" * 60_000 + "\n",
    "quotes": "FROM x\nENV a=" + "'\"" * 30_000 + "\n",
}


@pytest.mark.parametrize("text", BIG.values(), ids=BIG)
def test_reads_or_rejects_large_files(text: str) -> None:
    """Quadratic time would keep this test from ending; how long it takes is for benchmarks/."""
    if _rejected(text):
        return
    dockerfile = read(text)
    assert rejection(dockerfile) is None
    assert dockerfile.instructions[0].arguments == ("x",)


def test_rejects_those_that_docker_rejects() -> None:
    rejected = {name for name, text in BIG.items() if _rejected(text)}
    assert rejected == {"one long line", "deeper JSON", "heredoc operators"}
    assert all(disagreement(BIG[name]) is None for name in ("deep JSON", "deeper JSON", "heredoc operators"))


def test_rejects_onbuild_within_onbuild_however_often() -> None:
    with pytest.raises(Rejected, match="isn't allowed"):
        read("FROM x\n" + "ONBUILD " * 5000 + "RUN a\n")
