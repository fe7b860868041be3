"""What needs root when the image runs."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile import privileges
from docker_hooks.dockerfile.reader import read
from docker_hooks.dockerfile.script import script_of
from docker_hooks.dockerfile.stages import State


@pytest.mark.parametrize(
    ("words", "script"),
    [
        ("/entrypoint.sh", "/entrypoint.sh"),
        ("tini -- /entrypoint.sh python", "/entrypoint.sh"),
        ("bash /app/run.sh", "/app/run.sh"),
        ("sh start", "start"),
        ("bash -x serve", "serve"),
        ("docker-entrypoint serve", "docker-entrypoint"),
        ("exec ./run.sh", "./run.sh"),
        ("A=b ./run.sh", "./run.sh"),
        ("python main.py", None),
        ("bash -c run.sh", None),
        ("/bin/bash", None),
        ("gunicorn app:app", None),
        ("", None),
    ],
)
def test_started_script(words: str, script: str | None) -> None:
    assert privileges.started_script(words.split()) == script


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("EXPOSE 80", 80),
        ("EXPOSE 443/tcp", 443),
        ("EXPOSE 8080", None),
        ("EXPOSE $PORT", None),
        ('CMD ["gunicorn", "--bind", "0.0.0.0:80"]', 80),
        ('CMD ["uvicorn", "--port=443"]', 443),
        ('CMD ["gunicorn", "--bind", ":8000"]', None),
        ('CMD ["python", "app:80x"]', None),
    ],
)
def test_privileged_port(text: str, port: int | None) -> None:
    assert privileges.privileged_port([read(f"FROM a\n{text}\n").instructions[-1]]) == port


@pytest.mark.parametrize(
    ("script", "uses"),
    [
        ("pip install numpy", False),
        ("apt-get update && apt-get install -y gcc && rm -rf /root/.cache", False),
        ("rm -rf ~/.cache/pip", False),
        ("mkdir /rootfs", False),
        ("echo hello~world", False),
        ("mkdir -p ~/.ssh", True),
        ("cp x $HOME", True),
        ("cp x ${HOME}/y", True),
        ("echo a > /root/b", True),
        ("PATH=/root/bin:$PATH x", True),
        ("pip install --user numpy", True),
        ("pipx install black", True),
        ("curl -LsSf https://example.com/install | bash", True),
        ("bash install.sh", True),
        ("bash -c 'echo a'", False),
        ("playwright install chromium", True),
        ("python -m playwright install", True),
        ("python -m nltk.downloader punkt", True),
        ("uv sync --frozen", True),
        ("uv pip install --system numpy", False),
        ("poetry install", True),
        ("pipenv install --system --deploy", False),
        ("pipenv sync", True),
        ("case a in b) c;; esac", True),
    ],
)
def test_root_home_use(script: str, uses: bool) -> None:
    instruction = read(f"FROM a\nRUN {script}\n").instructions[-1]
    found = privileges.root_home_use(instruction, script_of, State(), privileges.Setup())
    assert (found is not None) is uses


def test_an_image_with_python_gives_uv_one() -> None:
    instruction = read("FROM a\nRUN uv sync\n").instructions[-1]
    assert privileges.root_home_use(instruction, script_of, State(), privileges.Setup(has_python=True)) is None


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("poetry config virtualenvs.create false && poetry install", True),
        ("poetry config virtualenvs.in-project true", True),
        ("poetry config virtualenvs.create true", False),
    ],
)
def test_poetry_is_set_up(script: str, expected: bool) -> None:
    instruction = read(f"FROM a\nRUN {script}\n").instructions[-1]
    assert privileges.sets_poetry_up(instruction) is expected
    setup = privileges.Setup(poetry_is_set=True)
    assert privileges.root_home_use(instruction, script_of, State(), setup) is None
