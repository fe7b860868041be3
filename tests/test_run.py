"""The manners of every command: exit codes, one line a finding, nothing lost, nothing written that shouldn't be."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from docker_hooks import dockerfile_non_root_user, run
from docker_hooks.dockerfile.edits import Edit, Unproven
from docker_hooks.finding import Finding
from docker_hooks.run import Hook, mend, mended, printable
from docker_hooks.subject import Subject
from tests.mends import subject_of

FAULTY = 'FROM python:3.12\nWORKDIR /app\nCMD ["python"]\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dockerfile", "Dockerfile"),
        ("é", "é"),
        ("a\nb", "a\\nb"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\u202eb", "a\\u202eb"),
        ("a\udce9b", "a\\xe9b"),
        ("a\u2028b", "a\\u2028b"),
        ("tab\there", "tab\\there"),
    ],
)
def test_escapes_what_could_mislead(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_says_nothing_of_what_is_right(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text("FROM python:3.12\nUSER app\n")
    assert dockerfile_non_root_user.main([str(path)]) == 0
    assert dockerfile_non_root_user.main([]) == 0
    assert capfdbinary.readouterr().out == b""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", b"Docker rejects this file: the file is empty; it is left as it is\n"),
        (b"FROM a\nFOO b\n", b":2: Docker rejects this file: FOO is no instruction"),
        (b"FROM a\nRUN <<EOF\n", b":2: Docker rejects this file: the heredoc EOF has no end"),
        (b"\x00\xff\xfe", b"Docker rejects this file"),
        (b"RUN a\n", b":1: Docker rejects this file: the file has no FROM"),
    ],
)
def test_what_docker_rejects_stays_as_it_is_and_the_others_are_mended(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], content: bytes, message: bytes
) -> None:
    bad, good = tmp_path / "Dockerfile.bad", tmp_path / "Dockerfile.good"
    bad.write_bytes(content)
    good.write_text(FAULTY)
    missing, folder = tmp_path / "Dockerfile.missing", tmp_path / "Dockerfile.folder"
    folder.mkdir()
    assert dockerfile_non_root_user.main([str(missing), str(folder), str(bad), str(good)]) == 1
    output = capfdbinary.readouterr().out
    assert message in output
    assert b"Dockerfile.missing:1: can't be read: No such file or directory\n" in output
    assert b"Dockerfile.folder:1: can't be read: is not a regular file\n" in output
    assert bad.read_bytes() == content
    assert "USER app" in good.read_text()
    assert b"Traceback" not in output


def test_a_read_only_file_is_reported(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(FAULTY)
    path.chmod(0o444)
    assert dockerfile_non_root_user.main([str(path)]) == 1
    assert b"(not mended: it is read-only)\n" in capfdbinary.readouterr().out
    assert path.read_text() == FAULTY


def test_bytes_outside_the_mend_survive(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_bytes(b'\xef\xbb\xbfFROM python:3.12\r\n# caf\xe9 \xff\r\nWORKDIR /app\r\nCMD ["python"]')
    assert dockerfile_non_root_user.main([str(path)]) == 1
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfFROM python:3.12\r\nRUN groupadd")
    assert b"\r\n# caf\xe9 \xff\r\nWORKDIR /app\r\n" in data
    assert data.endswith(b'USER app\r\nCMD ["python"]')
    assert data.count(b"\n") == data.count(b"\r\n")


def test_control_characters_in_a_path_are_escaped(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "a\n::error::b\x1b" / "Dockerfile"
    path.parent.mkdir()
    path.write_text(FAULTY)
    assert dockerfile_non_root_user.main(["--check", str(path)]) == 1
    output = capfdbinary.readouterr().out
    assert output.count(b"\n") == 1
    assert b"\x1b" not in output


def test_wrong_usage_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        dockerfile_non_root_user.main(["--nonsense"])
    assert stop.value.code == 2
    assert "unrecognized arguments" in capsys.readouterr().err


def test_a_fault_of_a_check_is_no_traceback(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    from docker_hooks.run import examined

    def broken(subject: Subject) -> Iterator[Finding]:
        raise KeyError("oops")
        yield

    path = tmp_path / "Dockerfile"
    path.write_text(FAULTY)
    (report,) = examined(Hook("broken", broken), str(path), check_only=False)
    assert "broken failed on this file (KeyError" in report.message


def test_a_mend_that_would_be_made_again_and_again_is_not_made() -> None:
    def restless(subject: Subject) -> Iterator[Finding]:
        end = len(subject.dockerfile.text)
        yield Finding(1, "restless", edits=(Edit(end, end, "RUN a\n"),), adds=("RUN", "a"))

    result = mend(Hook("restless", restless), subject_of(FAULTY))
    assert result.text == FAULTY
    assert "a second run would change the file again" in result.left[0].advice


def test_a_mend_that_is_not_declared_is_not_made() -> None:
    def sloppy(subject: Subject) -> Iterator[Finding]:
        if "USER" not in subject.dockerfile.text:
            end = len(subject.dockerfile.text)
            yield Finding(3, "sloppy", "do it by hand", edits=(Edit(end, end, "USER x\n"),), adds=("USER",))

    result = mend(Hook("sloppy", sloppy), subject_of(FAULTY))
    assert result.text == FAULTY
    assert result.left[0].advice == ("do it by hand (not mended: it would add other words than it declares: x)")


def test_of_several_mends_those_that_can_be_proven_are_made() -> None:
    def mixed(subject: Subject) -> Iterator[Finding]:
        text = subject.dockerfile.text
        if "USER" not in text:
            yield Finding(3, "good", edits=(Edit(len(text), len(text), "USER x\n"),), adds=("USER", "x"))
        yield Finding(1, "bad", edits=(Edit(0, 4, "FORM"),), adds=("FORM",), drops=("FROM",))

    result = mend(Hook("mixed", mixed), subject_of(FAULTY))
    assert result.text == FAULTY + "USER x\n"
    assert [finding.message for _, finding in result.fixed] == ["good"]
    assert [finding.message for finding in result.left] == ["bad"]


def test_mends_that_are_in_each_others_way_are_made_one_after_the_other() -> None:
    def crowded(subject: Subject) -> Iterator[Finding]:
        text = subject.dockerfile.text
        start = text.index("CMD")
        for name in ("LABEL", "STOPSIGNAL"):
            if name not in text:
                edit = Edit(start, len(text), f"{name} a=b\n{text[start:]}")
                words = ("CMD", '["python"]')
                yield Finding(3, name, edits=(edit,), adds=(name, "a=b"), moves=words)

    result = mend(Hook("crowded", crowded), subject_of(FAULTY))
    assert "LABEL a=b" in result.text
    assert "STOPSIGNAL a=b" in result.text
    assert result.left == ()


def test_importing_a_hook_loads_nothing_that_it_may_not_need() -> None:
    code = (
        "import sys, docker_hooks.dockerfile_non_root_user;"
        "print([name for name in ('yaml', 'pathspec', 'dockerfile_parse', 'tomllib', 'tomli', 'json', 'subprocess')"
        " if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


@pytest.mark.parametrize("argv", [[], ["a"], ["--check"], ["--check", "a", "b"], ["", "a"]])
def test_plain_arguments_mean_what_argparse_reads(argv: list[str]) -> None:
    plain = run.plain(argv)
    assert plain is not None
    assert vars(run.parser("dockerfile-x", "").parse_args(argv)) == {"files": plain.files, "check": plain.check}


@pytest.mark.parametrize("argv", [["a", "--check"], ["--check", "--check"], ["--", "a"], ["--che", "a"], ["-h"]])
def test_other_arguments_are_left_to_argparse(argv: list[str]) -> None:
    assert run.plain(argv) is None


@pytest.mark.parametrize(
    ("bad", "most"),
    [
        ({700}, 25),
        ({3, 400, 999}, 75),
        (set(range(1000)), 2 * 1000 // 10),
    ],
    ids=["one", "some", "all"],
)
def test_so_many_proofs_find_the_mends_that_can_not_be_made(bad: set[int], most: int) -> None:
    """A proof takes as long as the file is large: one for each mend would be too many."""
    proofs = 0

    def find(done: frozenset[int]) -> list[Finding]:
        return [Finding(number, "", edits=(Edit(0, 0, ""),)) for number in range(1000) if number not in done]

    def prove(done: frozenset[int], findings: Sequence[Finding]) -> frozenset[int]:
        nonlocal proofs
        proofs += 1
        numbers = {finding.line for finding in findings}
        if numbers & bad:
            raise Unproven("it is bad")
        return done | numbers

    result = mended(frozenset[int](), find, prove, lambda _: "\n" * 1000)
    assert {finding.line for finding in result.left} == bad
    assert proofs <= most
