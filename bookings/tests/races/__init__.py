"""Many real connections at once. Each race has a control: the same with its guard off must show the damage."""
