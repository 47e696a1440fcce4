"""From what is asked for to a configuration, to sources that are open, to settings to audit them by."""

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from ormistice.audit import Note, Settings, audit
from ormistice.config import FILE_NAME, Config, SourceEntry, find_config, read_config, requests, scopes
from ormistice.errors import AuditError
from ormistice.findings import Report
from ormistice.sources import Source, kind_of, named, shown
from ormistice.suppressing import read_baseline


def entry_of(text: str) -> SourceEntry:
    """A source as the command line has it: `[NAME=]LOCATION`."""
    name, location = named(text)
    if not location.strip():
        raise AuditError(f"{text.strip() or 'an empty text'}: names no source", "is a variable not set?")
    return SourceEntry((location,), name)


def configured(locations: list[str] | None, path: Path | None) -> Config:
    """The configuration, with the sources of the command line in place of its own if there are any."""
    if path is None and not locations:
        path = find_config(Path.cwd())
        if path is None:
            raise AuditError(f"no source is named, and there is no {FILE_NAME} here", _where_to_look(Path.cwd()))
    settled = Config(Path.cwd()) if path is None else read_config(path)
    if locations:
        settled = replace(settled, base=Path.cwd(), sources=tuple(entry_of(item) for item in locations))
    if path is not None and not settled.sources:
        raise AuditError(
            f"{shown(path)}: it names no source",
            "a source is a table [[sources]] with a location, such as prisma:prisma/schema.prisma",
        )
    return settled


def _where_to_look(here: Path) -> str:
    """What to do in a folder that has no configuration."""
    above = next((found for folder in here.parents if (found := find_config(folder)) is not None), None)
    if above is not None:
        return f"{above} is one: go there, or name it with --config"
    return "ormistice init writes one; or name the sources: ormistice audit SOURCE SOURCE"


def single(source: str, path: Path | None) -> Config:
    """The configuration with one source alone: one that it names, or a location."""
    named = find_config(Path.cwd()) if path is None else path
    settled = Config(Path.cwd()) if named is None else read_config(named)
    names = [request.name for request in requests(settled)]
    if source not in names:
        _refuse_misspelt(source, names)
        return configured([source], None)
    return replace(settled, sources=(replace(settled.sources[names.index(source)], name=source),))


def _refuse_misspelt(source: str, names: list[str]) -> None:
    """Where a word is no location, say which of the names of the configuration it resembles."""
    near = get_close_matches(source, names, n=1)
    if near:
        try:
            kind_of(source, Path.cwd())
        except AuditError:
            raise AuditError(f"no source is named {source}", f"did you mean {near[0]}?") from None


def several(config: Config) -> Config:
    """The configuration, which has to name two sources at least: it takes two to disagree."""
    match config.sources:
        case ():
            raise AuditError("an audit needs two sources at least, and there is none")
        case (entry,):
            alone = entry.locations[0] if len(entry.locations) == 1 else requests(config)[0].name
            raise AuditError(
                f"an audit needs two sources at least, and {alone} is the only one",
                f"name what it is to be compared with; ormistice show {alone} prints what it says",
            )
        case _:
            return config


def opened(config: Config) -> tuple[Source, ...]:
    """The sources of a configuration, in its order."""
    kinds = [kind_of(entry.locations[0], config.base)[0] for entry in config.sources]
    asked = list(zip(kinds, requests(config), strict=True))
    made = {request.name: kind.open(request) for kind, request in sorted(asked, key=lambda pair: not pair[0].begins)}
    return tuple(made[request.name] for _, request in asked)


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


def audited(config: Config, note: Note = lambda _: None, *, most_fixes: int | None = None) -> Report:
    """The audit that a configuration asks for."""
    sources = opened(several(config))
    baseline = baseline_of(config)
    known = frozenset() if baseline is None else read_baseline(baseline)
    return audit(sources, replace(settings_of(config, sources), baseline=known, most_fixes=most_fixes), note)


def baseline_of(config: Config) -> Path | None:
    """The baseline that the configuration names."""
    return None if config.baseline is None else config.base / config.baseline
