"""The verdict in plain sentences: what the plan meets, what it misses, and how sure that is."""

from __future__ import annotations

from typing import Any

from sim.report.context import Context, present
from sim.report.model import Block, Bullets, Paragraph, Section, Verdict, Verdicts
from sim.scorecard import Status

_TOLD = (Status.MET, Status.MET_CENTRALLY, Status.MISSED_CENTRALLY, Status.MISSED, Status.NOT_OBSERVED)
"""Order of the counts in the headline."""

_ORDER = (Status.MISSED, Status.MISSED_CENTRALLY, Status.MET_CENTRALLY, Status.MET, Status.NOT_OBSERVED, Status.NOT_JUDGED)


def build(context: Context) -> Section:
    """The section."""
    words = context.words
    judged = context.judged(context.target_year)
    counts = [row for row in context.rows(context.horizon) if context.indicator(row.indicator).kind == "count"]
    needed = [row for row in counts if present(row.need_p50)]
    blocks: list[Block] = [Paragraph(_headline(context, judged), "lead")]
    emergency = _emergency(context)
    blocks.append(Bullets((*_by_construction(context, judged), *_needs(context, needed), *emergency, _certainty(context))))
    if judged:
        title = words("verdict.against_plan", year=context.target_year)
        blocks.append(Verdicts(title, tuple(sorted((_against_plan(context, row) for row in judged), key=_rank))))
    supplied = [row for row in needed if row.status_need != Status.NOT_OBSERVED]
    if supplied:
        title = words("verdict.against_need", year=context.horizon)
        blocks.append(Verdicts(title, tuple(sorted((_against_need(context, row) for row in supplied), key=_rank))))
    blocks += [Paragraph(words.said(text), "warning") for text in context.manifest["warnings"]]
    return Section("verdict", words("section.verdict"), tuple(blocks))


def _rank(verdict: Verdict) -> int:
    return _ORDER.index(Status(verdict.mark))


def _headline(context: Context, judged: list[Any]) -> str:
    words = context.words
    if not judged:
        return words("verdict.no_targets", region=context.region_name)
    count = {status: sum(row.status_norm == status for row in judged) for status in _TOLD}
    parts = words.list([words(f"verdict.count.{status}", n=n) for status, n in count.items() if n])
    return words("verdict.headline", region=context.region_name, year=context.target_year, n=len(judged), parts=parts)


def _by_construction(context: Context, judged: list[Any]) -> list[str]:
    """Why a supply that was planned as exactly what the target asks for meets it in about half of the draws."""
    exact = [row for row in judged if row.status_norm == Status.MET_CENTRALLY and _planned_to_target(context, row)]
    return [context.words("verdict.by_construction", n=len(exact))] if exact else []


def _planned_to_target(context: Context, row: Any) -> bool:
    """Whether supply and norm agree at their printed decimals."""
    decimals = context.indicator(row.indicator).decimals
    return round(row.supply, decimals) == round(row.norm, decimals)


def _needs(context: Context, needed: list[Any]) -> list[str]:
    """One sentence on what falls short of need at the horizon, one on what does not."""
    words = context.words
    short, enough, unknown = [], [], []
    for row in needed:
        entry = context.indicator(row.indicator)
        label = entry.label(words.language)
        if not present(row.gap_to_need):
            unknown.append(label)
        elif row.gap_to_need < 0:
            gap = words("quantity", value=words.of(entry, -row.gap_to_need), unit=words.unit(entry.unit))
            short.append(words("verdict.short_item", label=label, gap=gap, chance=words.chance(row.p_need_met)))
        else:
            enough.append(label)
    sentences = []
    if short:
        sentences.append(words("verdict.short", year=context.horizon, items=words.list(short)))
    if enough:
        sentences.append(words("verdict.enough", year=context.horizon, items=words.list(enough)))
    if unknown:
        sentences.append(words("verdict.unknown", items=words.list(unknown)))
    return sentences


def _emergency(context: Context) -> list[str]:
    """The mean response in the last simulated year against the standard."""
    words, table = context.words, context.table("emergency")
    means = table[(table["metric"] == "response_mean_min") & (table["segment"] == "all")]
    if means.empty:
        return []
    first, last = means.iloc[0], means.iloc[-1]
    standard = float(context.manifest["resolved"]["emergency"]["standard_min"])
    rows = [row for row in context.rows(int(last.year)) if row.indicator == "response_mean_min"]
    borrowed = any(str(row.norm_basis).startswith("borrowed") for row in rows)
    return [
        words(
            "verdict.response",
            first_year=int(first.year),
            first=words.number(first["mean"], 1),
            last_year=int(last.year),
            last=words.number(last["mean"], 1),
            low=words.number(last.param_p10, 1),
            high=words.number(last.param_p90, 1),
            standard=words.number(standard, 0),
            result=words("verdict.response_met" if last["mean"] <= standard else "verdict.response_missed"),
            borrowed=words("verdict.borrowed_note") if borrowed else "",
        )
    ]


def _certainty(context: Context) -> str:
    words, assumptions = context.words, context.table("assumptions")
    graded = assumptions[(assumptions["confidence"] != "") & (assumptions["used"] != "false")]
    guessed = graded[graded["confidence"].isin(["assumption", "recalled", "modelled"])]
    return words("verdict.certainty", draws=words.number(context.manifest["draws"]), weak=len(guessed), all=len(graded))


def _against_plan(context: Context, row: Any) -> Verdict:
    words, entry = context.words, context.indicator(row.indicator)
    tags = []
    if present(row.nature):
        tags.append(words(f"nature.{row.nature}"))
    if str(row.norm_basis).startswith("borrowed"):
        tags.append(words("tag.borrowed"))
    unit = "" if entry.kind in ("rate", "share", "ratio") else words.unit(entry.unit)
    supply = words("quantity", value=words.of(entry, row.supply), unit=unit).strip()
    printed = words.percent(row.norm_printed, 1) if entry.kind == "share" else f"{row.norm_printed:g}"
    operator = words(f"operator.{row.norm_operator}")
    norm = words("quantity", value=f"{operator} {printed}".strip(), unit=unit).strip()
    sentence = words("verdict.central_alone" if present(row.supply) else "verdict.not_observed")
    if present(row.p_norm_met):
        sentence = words("verdict.chance", chance=words.chance(row.p_norm_met))
    return Verdict(
        status=words(f"status.{row.status_norm}"),
        mark=row.status_norm,
        label=entry.label(words.language),
        figures=words(f"verdict.{_what_is_judged(row)}", supply=supply, norm=norm),
        sentence=sentence,
        tags=tuple(tags),
    )


def _what_is_judged(row: Any) -> str:
    """Key of the sentence: a planned supply, a simulated or computed result, or nothing known."""
    if not present(row.supply):
        return "norm_alone"
    return "result_and_norm" if row.supply_how in ("simulated", "computed") else "supply_and_norm"


def _against_need(context: Context, row: Any) -> Verdict:
    words, entry = context.words, context.indicator(row.indicator)
    unit = words.unit(entry.unit)
    sentence = words("verdict.central_alone")
    if present(row.p_need_met):
        sentence = words("verdict.enough_chance", chance=words.chance(row.p_need_met))
        if row.gap_to_need < 0 and present(row.first_shortfall_need):
            sentence += words("verdict.first_shortfall", year=int(row.first_shortfall_need))
    supply = words("quantity", value=words.of(entry, row.supply), unit=unit)
    need = words("quantity", value=context.with_interval(entry, row.need_p50, row.need_p10, row.need_p90), unit=unit)
    return Verdict(
        status=words(f"status.{row.status_need}"),
        mark=row.status_need,
        label=entry.label(words.language),
        figures=words("verdict.supply_and_need", supply=supply, need=need),
        sentence=sentence,
    )
