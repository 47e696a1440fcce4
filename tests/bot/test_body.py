"""What the comment says: within the limit, harmless whatever things are called, and the same for the same."""

from dataclasses import replace

import cmarkgfm
import pytest

from ormistice.bot.body import Telling, commented, marker, resolved, size, summarised
from ormistice.bot.comparing import Comparison, difference
from ormistice.findings import Report, Severity
from reporters.reports import hostile, large, shop

MARKER = marker(None)
RUN = "https://github.test/o/r/actions/runs/5"
LIMIT = 65_536


def whole(report: Report, **more: object) -> Comparison:
    return Comparison(report, report.findings, base="0" * 40, **more)


@pytest.mark.parametrize("limit", [LIMIT, 5_000])
@pytest.mark.parametrize("make", [hostile, shop, large], ids=["hostile", "shop", "large"])
def test_it_keeps_to_the_limit(make: object, limit: int) -> None:
    text = commented(whole(make()), Telling(MARKER, RUN), limit)

    assert size(text) <= limit
    assert text.startswith(f"{MARKER}\n")
    assert text.count("<details>") == text.count("</details>")


def test_what_is_left_out_is_in_the_summary_of_the_job() -> None:
    report = large()

    assert f"[The summary of the job]({RUN}) has all of it." in commented(whole(report), Telling(MARKER, RUN), 20_000)
    assert "The summary of the job" not in commented(whole(shop()), Telling(MARKER, RUN), LIMIT)
    assert len(summarised(whole(report), Telling(MARKER, RUN)).encode()) < 1024 * 1024


def test_names_do_no_harm() -> None:
    report = hostile()
    html = cmarkgfm.github_flavored_markdown_to_html(commented(whole(report), Telling(MARKER, RUN), LIMIT), 1 << 17)

    assert "<img" not in html
    assert "<script" not in html
    assert "<a href" not in html.replace(f'<a href="{RUN}"', "")


def test_what_is_known_is_not_introduced() -> None:
    report = shop()
    same = difference(report, report)

    assert (same.introduced, same.fixed, same.unchanged) == ((), (), report.findings)


def test_what_spreads_or_weighs_more_is_introduced() -> None:
    report = shop()
    first = next(item for item in report.findings if item.severity is Severity.ERROR)
    lighter = replace(first, severity=Severity.INFO)
    elsewhere = replace(first, violation=replace(first.violation, outliers=("another",)))
    others = tuple(item for item in report.findings if item.fingerprint != first.fingerprint)

    for before in (lighter, elsewhere):
        found = difference(report, replace(report, findings=(before, *others)))
        assert [item.fingerprint for item in found.introduced] == [first.fingerprint]
        assert found.fixed == ()


def test_resolved_says_what_is_left() -> None:
    report = shop()
    told = resolved(Comparison(report, (), (), report.findings, base="0" * 40), Telling(MARKER))

    assert told.startswith(f"{MARKER}\n\n### ✅ Schema audit: resolved\n")
    assert f"0 introduced, 0 fixed, {len(report.findings)} unchanged" in told


def test_several_comments_of_ours_are_told_apart() -> None:
    assert not marker("web").startswith(MARKER)
    assert not MARKER.startswith(marker("web"))
