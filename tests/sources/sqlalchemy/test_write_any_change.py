"""Whatever is asked of models: the patch reads back as it was asked, and leaves the rest as it was."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sources.sqlalchemy.writing import STYLES, after, any_change, asked, meaning, source_of

from ormistice.model import Schema

QUICK = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("style", STYLES)
@QUICK
@given(data=st.data())
def test_a_patch_reads_back_as_it_was_asked(tmp_path: Path, style: str, data: st.DataObject) -> None:
    read, wanted, text = any_change_of(tmp_path, style, data)

    assert meaning(read) == meaning(wanted), text
    assert text.count("\r") == (text.count("\n") if style == "windows" else 0)


@pytest.mark.conformance
@pytest.mark.parametrize("style", STYLES)
@settings(QUICK, max_examples=1000, derandomize=False)
@given(data=st.data())
def test_many_patches_read_back_as_they_were_asked(tmp_path: Path, style: str, data: st.DataObject) -> None:
    read, wanted, text = any_change_of(tmp_path, style, data)

    assert meaning(read) == meaning(wanted), text
    assert text.count("\r") == (text.count("\n") if style == "windows" else 0)


def any_change_of(base: Path, style: str, data: st.DataObject) -> tuple[Schema, Schema, str]:
    """What models say after a change, what was asked for, and their text; as they are where nothing is written."""
    source = source_of(base, STYLES[style])
    schema = source.load()
    change = data.draw(any_change(schema))

    patch = source.write(schema, change)
    if patch is None or change.before == change.after:
        return schema, schema, STYLES[style]
    text = after(schema, patch)
    compile(text, "models.py", "exec")
    return source.load((patch,)), asked(schema, change), text
