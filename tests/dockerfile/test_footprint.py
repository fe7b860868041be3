"""What commands touch is told from their words, or not at all."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.footprint import Footprint, footprint, piped

NOTHING = Footprint()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("apt-get install -y --no-install-recommends gcc", NOTHING),
        ("apt-get install -y $PACKAGES", NOTHING),
        ("apt-get install ./a.deb", Footprint(("./a.deb",))),
        ("apt-get install -t stretch-backports/main x", NOTHING),
        ("apk add --virtual .build-deps gcc", NOTHING),
        ("add-apt-repository ppa:git-core/ppa", NOTHING),
        ("yum install -y a.rpm", Footprint(("a.rpm",))),
        ("apt-key add key.gpg", Footprint(("key.gpg",))),
        ("apt-key add -", NOTHING),
        ("apt-key adv --keyserver example.org --recv-keys A", NOTHING),
        ("debconf-set-selections x.txt", Footprint(("x.txt",))),
        ("useradd -m app", NOTHING),
        ("useradd -d /app app", Footprint(("/app",))),
        ("useradd --home-dir=/app app", Footprint(("/app",))),
        ("echo hello", NOTHING),
        ("test -f requirements.txt", Footprint(("requirements.txt",))),
        ("[ $A = b ]", NOTHING),
        ("rm -rf /var/lib/apt/lists/*", Footprint(("/var/lib/apt/lists/*",))),
        ("chmod +x run.sh", Footprint(("run.sh",))),
        ("chown -R app:app /app", Footprint(("/app",))),
        ("chown $USER:$USER /app", Footprint(("/app",))),
        ("cp a b", Footprint(("a", "b"))),
        ("sed -i s/a/b/ /etc/x", Footprint(("/etc/x",))),
        ("mkdir -p a b", Footprint(folders=("a", "b"))),
        ("find /usr/local -name x -exec rm -rf {} +", Footprint(("/usr/local",))),
        ("find -name x", Footprint((".",))),
        ("curl -fsSL https://example.org/x -o /tmp/x", Footprint(("/tmp/x",))),
        ("curl -sSL https://example.org/x", NOTHING),
        ("curl -O https://example.org/x", Footprint(("./",))),
        ("wget -qO- https://example.org/x", NOTHING),
        ("wget https://example.org/x", Footprint(("./",))),
        ("wget -O /tmp/x $URL", Footprint(("/tmp/x",))),
        ("curl --cacert ca.pem https://example.org/x", Footprint(("ca.pem",))),
        ("curl --data-binary @x https://example.org/x", Footprint(("@x",))),
        ("wget -O- --ca-certificate=ca.pem https://example.org/x", Footprint(("ca.pem",))),
        ("tar xzf a.tgz", Footprint(("a.tgz", "./"))),
        ("tar -xzf a.tgz -C /opt", Footprint(("a.tgz", "/opt"))),
        ("unzip a.zip -d /opt", Footprint(("a.zip", "/opt"))),
        ("git clone https://example.org/x", Footprint(("./",))),
        ("git clone --depth 1 https://example.org/x /opt/x", Footprint(("/opt/x",))),
        ("git clone ../x /opt/x", Footprint(("/opt/x", "../x"))),
        ("git config --global user.name x", NOTHING),
        ("python -m venv /opt/venv", Footprint(environments=("/opt/venv",))),
        ("virtualenv -p python3 venv", Footprint(environments=("venv",))),
        ("uv venv", Footprint(environments=(".venv",))),
        ("uv venv --python 3.12 /opt/venv", Footprint(environments=("/opt/venv",))),
        ("uv python install 3.12", NOTHING),
        (". venv/bin/activate", Footprint(("venv/bin/activate",))),
        ("pip config set global.index-url https://example.org", NOTHING),
        ("pip config set global.cert certs/ca.pem", Footprint(("certs/ca.pem",))),
        ("conda config --set ssl_verify /app/ca.pem", Footprint(("/app/ca.pem",))),
        ("git config --global http.sslCAInfo /app/ca.pem", Footprint(("/app/ca.pem",))),
        ("poetry config certificates.x.cert /app/ca.pem", Footprint(("/app/ca.pem",))),
        ("conda clean --all --yes", NOTHING),
        ("conda config --add channels conda-forge", NOTHING),
        ("uv tool install ruff", NOTHING),
        ("poetry config virtualenvs.create false", NOTHING),
        ("pipx install poetry", NOTHING),
        ("npm install -g yarn", NOTHING),
        ("playwright install --with-deps", NOTHING),
    ],
)
def test_footprint(line: str, expected: Footprint) -> None:
    program, *words = line.split()
    assert footprint(program, [None if "$" in word else word for word in words]) == expected


@pytest.mark.parametrize(
    "line",
    [
        "make",
        "./setup.sh",
        "python main.py",
        "python -c print(1)",
        "python -m nltk.downloader x",
        "npm install",
        "npm install -g .",
        "pipx install .",
        "poetry config --local virtualenvs.create false",
        "poetry export",
        "conda update-all",
        "pip compile",
        "find . -exec python {} +",
        "chmod +x $FILE",
        "cp $A b",
        "mkdir -m 700 x",
        "mkdir $X",
        "curl -T x https://example.org",
        "curl -d @x https://example.org",
        "wget -i urls.txt",
        "git config user.name x",
        "git -C x clone https://example.org/x",
        "git pull",
        "test a -nt b",
        "uv run x",
        "uv python install",
        "uv tool install .",
        "conda config --file=x --add channels y",
        "tar -xf a.tar -T names.txt",
    ],
)
def test_unknown(line: str) -> None:
    program, *words = line.split()
    assert footprint(program, [None if "$" in word else word for word in words]) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [("sh", NOTHING), ("sh -s -- -y", NOTHING), ("bash -", NOTHING), ("python -", NOTHING), ("sh setup.sh", None)],
)
def test_piped(line: str, expected: Footprint | None) -> None:
    program, *words = line.split()
    assert piped(program, words) == expected
