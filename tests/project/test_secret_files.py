"""Files that hold secrets."""

from __future__ import annotations

import pytest

from docker_hooks.project.secret_files import may_hold_secrets, secret_kind

KEY = "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIE\n"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("id_rsa", "a private key"),
        ("keys/id_ed25519", "a private key"),
        ("id_rsa*", "a private key"),
        ("certs/server.key", "a private key"),
        ("privkey.pem", "a private key"),
        ("my-private-key.pem", "a private key"),
        ("x.ppk", "a private key"),
        ("x.p12", "private keys"),
        (".ssh", "private keys"),
        (".ssh/*", "private keys"),
        (".env", "settings with secrets"),
        ("./docker/.env.production", "settings with secrets"),
        (".env*", "settings with secrets"),
        (".netrc", "passwords"),
        (".pgpass", "passwords"),
        (".pypirc", "passwords or tokens"),
        (".npmrc", "passwords or tokens"),
        (".git-credentials", "passwords or tokens"),
        (".docker/config.json", "passwords or tokens"),
        (".aws/credentials", "credentials of AWS"),
        (".aws/", "credentials of AWS"),
        (".config/gcloud", "credentials of Google Cloud"),
        ("kubeconfig", "credentials of Kubernetes"),
        ("kaggle.json", "credentials of Kaggle"),
        ("credentials.json", "credentials"),
        ("gcp-service-account.json", "credentials"),
        ("my_service_account_key.json", "credentials"),
        ("client_secret_123.json", "credentials"),
        ("gcp-key.json", "credentials"),
        ("secrets.yaml", "secrets"),
        (".streamlit/secrets.toml", "secrets"),
        (".secret", "secrets"),
        ("secrets/", "secrets"),
    ],
)
def test_by_name(path: str, kind: str) -> None:
    assert may_hold_secrets(path)
    assert secret_kind(path, None) == kind


@pytest.mark.parametrize(
    "path",
    [
        "id_rsa.pub", "tests/keys/id_rsa", "vagrant/id_rsa", ".env.example", ".env.sample", "env.template", ".envrc.md",
        "public.pem", "environment.py", "main.py", "secrets.py", "secretary.txt", "credentials.py", "config.json",
        "package.json", ".dockerignore", "src", "ssh", "secrets.enc.yaml", "docker.gpg.key", "known_hosts",
        "README.env.md",
    ],
)  # fmt: skip
def test_other_names(path: str) -> None:
    assert not may_hold_secrets(path)
    assert secret_kind(path, KEY) is None


@pytest.mark.parametrize("path", ["ca.pem", "cert.pem", "nginx.key", "app.env"])
def test_names_that_are_not_enough(path: str) -> None:
    assert may_hold_secrets(path)
    assert secret_kind(path, None) is None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("id_rsa", KEY),
        ("ca.pem", KEY),
        (".env", "PORT=80\nexport DB_PASSWORD='hunter2'\n"),
        (".env", "DATABASE_URL=postgres://me:hunter2@db/app\n"),
        ("app.env", "API_KEY: abc123\n"),
        (".netrc", "machine example.com login me password hunter2\n"),
        (".pgpass", "db:5432:app:me:hunter2\n"),
        (".pypirc", "[pypi]\nusername = me\npassword = hunter2\n"),
        (".npmrc", "//registry.npmjs.org/:_authToken=s3cr3ts3cr3t\n"),
        (".git-credentials", "https://me:hunter2@example.com\n"),
        (".docker/config.json", '{"auths": {"x": {"auth": "YTpi"}}}'),
        (".aws/credentials", "[default]\naws_secret_access_key = abc123\n"),
        ("kaggle.json", '{"username": "me", "key": "abc123"}'),
        ("credentials.json", '{"private_key": "x"}'),
        ("secrets.toml", 'db_password = "hunter2"\n'),
        ("secrets.json", '{\n  "api_key": "abc123",\n}'),
        (".secret", "s3cr3t\n"),
    ],
)
def test_holds_them(path: str, text: str) -> None:
    assert secret_kind(path, text) is not None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("id_rsa", "not here\n"),
        ("server.key", "-----BEGIN PUBLIC KEY-----\n"),
        (".env", "PORT=80\nDEBUG=true\n"),
        (".env", "# DB_PASSWORD=hunter2\nDB_PASSWORD=\nAPI_KEY=changeme\nTOKEN=${TOKEN}\n"),
        (".env", "DB_USER=lena\nDB_PASSWORD=lena\nREDIS_PASSWORD=redis\nURL=postgres://me:postgres@db/app\n"),
        (".netrc", "machine example.com login me\n"),
        (".npmrc", "engine-strict=true\n//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n"),
        (".pypirc", "[pypi]\nusername = __token__\n"),
        ("credentials.json", "{}"),
        ("secrets.yaml", "name: app\n"),
        (".secret", "changeme\n"),
        ("secrets", ""),
    ],
)
def test_holds_none(path: str, text: str) -> None:
    assert secret_kind(path, text) is None
