"""The corpus run: every hook keeps the promises, and the run would say so if one did not."""

from __future__ import annotations

import io
import stat
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import pytest

from docker_hooks import files
from docker_hooks import run as hook_run
from docker_hooks.dockerfile.edits import Edit, applied
from docker_hooks.dockerfile.reader import encode
from docker_hooks.finding import Finding
from docker_hooks.run import Hook, Mended
from docker_hooks.subject import Subject
from tests.corpus import __main__ as command
from tests.corpus import runs
from tests.corpus.discovery import SYNTAX, dockerfile_hooks, modules, syntax_hook, with_options
from tests.corpus.ignore_runs import ID as IGNORE
from tests.corpus.ignore_runs import ignore_main, ignore_outcome, sending_faults, text_faults
from tests.corpus.ignoring import is_sent, rules
from tests.corpus.inputs import Source, is_dockerfile, opened, sources
from tests.corpus.judge import BROKEN, BYTES, COMMENTS, WORDS
from tests.corpus.pool import Hooks, examined, run
from tests.corpus.project import set_up
from tests.corpus.runs import CRASHES, SECOND_RUN, TOGETHER, outcomes
from tests.corpus.samples import SAMPLES
from tests.corpus_files import corpus

# So many files of the corpus are examined in the quick suite; the command takes them all.
_SLICE = 24
# Commands that work on more than Dockerfiles and ignore files have tests of their own.
ELSEWHERE = ("docker-build-context", "dockerize", "docker-hooks")
_TEXT = "# top\nFROM debian:12\nRUN apt-get update && \\\n    # inner\n    apt-get install gcc\nCMD run\n"


def test_every_hook_keeps_its_promises_on_the_samples() -> None:
    hooks = Hooks(dockerfile_hooks(), tuple(with_options(dockerfile_hooks())), syntax_hook())
    found = [Source(name, encode(text)) for name, text in SAMPLES.items()]
    assert faults(outcome for source in found for outcome in examined(source, hooks=hooks, is_bare=False)) == []


@pytest.mark.skipif(not corpus(), reason="the corpus lies beside the project only where it is developed")
def test_every_hook_keeps_its_promises_on_a_slice_of_the_corpus() -> None:
    hooks = dockerfile_hooks()
    found = [Source(name, data) for name, data in corpus()[:: len(corpus()) // _SLICE]]
    assert faults(outcome for source in found for outcome in outcomes(source, hooks, is_bare=False)) == []


def faults(found: Iterable[runs.Outcome]) -> list[tuple[str, str, str, str]]:
    return [(outcome.name, outcome.hook, fault.column, fault.why) for outcome in found for fault in outcome.faults]


def test_covers_every_hook_of_the_distribution() -> None:
    assert {hook.id for hook in dockerfile_hooks()} | {SYNTAX, IGNORE} >= {
        name for name in modules() if name.startswith("docker") and name not in ELSEWHERE
    }
    assert [hook.id for hook in dockerfile_hooks(["dockerfile-non-root-user"])] == ["dockerfile-non-root-user"]


def test_what_a_hook_does_on_request_is_a_variant_of_it() -> None:
    def check(
        subject: Subject, *, strict: bool = False, style: Literal["a", "b"] = "a", target: str | None = None
    ) -> Iterator[Finding]:
        yield Finding(1, f"{strict} {style} {target}")

    found = {
        hook.id: [finding.message for finding in hook.check(a_subject())] for hook in with_options([Hook("x", check)])
    }
    assert found == {"x strict=True": ["True a None"], "x style=b": ["False b None"]}


# Hooks made for the test. Each yields the edits of its name once, as `said` finds the text it replaces.


def toy(name: str, old: str, new: str, adds: tuple[str, ...] = (), drops: tuple[str, ...] = ()) -> Hook:
    """A hook that puts `new` in place of the first `old`."""

    def check(subject: Subject) -> Iterator[Finding]:
        text = subject.dockerfile.text
        if old in text:
            start = text.index(old)
            edits = (Edit(start, start + len(old), new),)
            yield Finding(1, f"{name} is wrong", done="mended", edits=edits, adds=adds, drops=drops)

    return Hook(name, check)


ADDS_YES = toy("adds-yes", "install gcc", "install -y gcc", ("-y",))
# Declares as the prover wants it: every word that the edit touches.
ADDS_YES_PROVABLY = toy("adds-yes", "install gcc", "install -y gcc", ("install", "-y", "gcc"), ("install", "gcc"))


def without_proof(hook: Hook, subject: Subject) -> Mended:
    """What `run.mend` would do if it believed every hook."""
    text = subject.dockerfile.text
    findings = list(hook.check(subject))
    if not findings:
        return Mended(text, (), ())
    after = applied(text, [edit for finding in findings for edit in finding.edits])
    if after == text:
        return Mended(text, (), tuple(findings))
    return Mended(after, tuple((finding.line, finding) for finding in findings), ())


@pytest.fixture
def _believing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "mend", without_proof)
    monkeypatch.setattr(hook_run, "mend", without_proof)


def columns(*hooks: Hook, text: str = _TEXT) -> dict[str, set[str]]:
    """The columns that are not 0, for each row."""
    found = outcomes(Source("toy", encode(text)), hooks, is_bare=True)
    return {outcome.hook: {fault.column for fault in outcome.faults} for outcome in found}


@pytest.mark.usefixtures("_believing")
@pytest.mark.parametrize(
    ("hook", "column"),
    [
        (ADDS_YES, None),
        (toy("breaks", "apt-get update", "apt-get 'update"), BROKEN),
        (toy("cuts-off", "&& \\", "&&", (), ()), BROKEN),
        (toy("loses-a-comment", "    # inner\n", "", drops=("# inner",)), COMMENTS),
        (toy("adds-more", "install gcc", "install -y gcc"), WORDS),
        (toy("adds-less", "install gcc", "install -y gcc", ("-y", "-q")), WORDS),
        (toy("comments-out", "apt-get install", "# apt-get install", ("#",)), WORDS),
        (toy("indents", "    apt-get", "  apt-get"), BYTES),
        (toy("ends-lines", "FROM debian:12\n", "FROM debian:12\r\n"), BYTES),
        (toy("flaps", "gcc", "gcc gcc", ("gcc",)), SECOND_RUN),
    ],
)
def test_every_column_can_be_other_than_0(hook: Hook, column: str | None) -> None:
    found = columns(hook)
    if column is None:
        assert found == {hook.id: set(), TOGETHER: set()}
    else:
        assert column in found[hook.id]


def test_a_crash_is_counted_and_the_others_still_run() -> None:
    def check(subject: Subject) -> Iterator[Finding]:
        raise RuntimeError("a fault of ours")

    found = columns(Hook("raises", check), ADDS_YES_PROVABLY)
    assert found == {"raises": {CRASHES}, "adds-yes": set(), TOGETHER: {CRASHES}}


def test_of_hooks_that_undo_one_another_one_stands_back() -> None:
    there = toy("there", "install gcc", "install g++", ("install", "g++"), ("install", "gcc"))
    back = toy("back", "install g++", "install gcc", ("install", "gcc"), ("install", "g++"))
    (found,) = (
        outcome
        for outcome in outcomes(Source("toy", encode(_TEXT)), [there, back], is_bare=True)
        if outcome.hook == TOGETHER
    )
    assert found.faults == ()
    assert "a second run would change the file again" in found.reasons


def test_a_file_that_is_written_otherwise_than_proven_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(content: object, data: bytes, root: str) -> None:
        Path(content.target).write_bytes(data.replace(b"gcc", b"g++"))  # type: ignore[attr-defined]
        Path(content.target).chmod(0o600)  # type: ignore[attr-defined]

    assert columns(ADDS_YES_PROVABLY) == {"adds-yes": set(), TOGETHER: set()}
    monkeypatch.setattr(files, "replace_file", careless)
    assert columns(ADDS_YES_PROVABLY)["adds-yes"] == {BYTES}


def test_what_the_prover_refuses_is_counted_with_its_reason() -> None:
    found = outcomes(Source("toy", encode(_TEXT)), [ADDS_YES], is_bare=True)
    assert [(outcome.mended, outcome.reasons.total()) for outcome in found] == [(0, 1), (0, 1)]
    assert next(iter(found[0].reasons)).startswith("it would add other words than it declares")


def test_rounds_of_mends_are_judged_one_by_one() -> None:
    def check(subject: Subject) -> Iterator[Finding]:
        text = subject.dockerfile.text
        for old, new in (("CMD run", "CMD walk"), ("CMD walk", "CMD stand")):
            if old in text:
                start, word, then = text.index(old) + 4, old[4:], new[4:]
                edits = (Edit(start, start + len(word), then),)
                yield Finding(5, f"{word}!", done=then, edits=edits, adds=(then,), drops=(word,))

    result, steps = runs.mended_in_steps(Hook("twice", check), a_subject())
    assert result.text == _TEXT.replace("CMD run", "CMD stand")
    assert [[finding.done for finding in step.made] for step in steps] == [["walk"], ["stand"]]
    assert runs.judged(steps) == []


def test_a_file_that_docker_rejects_is_repaired_and_then_mended() -> None:
    repair = syntax_hook()
    text = _TEXT.replace("&& \\\n", "&& \\\\\n")
    found = outcomes(Source("toy", encode(text)), [ADDS_YES_PROVABLY], is_bare=True, repair=repair)
    assert [(outcome.hook, outcome.mended, outcome.faults) for outcome in found] == [
        (SYNTAX, 1, ()),
        (TOGETHER, 2, ()),
    ]
    assert found[0].after == _TEXT

    def careless(text: str) -> Mended:
        finding = Finding(1, "broken")
        return Mended("FROM a\n" + text, ((1, finding),), ())

    found = outcomes(Source("toy", encode("RUN x <<EOF\n")), [], is_bare=True, repair=careless)
    assert {fault.column for fault in found[0].faults} == {BROKEN, WORDS, BYTES, SECOND_RUN}


def test_two_mends_in_one_place_are_told() -> None:
    place = _TEXT.index("\nCMD")

    def check(subject: Subject) -> Iterator[Finding]:
        for words in ("&& true", "-y"):
            edit = Edit(place, place, f" {words}")
            yield Finding(3, f"no {words}", done="added", edits=(edit,), adds=tuple(words.split()))

    step = runs.Step(_TEXT, _TEXT.replace("gcc", "gcc && true -y"), tuple(check(a_subject())))
    assert {fault.column for fault in runs.judged_step(step)} == {WORDS}


def a_subject() -> Subject:
    return Subject("/nowhere/Dockerfile", "/nowhere", hook_run.accepted(_TEXT))


# The command


def test_prints_the_table_and_its_exit_code_says_whether_promises_were_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.Dockerfile").write_text(_TEXT)
    (tmp_path / "b.Dockerfile").write_text(_TEXT.replace("gcc", "git"))
    (tmp_path / "broken.Dockerfile").write_text("RUN nothing\n")
    monkeypatch.setattr(command, "dockerfile_hooks", lambda only: [ADDS_YES_PROVABLY])
    options = [str(tmp_path), "--jobs", "1", "--only", "adds-yes"]
    assert command.main([*options, "--project", "bare", "--show", "2"]) == 0
    shown = capsys.readouterr().out
    rows = {line.split("  ")[0]: line.split() for line in shown.splitlines()}
    assert rows["adds-yes"][1:-1] == ["2", "1", "1", "0", "0", "0", "0", "0", "0", "0"]
    assert "1 without a Dockerfile that Docker accepts" in shown
    assert "+    apt-get install -y gcc" in shown

    failures = tmp_path / "failures"
    raising = toy("raises", "gcc", "g++")._replace(check=lambda subject: 1 / 0)  # type: ignore[arg-type,return-value]
    monkeypatch.setattr(command, "dockerfile_hooks", lambda only: [raising])
    assert command.main([*options, "--failures", str(failures)]) == 1
    assert (failures / "a.Dockerfile.raises.before").read_text() == _TEXT
    assert "ZeroDivisionError" in (failures / "a.Dockerfile.raises.why").read_text()


def test_uses_more_processes_than_one(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.Dockerfile").write_text(SAMPLES["plain"])
    examine = partial(examined, hooks=Hooks(dockerfile_hooks(), ignore=ignore_main()), is_bare=False)
    found = list(run(sources(tmp_path), examine, jobs=2))
    assert [[outcome.hook for outcome in each][-2:] for each in found] == [[TOGETHER, "dockerignore"]] * 3


# What it reads


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dockerfile", True),
        ("dockerfile", True),
        ("Dockerfile.gpu", True),
        ("Dockerfile-dev", True),
        ("0001.Dockerfile", True),
        ("Containerfile", True),
        ("Dockerfile.dockerignore", False),
        ("Dockerfile.md", False),
        ("test_dockerfile.py", False),
        ("main.py", False),
    ],
)
def test_knows_dockerfiles_by_their_names(name: str, expected: bool) -> None:
    assert is_dockerfile(name) is expected


def test_finds_collections_and_trees(tmp_path: Path) -> None:
    for path in (
        "flat/1.Dockerfile",
        "flat/2.Dockerfile",
        "trees/one/Dockerfile",
        "trees/one/main.py",
        "trees/one/docker/gpu.Dockerfile",
        "trees/two/Dockerfile",
        "trees/none/main.py",
    ):
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("FROM a\n")
    found = {source.name: source for source in sources(tmp_path)}
    assert list(found) == ["flat/1.Dockerfile", "flat/2.Dockerfile", "trees/one", "trees/two/Dockerfile"]
    assert found["flat/1.Dockerfile"].data == b"FROM a\n"
    assert found["trees/one"].paths == ("Dockerfile", "docker/gpu.Dockerfile")


def test_unpacks_an_archive_and_nothing_outside_it(tmp_path: Path) -> None:
    archive = tmp_path / "corpus.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name in ("a.Dockerfile", "../escaped.Dockerfile", "/tmp/absolute.Dockerfile"):
            member = tarfile.TarInfo(name)
            member.size = 7
            tar.addfile(member, io.BytesIO(b"FROM a\n"))
        link = tarfile.TarInfo("link.Dockerfile")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with opened(archive) as folder:
        assert [source.name for source in sources(folder)] == ["a.Dockerfile"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["corpus.tar.gz"]


def test_makes_the_project_that_a_dockerfile_names(tmp_path: Path) -> None:
    text = "FROM a\nCOPY app/ src/run.py ./\nRUN pip install -r /app/requirements-dev.txt\nCOPY ../x $Y http://z /\n"
    assert set_up(Source("x", text.encode()), tmp_path, is_bare=False) == ("Dockerfile",)
    files = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert {"Dockerfile", "app/module.py", "src/run.py", "requirements-dev.txt", "main.py", ".env"} <= files
    assert not (tmp_path.parent / "x").exists()


def test_a_bare_project_is_the_dockerfile_alone(tmp_path: Path) -> None:
    set_up(Source("x", b"FROM a\nCOPY main.py .\n"), tmp_path, is_bare=True)
    assert [entry.name for entry in tmp_path.iterdir()] == ["Dockerfile"]


def test_works_on_a_copy_of_a_tree(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "Dockerfile").write_text(_TEXT)
    (tree / "main.py").write_text("")
    before = {path: (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) for path in tree.iterdir()}
    (source,) = sources(tree)
    (alone, _) = outcomes(source, [ADDS_YES_PROVABLY], is_bare=False)
    assert alone.mended == 1
    assert {path: (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) for path in tree.iterdir()} == before


# The ignore files


@pytest.mark.parametrize(
    ("text", "sent", "kept_back"),
    [
        ("", ["a", "b/c"], []),
        ("a\n", ["b/a"], ["a", "a/b"]),
        ("# a\n/b\n", ["a", "# a"], ["b/c"]),
        ("*.py\n**/*.txt\n", ["src/a.py", "a.txt.bak"], ["a.py", "a.txt", "src/x/a.txt"]),
        ("*\n!src\n", ["src/a", "src/b/c"], ["a", "data/x"]),
        ("src\n!src/a\n", ["src/a"], ["src/b"]),
        ("a/b\n!a\n", ["a/c"], ["a/b/c"]),
        ("./a/../b/\n?x\n", ["a", "x", "xxx"], ["b", "yx"]),
        ("[ab].c\n", ["c.c"], ["a.c", "b.c"]),
        ("**\n", [], ["a", "b/c"]),
    ],
)
def test_knows_what_an_ignore_file_keeps_back(text: str, sent: list[str], kept_back: list[str]) -> None:
    found = rules(text)
    assert [path for path in [*sent, *kept_back] if is_sent(found, path)] == sent


@pytest.mark.parametrize("text", ["!\n", "[a-\n", "a\\\n"])
def test_knows_what_docker_rejects_in_an_ignore_file(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        rules(text)


@pytest.mark.parametrize(
    ("before", "after", "column"),
    [
        ("# a\nb\n", "# a\nb\n\n# more\nc\n", None),
        ("__pycache__\n*.md # docs\n", "**/__pycache__\n# docs\n*.md\n", None),
        ("# a\nb\n", "b\n", COMMENTS),
        ("a\nb\n", "b\na\n", WORDS),
        ("a\n", "# a\n", WORDS),
        ("a\r\nb\r\n", "a\r\nb\r\nc\n", BYTES),
        ("a\n", "a\nb\r\n", BYTES),
        ("\ufeffa\n", "a\nb\n", BYTES),
    ],
)
def test_names_what_an_ignore_file_lost(before: str, after: str, column: str | None) -> None:
    assert {fault.column for fault in text_faults(before, after)} == ({column} if column else set())


@pytest.mark.parametrize(
    ("before", "after", "column"),
    [
        ("", ".env\n", None),
        ("", "main.py\n", BROKEN),
        ("main.py\n", "main.py\n.env\n", None),
        ("", "src\n", BROKEN),
        ("", "src/b.pyc\n", None),
        (".env\n", "!.env\n", WORDS),
        (".env\n", "[a-\n", BROKEN),
        ("[a-\n", "[a-\n.env\n", None),
    ],
)
def test_names_what_is_sent_otherwise_than_before(before: str, after: str, column: str | None) -> None:
    faults = sending_faults(before, after, ["main.py", "src/a.py", "src/b.pyc", ".env"], ["main.py", "./src/"])
    assert {fault.column for fault in faults} == ({column} if column else set())


def test_the_ignore_hook_keeps_its_promises_on_the_samples() -> None:
    main = ignore_main()
    found = [Source(name, encode(text)) for name, text in SAMPLES.items() if len(text) % 3 == 0]
    assert faults(ignore_outcome(source, main, is_bare=False) for source in found) == []


def test_judges_the_command_of_the_ignore_hook() -> None:
    def careless(argv: Sequence[str]) -> int:
        folder = Path(argv[0]).parent
        (folder / ".dockerignore").write_text("main.py\n")
        (folder / "main.py").write_text("changed\n")
        print("Dockerfile:1: fixed: everything")
        return 1

    outcome = ignore_outcome(Source("x", b"FROM a\nCOPY main.py /\n"), careless, is_bare=False)
    assert {fault.column for fault in outcome.faults} >= {BROKEN, BYTES, SECOND_RUN}
    assert (outcome.findings, outcome.mended) == (1, 1)

    def crashes(argv: Sequence[str]) -> int:
        raise RuntimeError(argv)

    outcome = ignore_outcome(Source("x", b"FROM a\n"), crashes, is_bare=True)
    assert [fault.column for fault in outcome.faults] == [CRASHES]
