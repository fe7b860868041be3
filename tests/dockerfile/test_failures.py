"""What ends a build of what BuildKit can read. tests/builds/test_failures.py shows it of an engine."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.failures import failures
from docker_hooks.dockerfile.stages import read_stages
from docker_hooks.run import accepted

_ONE = "FROM scratch\nCOPY a /\n"
_AS_B = "FROM scratch AS b\nCOPY a /\n"
_TO_C = "COPY --from=1 a /\nFROM scratch AS c\nCOPY a /\nFROM b\n"
# The text, the line, and what is said.
FAILS = {
    "no number": (f"{_ONE}EXPOSE abc\n", 3, "EXPOSE abc is no port"),
    "no port so high": (f"{_ONE}EXPOSE 80 80000\n", 3, "EXPOSE 80000 is no port"),
    "commas": (f"{_ONE}EXPOSE 80, 81\n", 3, "leave out the commas"),
    "a comment behind ports": (f"{_ONE}EXPOSE 80 # the web\n", 3, "a comment stands behind EXPOSE"),
    "a protocol that is none": (f"{_ONE}EXPOSE 80/http\n", 3, "EXPOSE 80/http is no port"),
    "a range backwards": (f"{_ONE}EXPOSE 90-80\n", 3, "EXPOSE 90-80 is no port"),
    "a host's port that is none": (f"{_ONE}EXPOSE web:80\n", 3, "EXPOSE web:80 is no port"),
    "a signal that is none": (f"{_ONE}STOPSIGNAL SIGFOO\n", 3, "STOPSIGNAL SIGFOO is no signal"),
    "signal 0": (f"{_ONE}STOPSIGNAL 0\n", 3, "STOPSIGNAL 0 is no signal"),
    "COPY of a URL": ("FROM scratch\nCOPY https://example.com/a /\n", 2, "write ADD"),
    "COPY from its own stage": (f"{_AS_B}COPY --from=b a /c\n", 3, "takes files from the stage in which it stands"),
    "by its number": (f"{_ONE}COPY --from=0 a /c\n", 3, "the stage in which it stands"),
    "in other letters": (f"{_AS_B}COPY --from=B a /c\n", 3, "the stage in which it stands"),
    "COPY from a later stage": (f"{_AS_B}{_TO_C.replace('=1', '=c')}", 3, "a stage that comes later"),
    "by the later one's number": (f"{_AS_B}{_TO_C}", 3, "a stage that comes later"),
    "COPY from a variable": (f"{_AS_B}FROM scratch\nCOPY --from=$B a /\n", 4, "what a variable names"),
    "a mount of its own stage": (f"{_AS_B}RUN --mount=from=b,target=/c x\n", 3, "RUN takes files from the stage in"),
    "an image in capital letters": ("FROM Scratch\nCOPY a /\n", 1, "no capital letters"),
    "a stage in capital letters": ("FROM scratch AS Base\nCOPY a /\nFROM Base\n", 3, "write FROM base"),
}
BUILDS = {
    "ports": f"{_ONE}EXPOSE 80 81/tcp 82/UDP 90-92/sctp 0 00080 :80 8080:80 127.0.0.1:80:80\n",
    "ports in quotes and variables": f'{_ONE}ARG A=80\nEXPOSE "80" $A ${{A}}1 ${{A}}-90\n',
    "signals": f"{_ONE}STOPSIGNAL SIGINT\nSTOPSIGNAL term\nSTOPSIGNAL 9\nSTOPSIGNAL 99\nSTOPSIGNAL SIGRTMIN+3\n",
    "a signal by variable": f"{_ONE}ARG A=SIGINT\nSTOPSIGNAL $A\n",
    "several sources and no /": "FROM scratch\nCOPY a b /c\n",
    "an earlier stage": f"{_AS_B}{_ONE}COPY --from=b a /c\nCOPY --from=0 a /d\nCOPY --from=B a /e\n",
    "two stages of one name": f"{_AS_B}{_AS_B}",
    "a stage whose name has capital letters": "FROM scratch AS Base\nCOPY a /\nFROM base\nCOPY --from=BASE a /b\n",
    "a variable that names a stage": f"ARG A=b\n{_AS_B}FROM $A\n",
}
# What the engine of the builds would need a network for, or doesn't know.
SILENT = {
    "a later image of the name": "FROM alpine AS b\nFROM c\nFROM alpine AS c\n",
    "an image": "FROM alpine\nCOPY --from=nginx /a /b\nCOPY --from=7 /a /b\nRUN --mount=from=0,target=/c x\n",
    "capital letters of an argument's default": "ARG BASE=CHANGE_ME\nFROM ${BASE}\nCOPY a /\n",
    "capital letters in a registry and a tag": "FROM Registry/a:Tag\nFROM localhost:5000/a:B\nFROM a@sha256:AB\n",
    "an unknown image": "ARG A\nFROM $A\nFROM ${A}/B\n",
    "ADD of a URL": "FROM alpine\nADD --checksum=sha256:1 https://example.com/a /\nADD --checksum=1 $A /\n",
    "what a trigger does": "FROM alpine\nONBUILD EXPOSE abc\n",
}
UNKNOWN_THERE = {
    "a checksum of a file": ("FROM alpine\nADD --checksum=sha256:1 a /\n", 2, "--checksum stands before a local file"),
    "a checksum of several": (
        "FROM alpine\nADD --checksum=sha256:1 https://a/b https://a/c /\n",
        2,
        "--checksum stands before several sources",
    ),
}


@pytest.mark.parametrize(
    ("text", "line", "words"), [*FAILS.values(), *UNKNOWN_THERE.values()], ids=[*FAILS, *UNKNOWN_THERE]
)
def test_fails(text: str, line: int, words: str) -> None:
    (failure,) = failures(read_stages(accepted(text)))
    assert failure.line == line
    assert words in f"{failure.message}; {failure.advice}"


@pytest.mark.parametrize("text", [*BUILDS.values(), *SILENT.values()], ids=[*BUILDS, *SILENT])
def test_builds(text: str) -> None:
    assert list(failures(read_stages(accepted(text)))) == []


def test_many_stages_take_linear_time() -> None:
    text = "".join(f"FROM a AS s{number}\nCOPY --from=s{number + 1} x /\n" for number in range(5000))
    assert len(list(failures(read_stages(accepted(text))))) == 4999
