"""Files that hold secrets: by their names, and where they can be read, by what is in them. Nothing of it is handed out.

A name alone is proof enough where the file isn't there: what is kept out of a repository, yet copied, is a secret.
"""

from __future__ import annotations

import re

from docker_hooks.dockerfile.options import names
from docker_hooks.dockerfile.regex import regex
from docker_hooks.dockerfile.secrets import credentials, is_no_secret, known_words, may_be_secret_name
from docker_hooks.dockerfile.values import NamedTuple

# What files of variables hold.
SETTINGS = "settings with secrets"
# Patterns are compiled by `re` when they are first used, since few files need any.

# Words of paths that say that what looks like a secret is none: examples, tests, the public half, what is encrypted.
_HARMLESS = (
    r"(?i)(?:^|[/._-])(?:examples?|samples?|templates?|tpl|dist|defaults?|tests?|test[_-]?data|fixtures|dummy"
    r"|fake|mocks?|demo|snakeoil|insecure|vagrant|pub|public|enc|encrypted|sops|gpg|asc)(?:[/._-]|\Z)"
)
_PRIVATE_KEY = r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY|PuTTY-User-Key-File"
_JSON_SECRET = r"\"(?:private_key|client_secret|refresh_token|access_token|api_?key|key|secret|password|token)\""
_ASSIGNMENT = r"\s*(?:export\s+)?[\"']?([\w.-]{1,200})[\"']?\s*[=:](.*)"


class _Form(NamedTuple):
    """A form of file: the pattern that its path in lower case matches, and what such a file holds.

    `evidence` is a pattern of what its text holds; where there is none, assignments of secrets are looked for. With
    `must_show` the name alone is no proof.
    """

    path: str
    kind: str
    evidence: str | None = None
    must_show: bool = False


_FORMS = (
    _Form(r"id_(?:rsa|dsa|ecdsa|ed25519)[\w*-]*|[^/]*\.ppk", "a private key", _PRIVATE_KEY),
    _Form(
        r"(?:[^/]*[._-])?(?:key|server|tls|ssl|private|priv(?:ate)?[._-]?key)\.(?:pem|key)",
        "a private key",
        _PRIVATE_KEY,
    ),
    _Form(r"[^/]*\.(?:pem|key)", "a private key", _PRIVATE_KEY, must_show=True),
    _Form(r"[^/]*\.(?:p12|pfx)", "private keys", ""),
    _Form(r"\.env(?:\..*|\*)?", SETTINGS),
    _Form(r"[^/]+\.env", SETTINGS, must_show=True),
    _Form(r"[._]netrc", "passwords", r"\bpassword\s+\S"),
    _Form(r"\.pgpass", "passwords", r"(?m)^[^#:\n]*:[^:\n]*:[^:\n]*:[^:\n]*:\S"),
    _Form(r"\.(?:pypirc|npmrc|git-credentials|my\.cnf)", "passwords or tokens"),
    _Form(r"\.docker/config\.json|\.dockercfg", "passwords or tokens", r"\"auth\""),
    _Form(r"\.aws(?:/credentials)?", "credentials of AWS"),
    _Form(r"\.config/gcloud(?:/.*)?", "credentials of Google Cloud", ""),
    _Form(r"\.kube(?:/config)?|kubeconfig", "credentials of Kubernetes", r"\b(?:token|[\w-]{0,30}key-data)\b"),
    _Form(r"\.ssh(?:/\*)?", "private keys"),
    _Form(r"kaggle\.json", "credentials of Kaggle", _JSON_SECRET),
    _Form(
        r"(?:[^/]*[._-])?(?:service[._-]?account|credentials?|creds|client[._-]?secrets?|keyfile"
        r"|(?:gcp|gcloud|google|sa)[._-]?key|application_default_credentials)(?:[._-][^/]*)?\.json",
        "credentials",
        _JSON_SECRET,
    ),
    _Form(r"\.?secrets?(?:\.(?:json|ya?ml|toml|ini|cfg|txt))?", "secrets"),
)
_BY_PATH = tuple((regex(rf"(?:.*/)?(?:{form.path})"), form) for form in _FORMS)
# One of these stands in every path that matches: most paths are told apart without compiling a pattern.
_MARKS = names(
    "account .aws cred .docker .env gcloud id_ kaggle key kube my.cnf netrc npmrc .p12 "
    ".pem .pfx .pgpass .ppk pypirc secret .ssh"
)


def may_hold_secrets(path: str) -> bool:
    """Whether a file or folder of this path, relative to the build context, is of a form that secrets have."""
    return _form(path) is not None


def secret_kind(path: str, text: str | None) -> str | None:
    """What secrets the file or folder at `path`, relative to the build context, holds; None where it holds none.

    `text` is what stands in the file, None where that can't be read.
    """
    form = _form(path)
    if form is None:
        return None
    if text is None:
        return None if form.must_show else form.kind
    holds = re.search(form.evidence, text) if form.evidence is not None else _holds_secrets(text)
    return form.kind if holds else None


def _form(path: str) -> _Form | None:
    name = path.lower().rstrip("/")
    if not any(mark in name for mark in _MARKS):
        return None
    form = next((form for pattern, form in _BY_PATH if pattern.fullmatch(name)), None)
    return form if form is not None and not re.search(_HARMLESS, path) else None


def _holds_secrets(text: str) -> bool:
    """Whether a text assigns secrets, holds tokens, or is nothing but one word, as a file `.secret` is."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(("#", ";"))]
    if len(lines) == 1 and "=" not in lines[0] and ":" not in lines[0]:
        return not is_no_secret(lines[0])
    matches = filter(None, (re.match(_ASSIGNMENT, line) for line in lines))
    assigned = [(match[1], match[2].strip().strip("\"',")) for match in matches]
    guesses = known_words(assigned)
    for name, value in assigned:
        if may_be_secret_name(name) and "$" not in value and not is_no_secret(value, name, guesses):
            return True
    return any(not credential.variables for credential in credentials(text, guesses))
