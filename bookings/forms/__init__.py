"""What drivers choose and fill in; the rules are the services'."""
