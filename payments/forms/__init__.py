"""What people choose and fill in about money; the rules are the services'."""
