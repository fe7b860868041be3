"""Which of the programs that a Dockerfile starts Docker can start by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.project.executables import Executables
from tests.mends import subject_of

FILES = {
    "start": "python -V\n",
    "good": "#!/bin/sh\npython -V\n",
    "empty": "",
    "bin/start": "python -V\n",
    "bin/good": "#!/usr/bin/env python\n",
    "large": "#!/bin/sh\n" + "# a comment\n" * 100_000,
}
NONE = "doesn't begin with #!, as it then must"
UNSEEN = "begins with #!, as a script then must, can't be seen from here"

# What follows FROM, the program, a part of why Docker can't start it.
CASES = {
    "of the image": ("", "python", ""),
    "of the image, by its path": ("", "/usr/bin/python3", ""),
    "of the image, by its looks a script": ("", "start.sh", UNSEEN),
    "elsewhere in the image": ("", "/srv/server", UNSEEN),
    "copied under another name": ("COPY start /usr/local/bin/run-job", "run-job", NONE),
    "copied under another name, and good": ("COPY good /usr/local/bin/run-job", "run-job", ""),
    "copied under its name": ("COPY start /usr/local/bin/", "start", NONE),
    "copied to the WORKDIR": ("WORKDIR /app\nCOPY start .", "./start", NONE),
    "copied to the WORKDIR of the image": ("COPY start .", "./start", NONE),
    "copied to a WORKDIR that isn't known": ("FROM example.com/x\nCOPY good .", "./good", ""),
    "copied with the context": ("WORKDIR /app\nCOPY . .", "./start", NONE),
    "copied with the context, and good": ("WORKDIR /app\nCOPY . .", "./good", ""),
    "copied with the context, not on PATH": ("WORKDIR /app\nCOPY . .", "start-x", ""),
    "copied by a pattern": ("COPY st* /usr/bin/", "start", NONE),
    "a folder of programs": ("COPY bin /usr/local/bin", "begin", ""),
    "of a folder of programs": ("COPY bin/ /usr/local/bin/", "/usr/local/bin/start", NONE),
    "on the PATH that is set": ("ENV PATH=/app/bin:$PATH\nCOPY . /app", "good", ""),
    "on the PATH that is set, without #!": ('ENV PATH="/app/bin:$PATH"\nCOPY bin /app/bin/', "start", NONE),
    "not there": ("WORKDIR /app\nCOPY . .", "./run.py", UNSEEN),
    "not there, in a folder of programs": ("WORKDIR /app\nCOPY . .", "bin/run", UNSEEN),
    "not there, by name": ("COPY nothing /usr/bin/run-job", "run-job", UNSEEN),
    "of an environment": ("WORKDIR /app\nCOPY . .\nRUN python -m venv venv", "venv/bin/python", ""),
    "of an environment elsewhere": ("WORKDIR /app\nCOPY . .", "/py/bin/gunicorn", ""),
    "beside what is copied to the system": ("COPY . /", "/bin/bash", ""),
    "beside all that is copied to the root": ("COPY * /", "python", ""),
    "beside scripts in a folder of programs": ("COPY good large /bin/", "/bin/bash", ""),
    "beside what a pattern brings": ("COPY . /opt\nRUN cp /opt/bin/* /usr/bin/", "python", ""),
    "a folder by a pattern": ("COPY . /opt\nRUN cp -r /opt/* /usr/local/", "start", NONE),
    "empty": ("COPY empty /begin", "/begin", NONE),
    "large": ("COPY large /begin", "/begin", ""),
    "cp": ("COPY . /opt\nRUN cp /opt/start /usr/bin/begin", "begin", NONE),
    "cp of a good one": ("COPY . /opt\nRUN cp /opt/good /usr/bin/begin", "begin", ""),
    "cp into a folder": ("WORKDIR /opt\nCOPY . .\nRUN cp -v start good /usr/bin/", "start", NONE),
    "cp of a folder": ("COPY . /opt\nRUN cp -r /opt/bin /usr/local/", "start", NONE),
    "cp of a pattern": ("COPY bin /opt/x\nRUN cp /opt/x/* /usr/local/bin/", "start", NONE),
    "cp to a target": ("COPY . /opt\nRUN cp -t /usr/bin /opt/start", "start", NONE),
    "cp from nobody knows where": ("RUN cp /srv/x /usr/bin/begin", "begin", UNSEEN),
    "cp of a program": ("RUN cp /usr/bin/python3 /usr/bin/snake", "snake", ""),
    "cp in a circle": ("RUN cp /a /b && cp /b /a", "/a", UNSEEN),
    "cp, behind cd": ("COPY . /opt\nRUN cd /opt && cp start /begin", "/begin", NONE),
    "mv": ("COPY . /opt\nRUN mv /opt/start /begin", "/begin", NONE),
    "install": ("COPY . /opt\nRUN install -m 755 /opt/start /usr/bin/begin", "begin", NONE),
    "ln": ("COPY . /opt\nRUN ln -s /opt/start /usr/local/bin/begin", "begin", NONE),
    "ln of a program": ("RUN ln -sf /usr/bin/python3 /usr/bin/python", "python", ""),
    "ln beside it": ("COPY start /usr/bin/a\nRUN ln -s a /usr/bin/begin", "begin", NONE),
    "cp in JSON form": ('COPY . /opt\nRUN ["cp", "/opt/start", "/begin"]', "/begin", NONE),
    "cp amid what can't be read": ("COPY . /opt\nRUN case a in a) cp /opt/good /usr/bin/begin;; esac", "begin", UNSEEN),
    "in what can't be read, not written": ("RUN case a in a) /usr/bin/begin;; esac", "begin", ""),
    "written with its interpreter": ("RUN echo '#!/bin/sh' > /run.me && echo ls >> /run.me", "/run.me", ""),
    "written by printf": ("RUN printf '#!/bin/sh\\nls\\n' >/run.me", "/run.me", ""),
    "written with options of echo": ("RUN echo -e '#!/bin/sh\\nls' > /run.me", "/run.me", UNSEEN),
    "written by printf, behind --": ("RUN printf -- '#!/bin/sh\\nls\\n' >/run.me", "/run.me", ""),
    "written without": ("RUN echo ls > /usr/bin/run-job", "run-job", UNSEEN),
    "appended": ("RUN echo ls >> /usr/bin/run-job", "run-job", UNSEEN),
    "downloaded": ("RUN curl -o /usr/bin/run-job https://example.com/x", "run-job", UNSEEN),
    "added from a URL": ("ADD https://example.com/x /run.me", "/run.me", UNSEEN),
    "compiled": ("RUN gcc -O2 x.c -o /server", "/server", ""),
    "made executable": ("COPY good /begin\nRUN chmod +x /begin && sed -i 's/\\r//' /begin", "/begin", ""),
    "carriage returns taken off": ("COPY good /x\nRUN sed -i -e 's/\\r$//g' /x && dos2unix /x", "/x", ""),
    "a word replaced": ("COPY good /x\nRUN sed -i.bak 's|PORT|80|' /x", "/x", ""),
    "carriage returns taken off by a pattern": ("COPY good /\nRUN sed -i 's/\\r//' /*.sh /goo*", "/good", ""),
    "carriage returns taken by find": ("COPY . /a\nRUN find /a -name 'go*' -exec sed -i 's/\\r//' {} +", "/a/good", ""),
    "made executable by find": ("COPY . /a\nRUN find /a -name 'go*' -exec chmod +x {} +", "/a/good", ""),
    "run and looked at": ("COPY good /x\nRUN sh /x && grep -q x /x && sed 1d /x && /x", "/x", ""),
    "lengthened": ("COPY good /x\nRUN echo ls >> /x", "/x", ""),
    "its first line deleted": ("COPY good /x\nRUN sed -i 1d /x", "/x", UNSEEN),
    "a line put in front": ("WORKDIR /app\nCOPY . .\nRUN sed -i '1i set -x' good", "./good", UNSEEN),
    "a line put in front by a pattern": ("COPY . /app\nRUN sed -i '1i set -x' /app/g*", "/app/good", UNSEEN),
    "a line put in front by find": ("COPY . /a\nRUN find /a -name 'g*' -exec sed -i 1d {} +", "/a/good", UNSEEN),
    "edited by a find within find": ("COPY good /x\nRUN find /x -exec find /x -exec sed -i 1d {} +", "/x", UNSEEN),
    "its beginning replaced": ("COPY good /x\nRUN sed -i -e 's/a/b/' -e 's/^#!.*//' /x", "/x", UNSEEN),
    "something put before it": ("COPY good /x\nRUN sed -i 's/x*/y/' /x", "/x", UNSEEN),
    "printed in part": ("COPY good /x\nRUN sed -ni 's/a/b/' /x", "/x", UNSEEN),
    "edited by Perl": ("COPY good /x\nRUN perl -pi -e 's/a/b/' /x", "/x", UNSEEN),
    "edited by a script": ("COPY good /x\nRUN python fix.py /x", "/x", UNSEEN),
    "edited, then copied": ("COPY good /x\nRUN sed -i 1d /x && cp /x /y", "/y", UNSEEN),
    "edited amid what can't be read": ("COPY good /x\nRUN case a in a) sed -i 1d /x;; esac", "/x", UNSEEN),
    "another file edited": ("COPY good start /\nRUN sed -i 1d /start", "/good", ""),
    "a heredoc": ("COPY <<E /app/begin\n#!/bin/sh\nE", "/app/begin", ""),
    "a heredoc without": ("COPY <<E /app/begin\npython -V\nE", "/app/begin", NONE),
    "a heredoc by its name": ("COPY <<'begin' /usr/bin/\npython -V\nbegin", "begin", NONE),
    "a heredoc beside another": ("COPY <<a <<b /usr/bin/\n#!/bin/sh\na\n\nb", "b", NONE),
    "a heredoc that loses its tabs": ("COPY <<-E /begin\n\t#!/bin/sh\n\tE", "/begin", ""),
    "of another image": ("COPY --from=example.com/uv /uv /usr/bin/uv", "uv", ""),
    "of another image, a folder": ("COPY --from=example.com/x / /srv", "/srv/x", UNSEEN),
}  # fmt: skip
STAGES = {
    "copied there": ("COPY start /x\nFROM a\nCOPY --from=1 /x /y", "/y", NONE),
    "copied there, good": ("COPY good /x\nFROM a\nCOPY --from=1 /x /y", "/y", ""),
    "a folder": ("COPY . /opt\nFROM a\nCOPY --from=1 /opt /srv", "/srv/start", NONE),
    "packages": ("RUN pip install --prefix=/i x\nFROM a\nCOPY --from=1 /i /usr/local", "gunicorn", ""),
    "compiled": ("RUN go build -o /x .\nFROM a\nCOPY --from=1 /x /y", "/y", ""),
    "installed": ("RUN go install x\nFROM a\nCOPY --from=1 /go/bin/x /y", "/y", ""),
    "nobody knows": ("RUN make\nFROM a\nCOPY --from=1 /x /y", "/y", UNSEEN),
    "edited there": ("COPY good /x\nRUN sed -i 1d /x\nFROM a\nCOPY --from=1 /x /y", "/y", UNSEEN),
    "edited on top": ("FROM a AS x\nCOPY good /y\nFROM x\nRUN sed -i 1d /y", "/y", UNSEEN),
    "the stage it builds on": ("FROM a AS x\nCOPY start /y\nFROM x", "/y", NONE),
}


@pytest.mark.parametrize(("text", "program", "why_not"), CASES.values(), ids=CASES)
def test_why_not(text: str, program: str, why_not: str, tmp_path: Path) -> None:
    assert_said(f"FROM python:3\n{text}\n", program, why_not, tmp_path)


@pytest.mark.parametrize(("text", "program", "why_not"), STAGES.values(), ids=STAGES)
def test_from_another_stage(text: str, program: str, why_not: str, tmp_path: Path) -> None:
    assert_said(f"FROM a\nFROM a\n{text}\n", program, why_not, tmp_path)


def assert_said(text: str, program: str, why_not: str, root: Path) -> None:
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    subject = subject_of(text, root)
    said = Executables(subject).why_not(subject.stages[-1], program)
    assert why_not in said
    assert bool(said) is bool(why_not)


def test_all_folders_that_may_be_the_context_count(tmp_path: Path) -> None:
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker/start").write_text("#!/bin/sh\n")
    (tmp_path / "start").write_text("python -V\n")
    subject = subject_of("FROM a\nCOPY start /x\n", tmp_path, "docker/Dockerfile")
    subject.root = str(tmp_path)
    assert NONE in Executables(subject).why_not(subject.stages[-1], "/x")


def test_a_long_chain_of_copies_is_not_followed_to_its_end() -> None:
    text = "FROM a\n" + "".join(f"RUN cp /x{number} /x{number + 1}\n" for number in range(2000))
    subject = subject_of(text)
    assert UNSEEN in Executables(subject).why_not(subject.stages[-1], "/x2000")
