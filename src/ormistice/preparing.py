"""From a configuration to sources that are open and settings to audit them by."""

import re
from pathlib import Path

from ormistice.audit import Settings
from ormistice.config import Config, SourceEntry, requests, scopes
from ormistice.sources import Source, kind_of

NAMED = re.compile(r"^([A-Za-z_][\w-]*)=(.+)$", re.DOTALL)


def entry_of(text: str) -> SourceEntry:
    """A source as the command line has it: `[NAME=]LOCATION`."""
    named = NAMED.match(text)
    return SourceEntry((text,)) if named is None else SourceEntry((named[2],), named[1])


def opened(config: Config) -> tuple[Source, ...]:
    """The sources of a configuration, in its order."""
    kinds = [kind_of(entry.locations[0], config.base)[0] for entry in config.sources]
    return tuple(kind.open(request) for kind, request in zip(kinds, requests(config), strict=True))


def settings_of(config: Config, sources: tuple[Source, ...], authority: str | None = None) -> Settings:
    """How these sources, which the configuration names, are to be compared."""
    names = [source.name for source in sources]
    kinds = [kind_of(entry.locations[0], config.base)[0] for entry in config.sources]
    return Settings(
        authority=authority or config.authority,
        databases=frozenset(name for name, kind in zip(names, kinds, strict=True) if kind.is_database),
        scopes=scopes(config, names),
        authorities=tuple(
            (glob, item.authority) for item in config.ownership for glob in item.tables if item.authority
        ),
        owners=tuple((glob, item.owner) for item in config.ownership for glob in item.tables),
        severities=config.severity,
        names=config.names,
        scratch_url=config.scratch_url,
    )


def baseline_of(config: Config) -> Path | None:
    """The baseline that the configuration names."""
    return None if config.baseline is None else config.base / config.baseline
