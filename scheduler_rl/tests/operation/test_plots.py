"""Small plots: where their lines lie, and the numbers at their edges."""

import pytest

from scheduler_rl.presentation.plots import bars, hours, lines


def test_hours_are_steps_from_midnight_to_midnight() -> None:
    plot = hours("Price per kWh", [("present", [0.5] * 24), ("suggested", [0.25] * 24)], unit="EUR")
    assert (plot.width, plot.top, plot.ticks) == (
        24,
        "0.50 EUR",
        ("00:00", "06:00", "12:00", "18:00", "24:00"),
    )
    first, second = plot.lines
    assert first.points.split()[:3] == ["0,0.00", "1,0.00", "1,0.00"]
    assert (first.points.split()[-1], second.points.split()[-1]) == ("24,0.00", "24,50.00")
    assert (first.style, second.style) == ("a", "b")


@pytest.mark.parametrize(
    ("value", "top"),
    [(66.9, "80 %"), (8.1, "10 %"), (7.9, "8 %"), (100, "100 %"), (0.03, "0.03 %"), (0, "1 %")],
)
def test_the_upper_edge_is_a_number_that_people_count_in(value: float, top: str) -> None:
    assert lines("Taken", [("any slot", [value])], ["16 Nov"], unit="%").top == top


def test_what_nobody_knows_is_left_out_and_one_line_alone_is_drawn_firmly() -> None:
    plot = lines("Cost", [("realised", [None, 10.0, 5.0])], ["2 Nov", "9 Nov", "16 Nov"], unit="EUR")
    [line] = plot.lines
    assert (line.points, line.style, plot.ticks) == ("1,0.00 2,50.00", "b", ("2 Nov", "16 Nov"))
    assert lines("Cost", [("realised", [1.0])], ["2 Nov"], unit="EUR").ticks == ("2 Nov",)


def test_bars_are_as_long_as_the_largest_allows() -> None:
    assert [(one.text, one.share) for one in bars([("a", 8.0), ("b", 2.0)], unit="EUR")] == [
        ("8.00 EUR", 1.0),
        ("2.00 EUR", 0.25),
    ]
