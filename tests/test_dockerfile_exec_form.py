"""What dockerfile-exec-form mends, reports, and leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.dockerfile_exec_form import HOOK_RULES, ID, check, main
from docker_hooks.run import Hook, found
from tests.mends import findings_of, mended, subject_of

HOOK = Hook(ID, check, HOOK_RULES)
PYTHON = "FROM python:3.13-slim\n"

REWRITE = {
    "plain words": ("CMD python main.py", 'CMD ["python", "main.py"]'),
    "ENTRYPOINT": ("ENTRYPOINT python -m job --level 3", 'ENTRYPOINT ["python", "-m", "job", "--level", "3"]'),
    "one word": ("CMD bash", 'CMD ["bash"]'),
    "the keyword as it is written": ("cmd uvicorn main:app", 'cmd ["uvicorn", "main:app"]'),
    "blanks between and behind": ("CMD   hem  -c\t/x  ", 'CMD   ["hem",  "-c",\t"/x"]  '),
    "several lines": (
        "ENTRYPOINT gunicorn \\\n    --bind 0.0.0.0:80 \\\n\tapp:app",
        'ENTRYPOINT ["gunicorn", \\\n    "--bind", "0.0.0.0:80", \\\n\t"app:app"]',
    ),
    "letters of all alphabets": ("CMD python größe.py данные", 'CMD ["python", "größe.py", "данные"]'),
    "the last of several": ("CMD python a.py\nCMD python b.py", 'CMD python a.py\nCMD ["python", "b.py"]'),
    "behind a program that starts it": (
        'ENTRYPOINT ["/usr/bin/tini", "-g", "--"]\nCMD python main.py',
        'ENTRYPOINT ["/usr/bin/tini", "-g", "--"]\nCMD ["python", "main.py"]',
    ),
    "behind conda run": (
        'ENTRYPOINT ["conda", "run", "--no-capture-output", "-n", "env"]\nCMD python main.py',
        'ENTRYPOINT ["conda", "run", "--no-capture-output", "-n", "env"]\nCMD ["python", "main.py"]',
    ),
    "behind gosu": ('ENTRYPOINT ["gosu", "app"]\nCMD python', 'ENTRYPOINT ["gosu", "app"]\nCMD ["python"]'),
    "behind nothing": ("ENTRYPOINT []\nCMD python", 'ENTRYPOINT []\nCMD ["python"]'),
    # /bin/sh runs no `-p`, and python runs no /bin/sh: these can be nothing else than arguments.
    "an option": ('ENTRYPOINT ["python", "main.py"]\nCMD -p 80', 'ENTRYPOINT ["python", "main.py"]\nCMD ["-p", "80"]'),
    "Python's script": ('ENTRYPOINT ["python", "-u"]\nCMD a.py b', 'ENTRYPOINT ["python", "-u"]\nCMD ["a.py", "b"]'),
    "a CMD that ENTRYPOINT takes away": (
        "FROM alpine AS a\nCMD python\nFROM a\nENTRYPOINT python",
        'FROM alpine AS a\nCMD python\nFROM a\nENTRYPOINT ["python"]',
    ),
    "a stage of its own": ("CMD python\nFROM alpine\nCMD sh", 'CMD ["python"]\nFROM alpine\nCMD ["sh"]'),
    "another escape character": (
        "FROM alpine\nENTRYPOINT top \\\n -b",
        'FROM alpine\nENTRYPOINT ["top", \\\n "-b"]',
    ),
}


@pytest.mark.parametrize(("before", "after"), REWRITE.values(), ids=REWRITE)
def test_mends(before: str, after: str) -> None:
    assert mended(HOOK, f"{PYTHON}{before}\n") == f"{PYTHON}{after}\n"


def test_mends_with_the_escape_character_of_the_file() -> None:
    before = "# escape=`\nFROM alpine\nCMD top `\n -b\n"
    assert mended(HOOK, before) == '# escape=`\nFROM alpine\nCMD ["top", `\n "-b"]\n'


NOOP = {
    "JSON": 'CMD ["python", "main.py"]',
    "exec": "CMD exec python main.py --port $PORT",
    "exec in the end": "CMD cd /app && exec python main.py",
    "exec behind assignments": "CMD : ${PORT:=80}; exec uvicorn --port $PORT",
    "exec in JSON form": 'CMD ["sh", "-c", "exec python $X"]',
    "the shell itself": "CMD echo hello",
    "a loop of the shell's": "CMD while true; do python main.py; sleep 60; done",
    "a script that sees to signals": "CMD trap 'kill $!' TERM; python main.py & wait",
    "a subshell": "CMD (cd /app && python main.py)",
    "a SHELL": 'SHELL ["/bin/bash", "-c"]\nCMD python main.py',
    "a SHELL that activates an environment": 'SHELL ["conda", "run", "-n", "x", "/bin/bash", "-c"]\nCMD python main.py',
    "a SHELL of the stage before": 'FROM alpine AS a\nSHELL ["/bin/bash", "-c"]\nFROM a\nCMD python',
    "a SHELL of the base image": "FROM quay.io/jupyter/base-notebook:2024-05-27\nCMD python main.py",
    "a SHELL of the base image, by digest": f"FROM rapidsai/base@sha256:{'0' * 64}\nCMD python main.py",
    "Windows": "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCMD python main.py",
    "HEALTHCHECK": "HEALTHCHECK CMD curl localhost",
    "RUN": "RUN python main.py",
    "a trigger": "ONBUILD CMD python main.py",
    "what can't be read": "CMD case $1 in a) python;; esac",
    "a CMD that a later one replaces": 'CMD python\nCMD ["python"]',
    "a CMD that the stage behind replaces": 'FROM alpine AS a\nCMD sh\nFROM a\nCMD ["sh"]',
    "a stage that is only copied from": "FROM alpine AS a\nCMD sh\nFROM alpine\nCOPY --from=a /x /x",
    "the arguments of an ENTRYPOINT in shell form": 'ENTRYPOINT exec python "$@"\nCMD ["main.py"]',
    "silenced": "# hadolint ignore=DL3025\nCMD python main.py",
    "silenced by us": "# docker-hooks: ignore=dockerfile-exec-form it reaps children\nCMD python main.py",
    "nothing": "CMD",
}


@pytest.mark.parametrize("text", NOOP.values(), ids=NOOP)
def test_is_silent(text: str) -> None:
    assert found(HOOK, subject_of(f"{PYTHON}{text}\n")) == []


IGNORED = "ENTRYPOINT in shell form ignores the CMD in line"
BY_EXEC = 'put exec before it: CMD exec python ..., or CMD ["sh", "-c", "exec python ..."]'
REPORT = {
    "a variable": ("CMD python $FILE", BY_EXEC),
    "a variable with a default": ("CMD python ${FILE:-main.py}", BY_EXEC),
    "a pattern": ("CMD python *.py", BY_EXEC),
    "a pattern of brackets": ("CMD python [ab].py", BY_EXEC),
    "an option that looks like a pattern": ("CMD python --ip=*", BY_EXEC),
    "braces": ("CMD python {a,b}.py", BY_EXEC),
    "a home": ("CMD python ~/main.py", BY_EXEC),
    "a substitution": ("CMD python $(cat x)", BY_EXEC),
    "backticks": ("CMD python `cat x`", BY_EXEC),
    "a redirection": ("CMD python main.py > /log 2>&1", BY_EXEC),
    "a trailing semicolon": ("CMD python main.py;", 'write CMD ["python", ...]'),
    "&&": ("CMD cd /app && python main.py", 'CMD ... && exec python ..., or CMD ["sh", "-c", "... && exec python'),
    ";": ("CMD service ssh start; python main.py", "CMD ... ; exec python ..."),
    "&": ("CMD cron & python main.py", "CMD ... & exec python ..."),
    "a pipe": ("CMD python main.py | tee log", "leave the pipe out"),
    "an assignment": ("CMD PORT=80 python main.py", 'set the variables with ENV, and write CMD ["python", ...]'),
    "double quotes": ('CMD python -c "print(1)"', 'write CMD ["python", ...], each word in double quotes'),
    "single quotes": ("CMD python '--ip=*'", 'write CMD ["python", ...], each word in double quotes'),
    "an escape": ("CMD python a\\ b.py", 'write CMD ["python", ...], each word in double quotes'),
    "a quoted program": ('ENTRYPOINT "/run.py"', 'write ENTRYPOINT ["/run.py", ...]'),
    "a command in quotes": ('CMD "python main.py"', "CMD is all in quotes, so that a shell looks for a program"),
    "a program by variable": ('CMD "${BIN}/run" x', 'CMD exec "${BIN}/run" ...'),
    "a comment within": ("CMD python \\\n  # why\n  main.py", "not mended: a comment stands within it"),
    "a comment behind": ("CMD python main.py # why", "not mended: a comment stands within it"),
    "an unknown base image": ("FROM example.com/base\nCMD python", "not mended: whether its base image has a SHELL"),
    "an unknown variable as base": ("ARG B\nFROM $B\nCMD python", "not mended: whether its base image has a SHELL"),
    "a base image whose ENTRYPOINT looks": ("FROM postgres:17\nCMD postgres", "looks at what it is to start"),
    "a script that isn't there": ("CMD ./start.sh", "not mended: whether ./start.sh begins with #!"),
    "an entrypoint that isn't there": ("ENTRYPOINT /entrypoint", "not mended: whether /entrypoint begins with #!"),
    "arguments of who knows what": ('ENTRYPOINT ["python", "a.py"]\nCMD b', "the ENTRYPOINT gets /bin/sh -c"),
    "arguments of a script": ('ENTRYPOINT ["/e.sh"]\nCMD b $X', "the ENTRYPOINT gets /bin/sh -c"),
    "arguments of a shell": ('ENTRYPOINT ["bash", "-c"]\nCMD -x', "the ENTRYPOINT gets /bin/sh -c"),
    "arguments of a program behind tini": ('ENTRYPOINT ["tini", "--", "a"]\nCMD b', "the ENTRYPOINT gets"),
    "an ignored CMD": ('ENTRYPOINT python main.py\nCMD ["--level", "3"]', f"{IGNORED} 3"),
    "an ignored CMD in shell form": ("ENTRYPOINT python main.py\nCMD x y", f"{IGNORED} 3"),
    "an ignored CMD behind exec": ('ENTRYPOINT exec python\nCMD ["a"]', f"{IGNORED} 3"),
    "an ignored CMD of a later stage": ('FROM alpine AS a\nENTRYPOINT x\nFROM a\nCMD ["y"]', f"{IGNORED} 5"),
    "single quotes in an array": ("CMD ['python', 'main.py']", "looks like JSON and is none"),
    "single quotes behind a blank": ("CMD [ 'python', 'main.py' ]", "JSON knows double quotes alone"),
    "typographic quotes": ("CMD [“python”, “main.py”]", "typographic"),
    "no quotes": ("ENTRYPOINT [python, main.py]", "wants each word in double quotes"),
    "a comma too many": ('CMD ["python", "main.py",]', "none behind the last"),
    "a comment behind an array": ('CMD ["python"] # why', "nothing may follow the ]"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REPORT.values(), ids=REPORT)
def test_reports(text: str, words: str) -> None:
    (finding,) = findings_of(check, f"{PYTHON}{text}\n")
    assert not finding.edits
    assert words in f"{finding.message}; {finding.advice}"
    assert mended(HOOK, f"{PYTHON}{text}\n") == f"{PYTHON}{text}\n"


def test_says_no_word_but_the_program() -> None:
    for text in (
        'CMD run --token "s3cret"',
        "CMD TOKEN=s3cret run $X",
        "CMD run s3cret",
        "CMD $(get s3cret) x",
        'CMD "run s3cret"',
        "CMD ['s3cret']",
    ):
        (finding,) = findings_of(check, f"{PYTHON}{text}\n")
        assert "s3cret" not in f"{finding.message} {finding.advice} {finding.done}"


@pytest.mark.parametrize(
    ("script", "is_mended"),
    [
        ("#!/bin/sh\nexec python main.py\n", True),
        ("\x7fELF", True),
        # A shell runs this all the same; Docker alone says "exec format error".
        ("python main.py\n", False),
    ],
)
@pytest.mark.parametrize("line", ["CMD ./start.sh", "CMD /app/start.sh", "ENTRYPOINT /app/start.sh now"])
def test_a_script_must_name_its_interpreter(tmp_path: Path, script: str, line: str, is_mended: bool) -> None:
    (tmp_path / "start.sh").write_text(script)
    text = f"{PYTHON}WORKDIR /app\nCOPY . .\n{line}\n"
    assert (mended(HOOK, text, tmp_path) != text) is is_mended


@pytest.mark.parametrize(
    ("lines", "is_mended"),
    [
        # The program of an ENTRYPOINT in shell form, and of a CMD without one, is started by Docker then.
        ("ENTRYPOINT /job", False),
        ("CMD /job", False),
        ("ENTRYPOINT []\nCMD /job", False),
        # So it is by a program that starts what follows ...
        ('ENTRYPOINT ["tini", "--"]\nCMD /job', False),
        ('ENTRYPOINT ["tini", "--"]\nCMD /good', True),
        # ... but not where it is an argument: Python reads the file.
        ('ENTRYPOINT ["python"]\nCMD main.py --lr 0.1', True),
        ('ENTRYPOINT ["python", "-u"]\nCMD main.py', True),
        # The same CMD with and without an ENTRYPOINT.
        ('CMD main.py\nFROM a AS b\nENTRYPOINT ["python"]\nCMD main.py', True),
        ('ENTRYPOINT ["python"]\nCMD main.py\nFROM a AS b\nENTRYPOINT []\nCMD main.py', True),
    ],
)
def test_who_starts_the_program(tmp_path: Path, lines: str, is_mended: bool) -> None:
    for name, script in {"job": "python -V\n", "main.py": "print()\n", "good": "#!/bin/sh\n"}.items():
        (tmp_path / name).write_text(script)
    text = f"FROM python:3.13-slim AS a\nWORKDIR /app\nCOPY job good /\nCOPY main.py .\n{lines}\n"
    assert (mended(HOOK, text, tmp_path) != text) is is_mended


@pytest.mark.parametrize(
    ("entrypoint", "command", "advice"),
    [
        ('["sh", "-c"]', "python main.py", 'that shell takes all of it in one word: write CMD ["exec python ..."]'),
        ('["tini", "--", "bash", "-lc"]', "cd /x && python $X", 'write CMD ["... && exec python ..."]'),
        ('["python"]', "main.py $X", 'write CMD ["main.py", ...]: no shell reads what it holds'),
        ('["python", "main.py"]', '-p "80"', 'write CMD ["-p", ...]: no shell reads what it holds'),
        ('["tini", "--"]', "python $X", "put exec before it: CMD exec python ..."),
    ],
)
def test_how_to_write_what_an_entrypoint_gets(entrypoint: str, command: str, advice: str) -> None:
    text = f"{PYTHON}ENTRYPOINT {entrypoint}\nCMD {command}\n"
    (finding,) = findings_of(check, text)
    assert advice in finding.advice
    assert mended(HOOK, text) == text


@pytest.mark.parametrize(("first", "is_mended"), [("#!/bin/sh", True), ("python -V", False)])
def test_a_script_in_a_heredoc(first: str, is_mended: bool) -> None:
    text = f"{PYTHON}COPY --chmod=755 <<'E' /app/start.sh\n{first}\nexec \"$@\"\nE\nCMD /app/start.sh\n"
    assert (mended(HOOK, text) != text) is is_mended


@pytest.mark.parametrize(
    ("line", "is_mended"),
    [
        # dash's echo knows no -e, and writes it into the file.
        (r'RUN echo -e "#!/bin/bash\npython main.py" > /start.sh && chmod +x /start.sh', False),
        (r'RUN echo "#!/bin/bash\npython main.py" > /start.sh && chmod +x /start.sh', True),
        ("COPY good /start.sh\nRUN sed -i '1i set -x' /start.sh && chmod +x /start.sh", False),
        ("COPY good /start.sh\nRUN sed -i 's/\\r$//' /start.sh && chmod +x /start.sh", True),
    ],
)
def test_a_script_that_a_run_writes(tmp_path: Path, line: str, is_mended: bool) -> None:
    (tmp_path / "good").write_text("#!/bin/sh\n")
    text = f"{PYTHON}{line}\nCMD /start.sh\n"
    assert (mended(HOOK, text, tmp_path) != text) is is_mended


def test_an_entrypoint_in_a_heredoc_hands_over() -> None:
    script = 'COPY <<"E" /start.sh\n#!/bin/sh\nexec "$@"\nE\nENTRYPOINT ["/start.sh"]\n'
    assert mended(HOOK, f"{PYTHON}{script}CMD python a.py\n") == f'{PYTHON}{script}CMD ["python", "a.py"]\n'


@pytest.mark.parametrize(
    ("script", "is_mended"),
    [
        ('#!/bin/sh\nset -e\nexec "$@"\n', True),
        ('#!/bin/sh\nexec gosu app "$@"\n', True),
        ('#!/bin/sh\nif [ "$1" = serve ]; then migrate; fi\nexec "$@"\n', False),
        ('#!/bin/sh\nexec python "$@"\n', False),
        ("#!/bin/sh\npython main.py\n", False),
    ],
)
def test_an_entrypoint_script_that_hands_over(tmp_path: Path, script: str, is_mended: bool) -> None:
    (tmp_path / "entrypoint.sh").write_text(script)
    text = f'{PYTHON}COPY entrypoint.sh /\nENTRYPOINT ["/entrypoint.sh"]\nCMD python main.py\n'
    assert (mended(HOOK, text, tmp_path) != text) is is_mended


def test_what_is_too_long_as_json_stays() -> None:
    text = f"{PYTHON}CMD {'a ' * 30_000}\n"
    (finding,) = findings_of(check, text)
    assert not finding.edits
    assert "can't be written as JSON" in finding.advice


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(f"{PYTHON}CMD python main.py\n")
    assert main([str(path)]) == 1
    assert path.read_text() == f'{PYTHON}CMD ["python", "main.py"]\n'
    message = "CMD in shell form: a shell starts python, and may not hand on the signal that stops it"
    assert capsys.readouterr().out == f"{path}:2: fixed: {message}: written as JSON\n"
    assert main([str(path)]) == 0
