"""Words and variables as BuildKit reads them (its own shell/wordsTest and envVarTest name most of these forms)."""

from __future__ import annotations

import pytest

from docker_hooks.dockerfile.lexer import LexError, lex

VALUES = {"A": "x", "E": "", "P": "/usr/lib/x.tar.gz"}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("hello", "hello"),
        ("he'll'o", "hello"),
        ("he'll", None),
        ("he\\'llo", "he'llo"),
        ("'he\\'", "he\\"),
        ('"a\\"b"', 'a"b'),
        ('"a\\tb"', "a\\tb"),
        ('"a', None),
        ("$A", "x"),
        ("$Ay", ""),
        ("${A}y", "xy"),
        ("'$A'", "$A"),
        ('"$A"', "x"),
        ("\\$A", "$A"),
        ("$", "$"),
        ("a$", "a$"),
        ("${", None),
        ("${}", None),
        ("${:}", None),
        ("${A", None),
        ("${A:-b}", "x"),
        ("${E:-b}", "b"),
        ("${E-b}", ""),
        ("${N:-b}", "b"),
        ("${N-b}", "b"),
        ("${N:-${A}y}", "xy"),
        ("${N:-'b c'}", "b c"),
        ("${A:+b}", "b"),
        ("${N:+b}", ""),
        ("${E+b}", "b"),
        ("${N:?why}", None),
        ("${A:?why}", "x"),
        ("${A!b}", None),
        ("${P#/usr}", "/lib/x.tar.gz"),
        ("${P%.gz}", "/usr/lib/x.tar"),
        ("${P##*/}", None),
        ("${P/lib/bin}", "/usr/bin/x.tar.gz"),
        ("${P//x/y}", "/usr/lib/y.tar.gz"),
        ("$1", ""),
        ("a b", "a b"),
        ("a<b", "a<b"),
        ("a<< b", "a<< b"),
    ],
)
def test_expands(text: str, result: str | None) -> None:
    if result is None:
        with pytest.raises(LexError):
            lex(text, VALUES)
    else:
        assert lex(text, VALUES).text == result


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a b  c", ("a", "b", "c")),
        ("'a b' c", ("a b", "c")),
        ("a\\ b c", ("a b", "c")),
        ("$A $E b", ("x", "b")),
        ("  ", ()),
        ("cat << EOF", ("cat", "<< EOF")),
        ("cat <<-'EOF' x", ("cat", "<<-EOF", "x")),
    ],
)
def test_parts(text: str, words: tuple[str, ...]) -> None:
    assert lex(text, VALUES).words == words


def test_names_without_value() -> None:
    assert lex("$A $N ${M}", VALUES).unset == {"N", "M"}
    assert lex("${N:-b}", VALUES).unset == frozenset()
    assert lex("$N ${M} ${O:-$P}", {}, keep_unset=True).text == "$N ${M} ${O:-$P}"
