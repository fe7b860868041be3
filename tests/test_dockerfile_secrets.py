"""What dockerfile-secrets says, and of what it says nothing."""
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from docker_hooks.dockerfile_secrets import HOOK_RULES, ID, check, main
from docker_hooks.run import Hook, found
from tests.mends import findings_of, mended, subject_of
from tests.work import grows_linearly

HOOK = Hook(ID, check, HOOK_RULES)
BASE = "FROM python:3.12\n"
# The secret of these tests; a token is put together here, so that no scanner takes this file for one that leaks.
SECRET = "hunter2"
TOKEN = "gh" + "p_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF2hJ5"

REPORT = {
    "ENV": (BASE + f"ENV DB_PASSWORD={SECRET}\n", "ENV DB_PASSWORD holds a secret"),
    "ENV in quotes": (BASE + f'ENV A=1 API_KEY="{SECRET} x"\n', "ENV API_KEY holds a secret"),
    "ENV of old": (BASE + f"ENV SECRET_KEY {SECRET}\n", "ENV SECRET_KEY holds a secret"),
    "ENV of a value set before": (BASE + f"ENV A={SECRET}\nENV TOKEN=$A\n", "ENV TOKEN holds a secret"),
    "ENV of an ambiguous name": (BASE + f"ENV DB_PASS={SECRET}\n", "ENV DB_PASS holds a secret"),
    "ENV with a dollar": (BASE + f"ENV SECRET_KEY='9!a{SECRET}{SECRET}'$i360j\n", "ENV SECRET_KEY holds a secret"),
    "ENV in a stage that is thrown away": (f"FROM python:3.12 AS a\nENV TOKEN={SECRET}\n{BASE}", "ENV TOKEN holds a secret"),
    "ENV of AWS": (BASE + f"ENV AWS_SECRET_ACCESS_KEY={SECRET}\n", "AWS_SECRET_ACCESS_KEY"),
    "ONBUILD": (BASE + f"ONBUILD ENV TOKEN={SECRET}\n", "ENV TOKEN holds a secret"),
    "ARG": (BASE + "ARG GITHUB_TOKEN\n", "ARG GITHUB_TOKEN would leave a secret in the image's history"),
    "ARG among others": (BASE + "ARG A B=1 HF_TOKEN\n", "ARG HF_TOKEN"),
    "ARG with a default": (BASE + f"ARG PASSWORD={SECRET}\n", "ARG PASSWORD has a secret as its default"),
    "ARG above FROM": (f"ARG PASSWORD={SECRET}\n" + BASE, "ARG PASSWORD has a secret as its default"),
    "ARG of the stage it builds on": ("FROM python:3.12 AS a\nARG TOKEN\nFROM a\n", "ARG TOKEN"),
    "ENV of an ARG": (BASE + "ARG X\nENV TOKEN=$X\n", "ENV TOKEN keeps a build argument"),
    "ENV of an empty ARG": (BASE + 'ARG HF_TOKEN=""\nENV HF_TOKEN=${HF_TOKEN}\n', "ENV HF_TOKEN keeps a build argument"),
    "a token in RUN": (BASE + f"RUN echo {TOKEN}\n", "a GitHub token in this file"),
    "a token in a heredoc": (BASE + f"RUN <<EOF\necho {TOKEN}\nEOF\n", "a GitHub token in this file"),
    "a token in a copied heredoc": (BASE + f"COPY <<EOF /x\n{TOKEN}\nEOF\n", "a GitHub token in this file"),
    "a token in CMD": (BASE + f'CMD ["x", "{TOKEN}"]\n', "a GitHub token in this file"),
    "a token of another name": (BASE + f"ENV SETTING={TOKEN}\n", "a GitHub token in this file"),
    "a token in a stage that is thrown away": (f"FROM python:3.12 AS a\nRUN echo {TOKEN}\n{BASE}", "a GitHub token"),
    "a URL of pip's": (BASE + f"RUN pip install --extra-index-url https://me:{SECRET}@pypi.example.com/simple x\n", "credentials in a URL in this file"),
    "a URL of git's": (BASE + f"RUN git clone https://me:{SECRET}@example.com/x.git\n", "credentials in a URL"),
    "a URL in ENV": (BASE + f"ENV PIP_EXTRA_INDEX_URL=https://me:{SECRET}@pypi.example.com/simple\n", "credentials in a URL"),
    "a URL of a default": (f"ARG INDEX=https://me:{SECRET}@pypi.example.com/simple\n" + BASE, "credentials in a URL"),
    "a URL in ADD": (BASE + f"ADD https://me:{SECRET}@example.com/x /x\n", "credentials in a URL"),
    "a URL with a build argument": (BASE + "ARG PIP_PASS\nRUN pip install -i https://me:${PIP_PASS}@pypi.example.com x\n", "from a build argument"),
    "an assignment": (BASE + f"RUN API_TOKEN={SECRET} ./download\n", "RUN sets API_TOKEN to a secret"),
    "an export": (BASE + f"RUN export API_TOKEN='{SECRET}' && ./download\n", "RUN sets API_TOKEN to a secret"),
    "an assignment by env": (BASE + f"RUN env API_TOKEN={SECRET} ./download\n", "RUN sets API_TOKEN to a secret"),
    "an option": (BASE + f"RUN ./download --password {SECRET}\n", "as --password"),
    "an option with =": (BASE + f"RUN ./download --api-key={SECRET}\n", "as --api-key"),
    "an option of CMD": (BASE + f'CMD ["serve", "--token", "{SECRET}"]\n', "CMD passes a secret that stands in this file as --token"),
    "an option of Jupyter": (BASE + f"CMD jupyter lab --ServerApp.token='{SECRET}'\n", "as --ServerApp.token"),
    "curl's": (BASE + f"RUN curl -u me:{SECRET} https://example.com\n", "as -u"),
    "chpasswd": (BASE + f"RUN echo 'root:{SECRET}' | chpasswd\n", "RUN sets an account's password"),
    "chpasswd with what everyone tries": (BASE + "RUN echo 'root:password' | chpasswd\n", "RUN sets an account's password"),
    "a key": (BASE + "COPY id_rsa /root/.ssh/\n", "COPY brings id_rsa into the image, and a private key with it"),
    "a key deleted later": (BASE + "ADD --chmod=600 keys/id_ed25519 /root/.ssh/id\nRUN rm /root/.ssh/id\n", "even if it is deleted later"),
    ".env": (BASE + "COPY main.py .env ./\n", "COPY brings .env into the image"),
    ".netrc": (BASE + 'COPY [".netrc", "/root/"]\n', "COPY brings .netrc"),
    ".pypirc": (BASE + "COPY .pypirc /root/.pypirc\n", "COPY brings .pypirc"),
    "credentials": (BASE + "COPY gcp-credentials.json /app/\n", "COPY brings gcp-credentials.json"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REPORT.values(), ids=REPORT)
def test_reports(text: str, words: str) -> None:
    findings = [finding for finding in findings_of(check, text) if words in finding.message]
    assert len(findings) == 1
    assert mended(HOOK, text) == text


@pytest.mark.parametrize("text", [text for text, _ in REPORT.values()], ids=list(REPORT))
def test_never_says_the_value(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(text)
    assert main([str(path)]) == 1
    said = capsys.readouterr().out
    assert said
    assert SECRET not in said
    assert TOKEN not in said
    assert "360j" not in said


NOOP = {
    "files": BASE + "ENV DB_PASSWORD_FILE=/run/secrets/db TOKEN_PATH=/x SECRET_KEY=/run/secrets/key\n",
    "public keys": BASE + "ENV PUBLIC_KEY=abc123 SSH_PUBLIC_KEY=abc123 GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305\n",
    "ids": BASE + "ENV KEY_ID=abc123 AWS_ACCESS_KEY_ID=\nARG AWS_ACCESS_KEY_ID\n",
    "URLs": BASE + "ENV TOKEN_URL=https://example.com TOKEN=https://example.com/token\n",
    "empty": BASE + "ENV TOKEN= PASSWORD='' SECRET=\"\"\nARG API_KEY=\n",
    "placeholders": BASE + "ENV TOKEN=changeme PASSWORD=xxx SECRET=<secret> API_KEY=your-api-key\n",
    "what everyone takes": "FROM postgres:17\nENV POSTGRES_PASSWORD=postgres PGADMIN_PASSWORD=admin\nARG TOKEN=secret\n",
    "the user's name": BASE + "ENV DB_USER lena\nENV DB_PASSWORD lena\nARG URL=postgres://me:lena@db/app\n",
    "what everyone passes": BASE + "RUN ./make-user --password admin && PGPASSWORD=postgres ./load\n",
    "other names": BASE + "ENV TOKENIZERS_PARALLELISM=false MAX_TOKENS=4096 PASSWORD_MIN_LENGTH=8 KEY=abc123\n",
    "special tokens": BASE + "ENV PAD_TOKEN=[PAD] EOS_TOKEN=endoftext\n",
    "switches": BASE + "ENV ALLOW_EMPTY_PASSWORD=yes USE_TOKEN=maybe\n",
    "an unknown variable": BASE + "ENV TOKEN=${TOKEN}\n",
    "ARG of no secret": BASE + "ARG VERSION\nARG DB_PASS\nARG KEY\n",
    "ARG above FROM": "ARG TOKEN\n" + BASE,
    "ARG of a stage that is thrown away": "FROM python:3.12 AS a\nARG TOKEN\nENV TOKEN=$TOKEN\nCOPY id_rsa /x\n" + BASE,
    "ARG after the stage": "FROM python:3.12 AS a\nARG X\n" + BASE + "ENV TOKEN=$X\n",
    "secret mounts": BASE + "RUN --mount=type=secret,id=token,env=TOKEN pip install -i https://me:${TOKEN}@example.com x\n",
    "secrets read": BASE + "RUN --mount=type=secret,id=t TOKEN=$(cat /run/secrets/t) ./download --token \"$TOKEN\"\n",
    "a secret in a URL": BASE + "RUN pip install -i https://me:$(cat /run/secrets/t)@example.com x\n",
    "where to report to Sentry": BASE + "ENV SENTRY_DSN=https://9f86d081884c7d659a2feaa0c55ad015@o1.ingest.sentry.io/2\n",
    "users in URLs": BASE + "RUN git clone https://git@example.com/x && git clone ssh://git@example.com/y\n",
    "a key for Django's own commands": BASE + f"RUN SECRET_KEY={SECRET} python manage.py collectstatic --noinput\n",
    "empty options": BASE + "CMD jupyter lab --ServerApp.token='' --ServerApp.password=''\n",
    "hashed passwords": BASE + "CMD jupyter lab --ServerApp.password='argon2:$argon2id'\n",
    "options without secrets": BASE + "RUN adduser --disabled-password --gecos '' app && x --password-file f --password --x\n",
    "options that ask": BASE + "RUN psql --password app && docker build --secret id=x .\n",
    "chpasswd with a variable": BASE + 'RUN echo "root:$PW" | chpasswd && echo "app:app" | chpasswd\n',
    "Azure's": BASE + 'RUN echo "root:Docker!" | chpasswd\n',
    "public halves": BASE + "COPY id_rsa.pub /root/.ssh/authorized_keys\n",
    "examples": BASE + "COPY .env.example .env\nCOPY tests/keys/id_rsa /x\n",
    "another stage's": BASE + "COPY --from=x id_rsa /x\n",
    "all of it": BASE + "COPY . .\n",
    "mounts": BASE + "RUN --mount=type=bind,source=.env,target=.env ls\n",
    "certificates": BASE + "COPY ca.pem /etc/ssl/certs/\n",
    "code": BASE + "COPY secrets.py credentials.py ./\n",
    "comments": BASE + f"# ENV TOKEN={SECRET}\n",
}  # fmt: skip


@pytest.mark.parametrize("text", NOOP.values(), ids=NOOP)
def test_is_silent(text: str) -> None:
    assert findings_of(check, text) == []


MOUNT = "hand it to the RUN that needs it by --mount=type=secret"
SETTINGS = "hand it over when the container starts (docker run --env-file, env_file of Compose, or a mount)"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (BASE + "COPY .env .\n", SETTINGS),
        (BASE + 'RUN pip install x\nCOPY .env .\nCMD ["python"]\n', SETTINGS),
        (BASE + "COPY credentials.json /app/\n", "mount it when the container starts"),
        (BASE + "COPY .env .\nRUN ./build\n", f"{MOUNT}, or {SETTINGS}"),
        (BASE + "COPY .netrc /root/\nRUN pip install x\n", f"{MOUNT}, or mount it when the container starts"),
        (
            "FROM python:3.12 AS a\nCOPY .netrc /root/\nFROM a\nRUN ls\n",
            f"{MOUNT}, or mount it when the container starts",
        ),
        ("FROM python:3.12 AS a\nCOPY .env .\nFROM python:3.12 AS b\nRUN ls\nFROM a\n", SETTINGS),
    ],
)
def test_says_how_else_a_file_gets_there(text: str, advice: str) -> None:
    assert [finding.advice for finding in findings_of(check, text)] == [advice]


def test_says_the_line() -> None:
    text = (
        f"FROM python:3.12\nENV A=1 \\\n  # ours\n  TOKEN={SECRET} \\\n  API_KEY={SECRET}\n"
        f"RUN ls \\\n  && x --token={SECRET}\nRUN <<EOF\nls\necho {TOKEN}\nEOF\n"
    )
    assert [finding.line for finding in findings_of(check, text)] == [4, 5, 7, 10]


def test_says_once_what_is_a_secret_for_two_reasons() -> None:
    text = BASE + f"ENV GITHUB_TOKEN={TOKEN}\nRUN curl --token {TOKEN} https://example.com\n"
    assert [finding.line for finding in findings_of(check, text)] == [2, 3]


def test_says_of_a_build_argument_once_that_it_is_a_secret() -> None:
    text = BASE + "ARG TOKEN\nRUN git clone https://me:${TOKEN}@example.com/x\n"
    assert [finding.line for finding in findings_of(check, text)] == [2]


@pytest.mark.parametrize(
    ("name", "content", "count"),
    [
        (".env", f"DB_PASSWORD={SECRET}\n", 1),
        (".env", "PORT=80\n", 0),
        ("ca.pem", "-----BEGIN " + "PRIVATE KEY-----\n", 1),
        ("ca.pem", "-----BEGIN CERTIFICATE-----\n", 0),
        (".npmrc", "engine-strict=true\n", 0),
        ("secrets/__init__.py", "", 0),
        ("secrets/token", "x", 1),
    ],
)
def test_reads_what_is_copied(tmp_path: Path, name: str, content: str, count: int) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(content)
    text = f"{BASE}COPY {name.partition('/')[0]} /x\n"
    assert len(findings_of(check, text, tmp_path)) == count


@pytest.mark.parametrize(
    "text",
    [
        "# check=skip=SecretsUsedInArgOrEnv\n" + BASE + "ARG TOKEN\n",
        "# check=skip=all\n" + BASE + "ARG TOKEN\n",
        BASE + "# hadolint ignore=DL3064\nENV TOKEN=hunter2\n",
        BASE + "# docker-hooks: ignore=dockerfile-secrets it is for one build alone\nARG TOKEN\n",
    ],
)
def test_comments_silence_it(text: str) -> None:
    assert findings_of(check, text)
    assert found(HOOK, subject_of(text)) == []


@pytest.mark.parametrize(
    ("start", "part"),
    [
        ("", "ARG X{0}\nENV TOKEN{0}=$X{0}\n"),
        ("ENV", " \\\n TOKEN_{0}=hunter2"),
        ("RUN x", " \\\n && T_TOKEN=hunter2 x{0}"),
    ],
    ids=["many arguments", "many variables", "many commands"],
)
def test_takes_linear_time(start: str, part: str) -> None:
    def work(count: int) -> None:
        text = BASE + start + "".join(part.format(number) for number in range(count)) + "\n"
        assert len(findings_of(check, text)) >= count

    assert grows_linearly(work, 250)
