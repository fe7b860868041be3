"""Every mend in real images. Needs root, docker.io, mmdebstrap and busybox-static; minutes, not seconds.

python -m pytest -m builds tests/builds      all of it
python -m tests.builds [NAME...]             the table alone
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builds.conftest import Workshop
from tests.builds.mend import Mended
from tests.builds.projects import IGNORE_FILE, JOB, NON_ROOT, PROJECTS, Project
from tests.builds.proof import problems, prove

pytestmark = pytest.mark.builds


@pytest.mark.parametrize("project", PROJECTS, ids=[project.name for project in PROJECTS])
def test_mended_image_keeps_every_promise(workshop: Workshop, project: Project) -> None:
    row = prove(workshop.engine, workshop.packages, project)
    workshop.rows.append(row)
    assert problems(row) == []


# A mend that is wrong must show: each of these is one, made by hand, with what is to be said of it.
FAULTY = Project(
    "wrongly-mended",
    JOB
    | IGNORE_FILE
    | {
        "data/table.csv": "a,b\n1,2\n",
        "Dockerfile": """\
FROM python:3.12-slim
RUN useradd -m worker
WORKDIR /home/worker/job
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
CMD ["python3", "main.py"]
""",
    },
    (NON_ROOT,),
    kept_out=(".git/HEAD",),
    needed=("main.py", "data/table.csv"),
)
RIGHT = "RUN chown worker .\nUSER worker\nCMD"


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("Dockerfile", "CMD", RIGHT, None),
        ("Dockerfile", "CMD", "# no user\nCMD", "runs as root"),
        ("Dockerfile", "CMD", "RUN chown worker .\nUSER 12345\nCMD", "HOME is not writable"),
        ("Dockerfile", "CMD", "USER worker\nCMD", "WORKDIR is not writable"),
        ("Dockerfile", "CMD", "USER worker\nCMD", "runs otherwise"),
        ("Dockerfile", "CMD", f"RUN echo >>main.py\n{RIGHT[:-3]}RUN false\nCMD", "does not build once mended"),
        ("Dockerfile", "COPY requirements.txt .", "COPY . ./", "dependencies are installed again"),
        (".dockerignore", "**/.git\n", "requirements.txt\n", "does not build once mended"),
        (".dockerignore", "**/.git\n", "**/*.csv\n", "missing in the image: data/table.csv"),
        (".dockerignore", "**/.venv\n", "**/.venv\n!.git/HEAD\n", "still in the image: .git/HEAD"),
    ],
)
def test_wrong_mend_shows(workshop: Workshop, file: str, old: str, new: str, problem: str | None) -> None:
    project = FAULTY._replace(files=FAULTY.files | {".git/HEAD": "ref: refs/heads/main\n"})
    found = problems(prove(workshop.engine, workshop.packages, project, _by_hand(file, old, new)))
    if problem is None:
        assert found == []
    else:
        assert any(line.startswith(problem) for line in found), found


def test_mend_that_goes_on_shows(workshop: Workshop) -> None:
    def mend(folder: Path) -> tuple[Mended, ...]:
        dockerfile = folder / "Dockerfile"
        dockerfile.write_text(dockerfile.read_text().replace("CMD", RIGHT))
        return (Mended(NON_ROOT, "", True),)

    row = prove(workshop.engine, workshop.packages, FAULTY._replace(kept_out=()), mend)
    assert f"the second run of {NON_ROOT} changes files" in problems(row)


def _by_hand(file: str, old: str, new: str) -> Callable[[Path], tuple[Mended, ...]]:
    """A hook that replaces text once."""

    def mend(folder: Path) -> tuple[Mended, ...]:
        path = folder / file
        text = path.read_text()
        if new in text:
            return (Mended(NON_ROOT, "", False),)
        assert old in text
        path.write_text(text.replace(old, new))
        return (Mended(NON_ROOT, "", True),)

    return mend
