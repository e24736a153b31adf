"""Policies behind one interface: the same code chooses for one day or for thousands side by side."""
