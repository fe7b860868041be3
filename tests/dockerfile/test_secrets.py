"""Names, values and forms of secrets."""

from __future__ import annotations

import time

import pytest

from docker_hooks.dockerfile.secrets import (
    credentials,
    is_no_secret,
    is_placeholder,
    is_secret_name,
    known_words,
    may_be_secret_name,
    without_variables,
)

# Put together here, so that no scanner takes this file for one that leaks.
LETTERS = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF2hJ5"


@pytest.mark.parametrize(
    "name",
    [
        "TOKEN", "HF_TOKEN", "GITHUB_TOKEN", "AWS_SESSION_TOKEN", "PASSWORD", "DB_PASSWORD", "db_password", "DB_PASSWD",
        "SSH_PASSPHRASE", "SECRET", "CLIENT_SECRET", "JWT_SECRET", "AZURE_CLIENT_SECRET", "API_KEY", "HF_API_KEY",
        "APIKEY", "apiKey", "SECRET_KEY", "DJANGO_SECRET_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY", "PRIVATE_KEY",
        "ssh_prv_key", "SSH_PRIVATE_KEY", "AZURE_STORAGE_KEY", "STORAGE_ACCOUNT_KEY", "GCLOUD_SERVICE_KEY",
        "FERNET_KEY", "KAGGLE_KEY", "ENCRYPTION_KEY", "DB_PASSWORD_PROD", "API_KEY_2", "NPM_TOKEN_CI", "secret-key",
        "--api-key",
    ],
)  # fmt: skip
def test_secret_names(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "", "KEY", "APP_KEY", "SITE_KEY", "PUBLIC_KEY", "SSH_PUBLIC_KEY", "NEXT_PUBLIC_API_KEY", "GPG_KEY", "AUTH",
        "AWS_ACCESS_KEY_ID", "SIGNING_KEY_ID", "DB_PASSWORD_FILE", "TOKEN_FILE", "SECRET_KEY_PATH", "TOKEN_URL",
        "TOKENIZERS_PARALLELISM", "MAX_TOKENS", "MAX_TOKEN", "NUM_TOKENS", "PAD_TOKEN", "EOS_TOKEN", "TOKEN_LIMIT",
        "PASSWORD_MIN_LENGTH", "ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD", "SAVE_LOGIN_PASSWORD",
        "SECRET_NAME", "HELM_SECRETS_VERSION", "KUBERNETES_SECRET", "HASHED_PASSWORD", "DUMMY_TOKEN", "TEST_PASSWORD",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "ANSIBLE_HOST_KEY_CHECKING", "GOOGLE_APPLICATION_CREDENTIALS",
        "DISABLE_AUTH_TOKEN", "KEYSTONE_BASEDIR", "PASSWORDLESS", "SECRETARY", "--disabled-password", "--no-password",
    ],
)  # fmt: skip
def test_other_names(name: str) -> None:
    assert not is_secret_name(name)
    assert not may_be_secret_name(name)


def test_names_that_are_a_secrets_with_a_value() -> None:
    assert may_be_secret_name("DB_PASS")
    assert may_be_secret_name("MYSQL_PWD")
    assert not is_secret_name("DB_PASS")
    assert not may_be_secret_name("PWD")
    assert not may_be_secret_name("PASS")


@pytest.mark.parametrize(
    "value",
    [
        "", " ", "x", "xxx", "XXXX-XXXX", "0", "true", "no", "None", "null", "unset", "changeme", "change_me",
        "please-change-me", "<token>", "<your token>", "your-api-key", "YOUR_TOKEN_HERE", "replace-with-token", "TODO",
        "example", "an-example-key", "dummy", "dummyKey", "insecure-key-do-not-use", "not-a-secret", "placeholder",
        "{{ token }}", "%TOKEN%", "__TOKEN__", "@TOKEN@", "**None**", "***", "[token]", "/run/secrets/token",
        "./token.txt", "~/.token", "file:/x", "https://example.com/token", "sha1:67c9e60bb8b6:9ffede0825894254b2e042ea",
        "argon2:$argon2id$v=19", "test",
    ],
)  # fmt: skip
def test_placeholders(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value",
    [
        "hunter2",
        "abc123",
        "s3cr3t",
        "password",
        "postgres",
        "12345",
        LETTERS,
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ],
)
def test_no_placeholders(value: str) -> None:
    assert not is_placeholder(value)


@pytest.mark.parametrize("value", ["postgres", "Admin", "guest", "12345", "abc", " changeme ", "", "your-key", "lena"])
def test_what_keeps_nobody_out(value: str) -> None:
    assert is_no_secret(value, "DB_PASSWORD", ("Lena",))


@pytest.mark.parametrize("value", ["hunter2", "s3cr3t", "postgres1", "lena2", LETTERS])
def test_what_may_keep_somebody_out(value: str) -> None:
    assert not is_no_secret(value, "DB_PASSWORD", ("lena",))


def test_known_words() -> None:
    variables = [("DB_USER", "lena"), ("DB_PASSWORD", "x"), ("MYSQL_DATABASE", "app"), ("USERNAME", None), ("NAME", "")]
    assert known_words(variables) == ("lena", "app")
    assert len(known_words([("USER", f"u{number}") for number in range(1_000)])) == 50


def test_the_name_as_value() -> None:
    assert is_placeholder("api-key", "API_KEY")
    assert is_placeholder("DB_PASSWORD", "DB_PASSWORD")
    assert not is_placeholder("password", "PASSWORD")
    assert not is_placeholder("password", "DB_PASSWORD")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"echo gh{'p'}_{LETTERS}", "a GitHub token"),
        (f"https://gh{'p'}_{LETTERS}@github.com/x", "a GitHub token"),
        (f"X=github{'_pat'}_{LETTERS}", "a GitHub token"),
        (f"gl{'pat'}-{LETTERS[:20]}", "a GitLab token"),
        ("AK" + "IAIOSFODNN7EXAMPLE", "an AWS access key"),
        (f"'hf{'_'}{LETTERS[:34]}'", "a Hugging Face token"),
        (f"xo{'xb'}-{LETTERS[:24]}", "a Slack token"),
        (f"sk{'-proj'}-{LETTERS}", "an API key"),
        (f"AI{'za'}{LETTERS[:35]}", "a Google API key"),
        (f"py{'pi'}-AgE{LETTERS}", "a PyPI token"),
        (f"np{'m_'}{LETTERS}", "an npm token"),
        (f"dckr{'_pat'}_{LETTERS}", "a Docker Hub token"),
        (f"echo '-----BEGIN {'RSA '}PRIVATE KEY-----\\nMIIEow{LETTERS}'", "a private key"),
        (f"-----BEGIN {'OPENSSH '}PRIVATE KEY-----\nb3BlbnNz{LETTERS}\n", "a private key"),
        (f"AccountKey={LETTERS}{LETTERS}==", "an Azure storage key"),
        ("pip install --extra-index-url https://me:hunter2@pypi.example.com/simple x", "credentials in a URL"),
        ("git clone https://me:hunter2@example.com/x.git", "credentials in a URL"),
        ("postgres://me:hunter2@$HOST/db", "credentials in a URL"),
        ("redis://:hunter2@redis:6379", "credentials in a URL"),
        ("git+https://0a1b2c3d4e5f6071@github.com/x/y", "credentials in a URL"),
        ("git+https://mytoken@github.com/x/y", "credentials in a URL"),
        (f"https://{LETTERS[:20]}:x-oauth-basic@github.com/x", "credentials in a URL"),
        ("curl -H 'Authorization: Bearer s3cr3ts3cr3t' https://example.com", "credentials in a header"),
        ("npm config set //registry.npmjs.org/:_authToken=s3cr3ts3cr3t", "credentials of npm"),
    ],
)
def test_credentials(text: str, kind: str) -> None:
    (found,) = credentials(text)
    assert found.kind == kind
    assert not found.variables


@pytest.mark.parametrize(
    "text",
    [
        f"gh{'p'}_{'x' * 36}",
        f"gl{'pat'}-xxxxxxxxxxxxxxxxxxxx",
        "hf_hub_download",
        "hf_transfer_enabled_by_default_in_this_image",
        "grep -q 'BEGIN PRIVATE KEY'",
        "sed -n '/-----BEGIN PRIVATE KEY-----/,/x/p'",
        "-----BEGIN CERTIFICATE-----\nMIIEowABCDEFG",
        "https://git@bitbucket.org/x/y.git",
        "https://fauxneticien@gitlab.com/x/y.git",
        "ssh://git@github.com/x/y",
        "postgres://app@db/app",
        "postgres://postgres:postgres@db/app",
        "https://user:changeme@example.com",
        "pip install --extra-index-url https://user:pass@pypi.example.com/simple x",
        "postgres://me:postgres@db/app",
        "https://user:<password>@example.com",
        "https://example.com:8080/a@b",
        "sed s@http://a.example.com:80@https://b.example.com@",
        'sed -r "s@http://www.sqlite.org@https://www.sqlite.org@"',
        "docker://python:3.12@sha256:0123456789abcdef",
        "https://$(cat /run/secrets/user):$(cat /run/secrets/token)@example.com",
        "https://${HOST:-user}@example.com",
        "https://${NAME}@example.com",
        "Authorization: Bearer $TOKEN",
        "//registry.npmjs.org/:_authToken=${NPM_TOKEN}",
        "https://cdn.example.com/npm/@scope/package@1.0",
    ],
)
def test_no_credentials(text: str) -> None:
    assert list(credentials(text)) == []


def test_variables_in_a_url() -> None:
    (found,) = credentials("https://me:${TOKEN}@example.com")
    assert found.variables == {"TOKEN"}
    (found,) = credentials("https://$GITHUB_TOKEN@example.com")
    assert found.variables == {"GITHUB_TOKEN"}


def test_without_variables() -> None:
    assert without_variables('"!jd!$i360j${X}k"') == "!jd!k"


@pytest.mark.parametrize(
    "piece", ["://", "a:b@", "://a:", "gl" + "pat-", "-----BEGIN ", "Authorization: ", "<", "x" * 9]
)
def test_takes_linear_time(piece: str) -> None:
    begun = time.process_time()
    assert len(list(credentials(piece * (300_000 // len(piece))))) < 10
    is_placeholder(piece * 100_000)
    assert time.process_time() - begun < 30
