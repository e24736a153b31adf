"""Marking the best slots of a picker, as the SlotRanker port ranks them for who is at the station."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from bookings.availability import Offer, slot_price
from bookings.ranking.candidates import Candidate, Choice, RankingRequest, Site
from bookings.ranking.guard import rank_slots
from bookings.selectors.picker_shape import Cell, CellState, Column

_RECOMMENDED: Final = 3


def mark_best(offer: Offer, columns: Sequence[Column], now: datetime) -> list[Column]:
    """The columns with the best three free cells ranked, each with its reason."""
    free = [(column, cell) for column in columns for cell in column.cells if cell.state == CellState.FREE]
    if not free:
        return list(columns)
    request = _request(offer, [cell for _, cell in free])
    choice = Choice(list(_candidates(offer, free, request.energy_kwh)), _sites(offer, columns))
    ranked = rank_slots(request, choice, now, most=_RECOMMENDED).ranked
    marks = {
        (one.candidate.evse_uid, one.candidate.start): (rank, one.reason)
        for rank, one in enumerate(ranked, start=1)
    }
    return [
        replace(
            column,
            cells=tuple(_marked(cell, marks.get((cell.evse_uid, cell.start))) for cell in column.cells),
        )
        for column in columns
    ]


def _marked(cell: Cell, mark: tuple[int, str] | None) -> Cell:
    return cell if mark is None else replace(cell, rank=mark[0], reason=mark[1])


def _sites(offer: Offer, columns: Sequence[Column]) -> list[Site]:
    """Columns that differ by their plug only are one."""
    found: dict[tuple[bool, Decimal], tuple[UUID, ...]] = {}
    for column in columns:
        kind = column.is_dc, column.power_kw
        found[kind] = (*found.get(kind, ()), *column.evse_ids)
    return [
        Site(offer.id, offer.latitude, offer.longitude, offer.zone, is_dc, power_kw, evse_ids)
        for (is_dc, power_kw), evse_ids in found.items()
    ]


def _request(offer: Offer, free: Sequence[Cell]) -> RankingRequest:
    """The driver wishes the first free start, with the energy that every column can give."""
    first, last = min(cell.start for cell in free), max(cell.start for cell in free)
    energy = min(cell.energy_kwh for cell in free)
    return RankingRequest(offer.latitude, offer.longitude, energy, first, last + timedelta(minutes=1))


def _candidates(
    offer: Offer, free: Sequence[tuple[Column, Cell]], energy_kwh: Decimal
) -> Iterator[Candidate]:
    for column, cell in free:
        assert cell.fitting, "a free cell has a plug"
        yield Candidate(
            station_id=offer.id,
            station_slug=offer.slug,
            station_name=offer.name,
            zone=offer.zone,
            evse_uid=cell.evse_uid,
            is_dc=column.is_dc,
            power_kw=column.power_kw,
            start=cell.start,
            end=cell.end,
            energy_kwh=energy_kwh,
            price=slot_price(offer, cell.fitting, cell.start, cell.end, energy_kwh=energy_kwh),
            distance_km=0.0,
            free_units=cell.free_units,
            class_units=column.unit_count,
            chance=cell.chance,
        )
