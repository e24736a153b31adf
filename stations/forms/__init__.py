"""What operators and administrators fill in. The rules are the services'; forms bring types, labels and help."""
