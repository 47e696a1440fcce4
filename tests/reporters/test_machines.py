"""Formats that machines read, judged by readers of those formats that others wrote, or by what those formats demand."""

import gzip
import json
import re
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from importlib.resources import files
from typing import Any

import junitparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifLog

from ormistice.config import FAIL_ON
from ormistice.findings import Report, Severity
from ormistice.fixes import Patch, edited
from ormistice.reporters import reporter, sarif
from ormistice.reporters.github import written_data, written_property
from ormistice.reporters.parts.anchors import uri
from ormistice.reporters.parts.setting import Setting, failing
from reporters.reports import ODD_PATH, large

SCHEMA = json.loads(files("ormistice.reporters").joinpath("json.schema.json").read_text("utf-8"))

# What GitLab asks of each issue of a code quality report.
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./)(?!/)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


@pytest.fixture(params=["credits", "hostile", "large"])
def report(request: pytest.FixtureRequest) -> Report:
    return large(40) if request.param == "large" else request.getfixturevalue(f"{request.param}_report")


def closed(schema: Any) -> Any:
    """A schema that lets no key pass that it does not describe."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items()}
    return made | {"additionalProperties": False} if "properties" in made else made


def test_json_is_as_its_schema_says_and_has_no_key_that_it_does_not_describe(report: Report) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    document = json.loads(reporter("json")(report))

    Draft202012Validator(closed(deepcopy(SCHEMA))).validate(document)
    assert len(document["findings"]) == len(report.findings)


def test_sarif_is_sarif(report: Report) -> None:
    log = SarifLog.model_validate_json(reporter("sarif")(report))

    (run,) = log.runs
    assert len(run.results) == len(report.findings)
    assert {result.ruleId for result in run.results} == {rule.id for rule in run.tool.driver.rules}
    assert all(rule.help.markdown and rule.shortDescription.text for rule in run.tool.driver.rules)


def results(report: Report) -> list[dict]:
    return json.loads(reporter("sarif")(report))["runs"][0]["results"]


def test_sarif_results_have_fingerprints_of_their_own(report: Report) -> None:
    marks = [json.dumps(result["partialFingerprints"]) for result in results(report)]

    assert len(set(marks)) == len(marks)


def test_sarif_results_are_in_files(credits_report: Report) -> None:
    """Code scanning refuses a result that is nowhere."""
    for result in results(credits_report):
        (location,) = result["locations"]
        address = location["physicalLocation"]["artifactLocation"]
        assert address["uriBaseId"] == "%SRCROOT%"
        assert not address["uri"].startswith(("/", ".", "file:"))


@pytest.mark.parametrize("name", ["credits_report", "hostile_report"])
def test_sarif_fixes_make_of_the_file_what_our_own_do(name: str, request: pytest.FixtureRequest) -> None:
    report: Report = request.getfixturevalue(name)
    tried = 0
    for finding, result in zip(report.findings, results(report), strict=True):
        patches = [item.fix for item in finding.fixes if isinstance(item.fix, Patch)]
        for patch, fix in zip(patches, result.get("fixes", []), strict=True):
            for change in fix["artifactChanges"]:
                path = next(e.span.file for e in patch.edits if uri(e.span.file) == change["artifactLocation"]["uri"])
                text = report.among.schemas[patch.source].document(path).text
                assert replaced(text, change["replacements"]) == edited(path, text, (patch,))
                tried += 1

    assert tried > 0


def replaced(text: str, replacements: list[dict]) -> str:
    """What a reader of SARIF makes of a file."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)

    def at(region: dict, end: str) -> int:
        return starts[region[f"{end}Line"] - 1] + region[f"{end}Column"] - 1

    for item in sorted(replacements, key=lambda item: at(item["deletedRegion"], "start"), reverse=True):
        region = item["deletedRegion"]
        text = text[: at(region, "start")] + item["insertedContent"]["text"] + text[at(region, "end") :]
    return text


def test_sarif_keeps_the_gravest_where_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch, hostile_report: Report
) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 5)
    run = json.loads(reporter("sarif")(hostile_report))["runs"][0]

    assert {result["level"] for result in run["results"]} == {"error"}
    assert len(run["results"]) == 5
    told = [item["message"]["text"] for item in run["invocations"][0]["toolExecutionNotifications"]]
    left_out = len(hostile_report.findings) - 5
    assert any(text.startswith(f"{left_out} results of the lowest severity are left out") for text in told)


def test_sarif_keeps_to_the_size(monkeypatch: pytest.MonkeyPatch, hostile_report: Report) -> None:
    whole = len(gzip.compress(reporter("sarif")(hostile_report).encode()))
    monkeypatch.setattr(sarif, "MOST_BYTES", whole * 3 // 4)
    text = reporter("sarif")(hostile_report)

    assert len(gzip.compress(text.encode())) <= whole * 3 // 4
    (run,) = json.loads(text)["runs"]
    assert not any("fixes" in result for result in run["results"])
    assert 0 < len(run["results"]) < len(hostile_report.findings)
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == len(hostile_report.not_compared) + 2


@pytest.mark.parametrize("fail_on", FAIL_ON)
def test_junit_fails_by_what_fails_the_run(fail_on: str, report: Report) -> None:
    """As a reader of JUnit has it; `never` stands for no severity at all."""
    read = junitparser.JUnitXml.fromstring(reporter("junit", Setting(fails=failing(fail_on)))(report).encode())
    failing_ones = [] if fail_on == "never" else [x for x in report.findings if x.severity.reaches(Severity(fail_on))]
    cases = [case for suite in read for case in suite]
    results = [type(result) for case in cases for result in case.result]

    unread = sum(item.unread for item in failing_ones)
    assert (read.failures, read.errors) == (len(failing_ones) - unread, unread)
    assert read.skipped == sum(item.unread for item in report.findings) - unread + len(report.not_compared)
    assert read.tests == len(cases)
    counts = [results.count(kind) for kind in (junitparser.Failure, junitparser.Error, junitparser.Skipped)]
    assert counts == [read.failures, read.errors, read.skipped]


def test_junit_tells_what_does_not_fail_as_output_of_what_passes(report: Report) -> None:
    read = junitparser.JUnitXml.fromstring(reporter("junit", Setting(fails=failing("never")))(report).encode())
    passed = [case for suite in read for case in suite if case.is_passed]
    told = Counter(item.severity.value for item in report.findings if not item.unread)

    for severity in ("error", "warning"):
        ending = f" ({severity})"
        assert sum(case.name.endswith(ending) and case.system_out != "" for case in passed) == told[severity]
    # Names may hold line breaks, so that lines tell nothing.
    notes = Counter(item.rule for item in report.findings if item.severity is Severity.INFO and not item.unread)
    output = "\n".join(case.system_out for case in passed if case.name == "info")
    assert {rule: output.count(f": {rule}: ") for rule in notes} == notes


def test_junit_takes_errors_for_failures_unless_it_is_told_otherwise(report: Report) -> None:
    assert reporter("junit")(report) == reporter("junit", Setting())(report)
    assert reporter("junit")(report) == reporter("junit", Setting(fails=failing("error")))(report)


def test_junit_has_a_suite_for_each_table(credits_report: Report) -> None:
    read = junitparser.JUnitXml.fromstring(reporter("junit")(credits_report).encode())
    passing = {suite.name for suite in read if suite.failures == 0}

    assert {"public.users", "public.user_credits"} <= passing
    assert {suite.name for suite in read} - passing == {
        "public.teams", "public.api_key_credits", "public.credit_transactions",
    }  # fmt: skip


def command(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as GitHub's runner reads it."""
    assert line.startswith("::")
    head, _, data = line[2:].partition("::")
    name, _, given = head.partition(" ")

    def read(text: str, *escapes: tuple[str, str]) -> str:
        for escape, letter in (("%0D", "\r"), ("%0A", "\n"), *escapes, ("%25", "%")):
            text = text.replace(escape, letter)
        return text

    pairs = (item.split("=", 1) for item in given.split(",") if item)
    return name, {key: read(value, ("%3A", ":"), ("%2C", ",")) for key, value in pairs}, read(data)


def test_annotations_are_one_command_a_finding(report: Report) -> None:
    text = reporter("github")(report)
    read = [command(line) for line in text.split("\n")[:-1]]

    assert len(read) == len(report.findings)
    for (name, properties, message), finding in zip(read, report.findings, strict=True):
        assert name == {"error": "error", "warning": "warning", "info": "notice"}[finding.severity.value]
        assert properties["title"] == finding.rule
        assert message.startswith(finding.violation.message)
        assert set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}


def test_an_annotation_names_a_file_of_any_name(hostile_report: Report) -> None:
    lines = reporter("github")(hostile_report).split("\n")[:-1]

    assert {command(line)[1]["file"] for line in lines} == {ODD_PATH}


@given(st.text(alphabet="ab%:,=\r\nAD0235"))
def test_what_an_annotation_says_is_what_was_said(text: str) -> None:
    name, given_, data = command(f"::error file={written_property(text)},title=x::{written_data(text)}")

    assert (name, given_.get("file"), data) == ("error", text, text)


def test_code_quality_is_as_gitlab_has_it(report: Report) -> None:
    issues = json.loads(reporter("gitlab")(report))

    Draft202012Validator(CODE_QUALITY).validate(issues)
    marks = [issue["fingerprint"] for issue in issues]
    assert len(set(marks)) == len(marks) == len(report.findings)


def test_findings_of_one_fingerprint_are_told_apart(shop_report: Report) -> None:
    """GitLab and code scanning show one of those that have the same."""
    twice = replace(shop_report, findings=(*shop_report.findings, shop_report.findings[0]))
    issues = json.loads(reporter("gitlab")(twice))
    marks = [result["partialFingerprints"]["ormistice/v1"] for result in results(twice)]

    assert len({issue["fingerprint"] for issue in issues}) == len(set(marks)) == len(twice.findings)
    assert [issue["fingerprint"] for issue in issues[:-1]] == [item.fingerprint for item in shop_report.findings]


def test_xml_and_json_hold_nothing_that_cannot_be_written(hostile_report: Report) -> None:
    for form in ("junit", "json", "sarif", "gitlab", "github"):
        text = reporter(form)(hostile_report)
        assert text.encode()
        assert form != "junit" or not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", text)
