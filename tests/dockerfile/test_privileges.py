"""What needs root when the image runs."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile import privileges
from docker_hooks.dockerfile.reader import read
from docker_hooks.dockerfile.script import script_of
from docker_hooks.dockerfile.stages import State


@pytest.mark.parametrize(
    ("words", "port"),
    [("80", 80), ("443/tcp", 443), ("8080 53/udp", 53), ("80-90", 80), ("8080", None), ("$PORT", None), ("0", None)],
)
def test_exposed_port(words: str, port: int | None) -> None:
    assert privileges.exposed_port(words.split()) == port


@pytest.mark.parametrize(
    ("words", "port"),
    [
        ("gunicorn --bind 0.0.0.0:80", 80),
        ("uvicorn --port=443", 443),
        ("uvicorn x:app --port 80", 80),
        ("streamlit run x.py --server.port 80", 80),
        ("dash --http-port=81", 81),
        ("x -p 80", 80),
        ("x -p80", 80),
        ("x -p=80", 80),
        ("python -m http.server 80", 80),
        ("python -m http.server --bind 0.0.0.0 80", 80),
        ("python manage.py runserver 80", 80),
        ("python manage.py runserver 0.0.0.0:80", 80),
        ("gunicorn --bind :8000", None),
        ("uvicorn x:app --port 8080 --workers 4", None),
        ("uvicorn --port 0", None),
        ("xdist -p 4", None),
        ("x --export 80", None),
        ("gunicorn -w 4 -t 120", None),
        ("python app:80x", None),
        ("Xvfb -ac :99 & python main.py", None),
        ("Xvfb :99 & gunicorn -b :80", 80),
        ("x11vnc -display :1", None),
        ("x --display=:1", None),
        ("DISPLAY=:1 python main.py", None),
        ("export DISPLAY=:1 ; gunicorn -b :80", 80),
        ("", None),
    ],
)
def test_listening_port(words: str, port: int | None) -> None:
    assert privileges.listening_port(words.split()) == port


@pytest.mark.parametrize(
    ("name", "value", "port"),
    [("PORT", "80", 80), ("UVICORN_PORT", "443", 443), ("PORT", "8080", None), ("SMTP_PORT", "25", None)],
)
def test_port_variable(name: str, value: str, port: int | None) -> None:
    assert privileges.port_variable({name: value}) == port


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
        ("python -m nltk.downloader -d /a punkt", False),
        ("python -c 'import nltk; nltk.download(\"a\")'", True),
        ('python -c \'import nltk; nltk.download("a", "/b")\'', False),
        ("python -m ipykernel install --user", True),
        ("python -m ipykernel install --name a", False),
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
    assert privileges.setup([instruction], has_python=False).poetry_is_set is expected
    setup = privileges.Setup(poetry_is_set=True)
    assert privileges.root_home_use(instruction, script_of, State(), setup) is None


@pytest.mark.parametrize(
    ("script", "for_root", "by_uv"),
    [
        ("poetry config virtualenvs.create false", True, False),
        ("poetry config virtualenvs.create false --local", False, False),
        ("pip install uv && uv --quiet sync --locked", False, True),
        ("uv pip install --system x", False, True),
        ("pip install uv", False, False),
        ("pip install -r uv-sync", False, False),
    ],
)
def test_what_another_user_does_not_find(script: str, for_root: bool, by_uv: bool) -> None:
    found = privileges.setup([read(f"FROM a\nRUN {script}\n").instructions[-1]], has_python=False)
    assert (found.poetry_is_set_for_root, found.uv_has_installed) == (for_root, by_uv)
