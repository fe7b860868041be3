"""Which program a command really runs."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.programs import invocation
from docker_hooks.dockerfile.shell import scan


@pytest.mark.parametrize(
    ("script", "program", "arguments"),
    [
        ("pip install x", "pip", "install x"),
        ("pip3 install x", "pip", "install x"),
        ("pip3.11 install x", "pip", "install x"),
        ("pip-3.6 install x", "pip", "install x"),
        ("/opt/venv/bin/pip install x", "pip", "install x"),
        ("./venv/bin/pip3 install x", "pip", "install x"),
        ('"pip" install x', "pip", "install x"),
        ("p\\ip install x", "pip", "install x"),
        ("$VENV/bin/pip install x", "pip", "install x"),
        ('"${VENV:-/opt/venv}/bin/pip" install x', "pip", "install x"),
        ("$(pyenv root)/shims/pip install x", "pip", "install x"),
        ("python -m pip install x", "pip", "install x"),
        ("python3.11 -m pip install x", "pip", "install x"),
        ("/usr/bin/python3 -u -W ignore -m pip install x", "pip", "install x"),
        ("python3 -Im pip install x", "pip", "install x"),
        ("python3 -mpip install x", "pip", "install x"),
        ("pypy3 -m pip install x", "pip", "install x"),
        ("$PYTHON -m pip install x", "pip", "install x"),
        ("${PYTHON} -u -m pip install x", "pip", "install x"),
        ("python -m poetry install", "poetry", "install"),
        ("python -m venv /opt/venv", "python", "-m venv /opt/venv"),
        ("python setup.py -m pip", "python", "setup.py -m pip"),
        ("python -c 'print(1)' -m pip", "python", "-c 'print(1)' -m pip"),
        ("python - -m pip", "python", "- -m pip"),
        ("python --version", "python", "--version"),
        ("python -W", "python", "-W"),
        ("python -m", "python", "-m"),
        ("python3", "python", ""),
        ("pypy3 x.py", "pypy", "x.py"),
        ("uv pip install x", "uv", "pip install x"),
        ("uv run pip install x", "uv", "run pip install x"),
        ("pipx install x", "pipx", "install x"),
        ("pipenv install --system", "pipenv", "install --system"),
        ("poetry run pip install x", "poetry", "run pip install x"),
        ("conda run -n base pip install x", "conda", "run -n base pip install x"),
        ("/opt/conda/bin/mamba install -y x", "mamba", "install -y x"),
        ("micromamba install -y x", "micromamba", "install -y x"),
        ("pdm sync", "pdm", "sync"),
        ("apt-get -qq update", "apt-get", "-qq update"),
        ("apt install -y x", "apt", "install -y x"),
        ("pip.sh install", "pip.sh", "install"),
        ("python3-config --libs", "python3-config", "--libs"),
        ("sudo pip install x", "pip", "install x"),
        ("sudo -E -H pip install x", "pip", "install x"),
        ("sudo -EHu app pip install x", "pip", "install x"),
        ('sudo -u "$NB_USER" pip install x', "pip", "install x"),
        ("sudo --user=app -- pip install x", "pip", "install x"),
        ("sudo --user app python3 -m pip install x", "pip", "install x"),
        ("sudo --unheard-of pip install x", "sudo", "--unheard-of pip install x"),
        ("sudo -l pip", "sudo", "-l pip"),
        ("env pip install x", "pip", "install x"),
        ("env -i PATH=/bin pip install x", "pip", "install x"),
        ("env - pip install x", "pip", "install x"),
        ("env -u A -uB pip install x", "pip", "install x"),
        ("env -S 'pip install x'", "env", "-S 'pip install x'"),
        ("env A=b", "env", "A=b"),
        ("exec pip install x", "pip", "install x"),
        ("exec -a name pip install x", "pip", "install x"),
        ("exec 3>&1", "exec", ""),
        ("time pip install x", "pip", "install x"),
        ("time -p pip install x", "pip", "install x"),
        ("nice pip install x", "pip", "install x"),
        ("nice -n 10 pip install x", "pip", "install x"),
        ("nice -10 pip install x", "pip", "install x"),
        ("ionice -c2 -n 7 nice -n19 pip install x", "pip", "install x"),
        ("nohup pip install x", "pip", "install x"),
        ("eatmydata apt-get install x", "apt-get", "install x"),
        ("timeout -k 5 1h pip install x", "pip", "install x"),
        ("timeout 1h", "timeout", "1h"),
        ("command pip install x", "pip", "install x"),
        ("command -v pip", "command", "-v pip"),
        ("gosu app pip install x", "gosu", "app pip install x"),
        ("su app -c 'pip install x'", "su", "app -c 'pip install x'"),
        ("bash -c 'pip install x'", "bash", "-c 'pip install x'"),
        (". venv/bin/activate", ".", "venv/bin/activate"),
        ("[ -f x ]", "[", "-f x ]"),
    ],
)
def test_program(script: str, program: str, arguments: str) -> None:
    (command,) = (command for command in scan(script).commands if not command.nesting)
    found = invocation(command)
    assert found is not None
    assert found.program == program
    assert " ".join(word.text for word in found.arguments) == arguments


@pytest.mark.parametrize(
    "script", ["$PIP install x", "$(which pip) install x", "`which pip` install x", "sudo $PIP install", "A=b", ">log"]
)
def test_no_known_program(script: str) -> None:
    assert invocation(scan(script).commands[0]) is None


@pytest.mark.parametrize(
    ("script", "assignments", "name"),
    [
        ("A=b C= pip install x", "A=b C=", "pip"),
        ("A=b env C=d E=$f pip install x", "A=b C=d E=$f", "pip"),
        ("sudo -E A=b pip install x", "A=b", "pip"),
        ("A=b sudo env C=d nice python -m pip install x", "A=b C=d", "pip"),
        ("python -mpip install x", "", "-mpip"),
        ("/opt/conda/bin/conda install A=b", "", "/opt/conda/bin/conda"),
    ],
)
def test_assignments_and_name(script: str, assignments: str, name: str) -> None:
    found = invocation(scan(script).commands[0])
    assert found is not None
    assert " ".join(word.text for word in found.assignments) == assignments
    assert script[found.name.start : found.name.end] == name
