"""Dockerfiles and edits composed out of nasty parts: no hook may break a promise, and the prover may believe no lie.

The quick suite tries the same few each time. ADVERSARY_EXAMPLES=5000 tries so many new ones of each test.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from docker_hooks.dockerfile.edits import Declared, Edit, Unproven, proven, words
from docker_hooks.dockerfile.reader import Dockerfile, Rejected, decode, encode, read
from docker_hooks.run import accepted, examined
from tests.corpus import judge as judging
from tests.corpus.discovery import dockerfile_hooks
from tests.corpus.ignore_runs import ignore_main, ignore_outcome
from tests.corpus.inputs import Source
from tests.corpus.judge import judge
from tests.corpus.nasty import damaged_dockerfiles, dockerfiles, ignore_files
from tests.corpus.project import set_up
from tests.corpus.runs import Outcome, outcomes
from tests.corpus.samples import SAMPLES
from tests.dockerfile.official import disagreement, misplaced
from tests.mends import mended

_EXAMPLES = int(os.environ.get("ADVERSARY_EXAMPLES", "0"))
_few_or_many = settings(
    max_examples=_EXAMPLES or 40,
    derandomize=not _EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
HOOKS = dockerfile_hooks()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the composed Dockerfiles name."""
    folder = tmp_path_factory.mktemp("project")
    text = "FROM a\nCOPY src/ main.py entrypoint.sh /app/\nRUN pip install -r requirements.txt -c constraints.txt\n"
    names = "# pyproject.toml uv.lock poetry.lock Pipfile Pipfile.lock pdm.lock environment.yml app/requirements.txt\n"
    set_up(Source("made", (text + names).encode()), folder, is_bare=False)
    return folder


@_few_or_many
@given(text=dockerfiles())
def test_mends_keep_the_promises_however_the_file_is_written(project: Path, text: str) -> None:
    try:
        dockerfile = accepted(text)
    except Rejected:
        return
    heredocs = (heredoc for instruction in dockerfile.instructions for heredoc in instruction.heredocs)
    if any("\\\n" in heredoc.content for heredoc in heredocs):
        return  # To a shell, a carriage return behind a backslash is another script, which may need another mend.
    for hook in HOOKS:
        mended(hook, text, project)


@_few_or_many
@given(text=damaged_dockerfiles(), is_bare=st.booleans())
def test_mends_stand_before_the_judge(text: str, is_bare: bool) -> None:
    found = outcomes(Source("composed", encode(text)), HOOKS, is_bare=is_bare)
    assert told(found) == []


def told(found: list[Outcome]) -> list[str]:
    return [f"{outcome.hook}: {fault.column}: {fault.why}" for outcome in found for fault in outcome.faults]


@_few_or_many
@given(text=damaged_dockerfiles())
def test_what_docker_rejects_is_left_as_it_is(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    try:
        accepted(text)
    except Rejected:
        path = tmp_path_factory.getbasetemp() / "Dockerfile"
        for hook in HOOKS:
            path.write_bytes(encode(text))
            reports = examined(hook, str(path), check_only=False)
            assert [report.message.startswith("Docker rejects this file: ") for report in reports] == [True]
            assert path.read_bytes() == encode(text)


@_few_or_many
@given(text=damaged_dockerfiles())
def test_the_reader_reads_as_docker_does(text: str) -> None:
    assert decode(encode(text)) == text
    try:
        dockerfile = read(text)
    except Rejected:
        pass
    else:
        assert misplaced(dockerfile) is None
    if text.isprintable() or not re.search("[\x00\udc80-\udcff]", text):  # The official parser takes neither.
        assert disagreement(text) is None


@settings(_few_or_many, max_examples=_EXAMPLES or 12)
@given(ignore=ignore_files(), text=st.sampled_from(("plain", "poetry", "cuda", "quotes", "uv", "heredoc-file")))
def test_mends_of_ignore_files_stand_before_the_judge(ignore: str, text: str) -> None:
    source = Source("composed", encode(SAMPLES[text]), ignore=encode(ignore))
    assert told([ignore_outcome(source, ignore_main(), is_bare=False)]) == []


# The prover

_PUT = (
    "", "", "-y", " -y", "-y ", " ", "\t", "  ", "#", " # ", "# c\n", "\n", "\\", " \\\n", "\\\n", "\\\n# c\n",
    "\n\n", "&&", " && x", "; ", " || true", "|", "&", "'", '"', "`", "(", ")", "$(", "${", "<", " > x", "<<EOF",
    " <<EOF\nEOF\n", "EOF", "\nUSER app", "USER app\n", "RUN x\n", "COPY . .\n", "\r\n", "\r", "\ufeff",
    "# escape=`\n", "# syntax=x\n", "--mount=type=cache,target=/x ", "--chown=app ", "[", '["', '"]', "ONBUILD ", "x",
    "=", ",", "{", "}", "!", "if ", "fi", "\\'", "\xa0", "\x0c", "exit 0;", "exec ", "RUN <<E\nx\nE\n", "FROM x\n",
)  # fmt: skip
_WORD = re.compile(r"\S+")


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """A Dockerfile and a few edits, most of them at the edge of a word."""
    text = draw(st.one_of(dockerfiles(), damaged_dockerfiles()))
    places = sorted({0, len(text), *(edge for match in _WORD.finditer(text) for edge in match.span())})
    edits: list[Edit] = []
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(places) - 1))
        start = places[at]
        end = places[min(at + draw(st.sampled_from((0, 0, 0, 1, 1, 2, 3))), len(places) - 1)]
        put = draw(st.sampled_from(_PUT)) + draw(st.sampled_from(("", "", "", text[start:end])))
        edits.append(Edit(start, end, put))
    return text, edits


@_few_or_many
@given(case=edited())
def test_what_the_prover_believes_stands_before_the_judge(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    try:
        before = accepted(text)
    except Rejected:
        return
    for declared in declarations(before, edits):
        try:
            after = proven(before, edits, declared)
        except Unproven:
            continue
        faults = judge(text, after.text, judging.Declared(*declared), edits)
        # Comments may be declared, and blank space between words is not the prover's affair.
        assert [fault for fault in faults if fault.column not in (judging.COMMENTS, judging.BYTES)] == []


def declarations(before: Dockerfile, edits: list[Edit]) -> list[Declared]:
    """What a hook would declare that knows the words before and after, alone or with those that its edits touch."""
    text = before.text
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    try:
        after = read(text)
    except Rejected:
        return []
    old, new = all_words(before), all_words(after)
    adds, drops = tuple((new - old).elements()), tuple((old - new).elements())
    touched = tuple(
        match.group()
        for match in _WORD.finditer(before.text)
        if any(edit.start < match.end() and match.start() < edit.end for edit in edits)
    )
    return [Declared(adds, drops), Declared(adds, drops, touched)]


def all_words(dockerfile: Dockerfile) -> Counter[str]:
    found = Counter(comment.text for comment in dockerfile.comments)
    for instruction in dockerfile.instructions:
        found.update(words(instruction, dockerfile.text))
    return found
