#!/usr/bin/env python3
"""Compare the text readers with Python's json and re, with PyYAML and with lxml.

Random texts are made from small pieces, so that most are nearly right. Where Python
accepts, mecombo must accept and give the same; where Python refuses, mecombo must refuse.
Differences that are meant are listed beside each test.

Usage: io_peer.py [--driver PROGRAM] [--seed N] [--n N]
"""

import argparse
import datetime
import glob
import json
import os
import random
import re
import subprocess
import warnings

import lxml.etree
import yaml

import peer_driver

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")


def build_driver():
    return peer_driver.build("io_driver", "libcjson", "yaml-0.1", "libxml-2.0", "libpcre2-8")


class Driver:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def ask(self, kind, first, second=b""):
        self.process.stdin.write(b"%s %d %d\n" % (kind.encode(), len(first), len(second)))
        self.process.stdin.write(first + second)
        self.process.stdin.flush()
        word, length = self.process.stdout.readline().split()
        return word == b"ok", self.process.stdout.read(int(length))


def printed(value):
    return (json.dumps(value) + "\n" + json.dumps(value, indent=2, sort_keys=True)).encode()


class Tests:
    def __init__(self, driver, seed, n):
        self.driver = driver
        self.random = random.Random(seed)
        self.n = n
        self.n_tests = 0
        self.failed = False

    def report(self, name, bad, n):
        self.n_tests += 1
        for line in bad[:10]:
            print("#", line)
        print(f"{'not ok' if bad else 'ok'} {self.n_tests} - {name} ({n} texts)", flush=True)
        self.failed = self.failed or bool(bad)

    def pieces(self, choices, most=12):
        return "".join(self.random.choice(choices)
                       for _ in range(self.random.randint(1, most)))

    # -- JSON --

    def json_value(self, depth=0):
        r = self.random
        kind = r.random()
        if depth < 4 and kind < 0.25:
            return "[" + ",".join(self.json_value(depth + 1) for _ in range(r.randint(0, 4))) + "]"
        if depth < 4 and kind < 0.5:
            return "{" + ", ".join(
                self.json_string() + ": " + self.json_value(depth + 1)
                for _ in range(r.choice([0, 1, 2, 3, 12]))) + "}"
        if kind < 0.65:
            return self.json_string()
        if kind < 0.85:
            return r.choice([repr(r.gauss(0, 1) * 10 ** r.randint(-320, 308)),
                             str(r.randint(-10**20, 10**20)), "-0", "-0.0", "1E5", "1e-7",
                             "0.1e+1", "1e999", "123456789012345680.0", "5e-324"])
        return r.choice(["true", "false", "null", "NaN", "Infinity", "-Infinity", " 1\n"])

    def json_string(self):
        return '"' + self.pieces(["a", "b", "é", "😀", "\\n", "\\u00e9", "\\ud83d\\ude00", "\\/",
                                  "\\\"", " ", "\x7f", "\\u001f", "\uffff"], 4) + '"'

    def json_result(self, text):
        try:
            value = json.loads(text)
            everything = json.loads(text, object_pairs_hook=list)  # equal keys, too
            whole = json.dumps(everything, ensure_ascii=False)
            whole.encode()  # fails on lone surrogates, which are not supported
            if re.search(r"(?<!\\)(\\\\)*\\u0000", whole):
                return None  # nor are NULs
            return printed(value)
        except (ValueError, RecursionError):
            return None

    def test_json(self):
        bad = []
        for _ in range(self.n):
            text = self.json_value()
            if self.random.random() < 0.4:  # spoil it
                i = self.random.randrange(len(text) + 1)
                text = text[:i] + self.pieces(list('{}[],:"\\01-.eEN ntu\n\t'), 2) + text[
                    i + self.random.randint(0, 2):]
            expected = self.json_result(text)
            is_good, answer = self.driver.ask("json", text.encode())
            if (answer if is_good else None) != expected:
                bad.append(f"{text!r}: {answer!r}, expected {expected!r}")
        self.report("json", bad, self.n)

    def test_json_files(self):
        bad = []
        files = glob.glob(os.path.join(ROOT, "../shared/**/*.json"), recursive=True)
        for path in files:
            with open(path, encoding="utf-8") as file:
                text = file.read()
            is_good, answer = self.driver.ask("json", text.encode())
            if not is_good or answer != printed(json.loads(text)):
                bad.append(path)
        self.report("json files", bad, len(files))

    # -- YAML --

    def yaml_result(self, text):
        def plain(value):
            if isinstance(value, dict):
                return {str(k): plain(v) for k, v in value.items()}
            if isinstance(value, list):
                return [plain(v) for v in value]
            if isinstance(value, (datetime.date, datetime.datetime)):
                raise yaml.YAMLError("dates stay strings here")
            return value

        yaml.load(text, yaml.CSafeLoader)  # libyaml refuses a little more than PyYAML
        loader = yaml.SafeLoader(text)
        try:
            value = plain(loader.get_data())
            json.dumps(value, sort_keys=True)
            return value
        finally:
            loader.dispose()

    def test_yaml(self):
        scalars = ["yes", "No", "ON", "~", "null", "", "0", "-1", "+12", "010", "08", "0x1f",
                   "0b11", "1_0", "1:30", "-1:20:05", "1:30.5", "1.", ".5", "-.5", "1e5", "1.0e5",
                   "1.5e+3", "1.0E-2", "1_0.2_5", ".inf", "-.INF", ".nan", ".NaN", "v2.0",
                   "1.2.3", "0_7", "0.0", "-0", "-0.0", "00", "0x", "1:60", "12:5:09", "'q'",
                   "\"d\\n\"", "!!str 5", "!!float 5", "!!int 0x10", "a b", "=", "é", "1__0"]
        bad = []
        n = 0
        for _ in range(self.n):
            r = self.random
            if r.random() < 0.4:
                text = "- " + "\n- ".join(r.choice(scalars) for _ in range(4)) + "\n"
            elif r.random() < 0.5:
                text = "".join(f"{self.pieces(list('ab1 _:-'), 4).strip() or 'k'}: "
                               f"{r.choice(scalars)}\n" for _ in range(4))
            else:
                text = self.pieces(["- ", "a: ", "\n", "  ", "[", "]", "{", "}", ", ", "1", "x",
                                    "&a ", "*a", "<<: ", "# c", "'", "\"", "|\n", "? ", "!!str "],
                                   14)
            try:
                expected = printed(self.yaml_result(text))
            except (yaml.YAMLError, TypeError, ValueError, RecursionError, IndexError):
                continue  # dates, several documents, keys that are lists
            n += 1
            is_good, answer = self.driver.ask("yaml", text.encode())
            if not is_good or answer != expected:
                bad.append(f"{text!r}: {answer!r}, expected {expected!r}")
        self.report("yaml", bad, n)

    # -- XML --

    def test_xml(self):
        bad = []
        parser = lxml.etree.XMLParser(resolve_entities=False)
        for _ in range(self.n // 2):
            text = "<r>" + self.pieces(
                ["<a>", "</a>", "<a/>", "<a i='1' j=\"&lt;\">", "<b>", "</b>", "x ", "\n", "é",
                 "<!-- c -->", "<![CDATA[<&>]]>", "&amp;", "&#233;", "<?pi x?>", "  "], 14) + "</r>"
            try:
                tree = lxml.etree.fromstring(text, parser)
                expected = "".join(
                    f"{e.sourceline}" + "".join(f" {k}={v}" for k, v in e.attrib.items())
                    + f" {e.text}\n" for e in tree.iterfind(".//a")).encode()
            except lxml.etree.XMLSyntaxError:
                expected = None
            is_good, answer = self.driver.ask("xml", text.encode(), b"a")
            if (answer if is_good else None) != expected:
                bad.append(f"{text!r}: {answer!r}, expected {expected!r}")
        self.report("xml", bad, self.n // 2)

    # -- regular expressions --

    def test_regex(self):
        pieces = ["a", "b", "L5", "_", ".", "*", "+", "?", "|", "(", ")", "(?:", "[ab]", "[^a]",
                  "[]b]", "[a-c\\d]", "^", "$", "\\Z", "\\A", "\\b", "\\w", "\\d", "\\s", "\\.",
                  "{,2}", "{1,2}", "{2}", "{", "(?=a)", "(?!b)", "(?<=a)", "(?P<n>a)", "(?P=n)",
                  "\\1", "\\x41", "\\n", "(?i:A)", "é", "[[:a]", "\\v", "(?#c)"]
        bad = []
        n = 0
        for _ in range(self.n):
            pattern = self.pieces(pieces, 8)
            subject = self.pieces(["a", "b", "c", "A", "L5", "_", "\n", " ", "é", "]", "1", "{"], 8)
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    compiled = re.compile(pattern)
            except (re.error, OverflowError):
                continue  # PCRE2 accepts some: "a{2}{3}", "^*", look-behind of any width
            n += 1
            match = compiled.match(subject)
            expected = "%d %d" % (len(subject[:match.end()].encode()) if match else -1,
                                  compiled.search(subject) is not None)
            is_good, answer = self.driver.ask("regex", pattern.encode(), subject.encode())
            if not is_good or answer.decode() != expected:
                bad.append(f"{pattern!r} on {subject!r}: {answer.decode()}, expected {expected}")
        self.report("regex", bad, n)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--driver")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--n", type=int, default=20000)
    args = parser.parse_args()
    tests = Tests(Driver(args.driver or build_driver()), args.seed, args.n)
    tests.test_json_files()
    tests.test_json()
    tests.test_yaml()
    tests.test_xml()
    tests.test_regex()
    print(f"1..{tests.n_tests}")
    return 1 if tests.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
