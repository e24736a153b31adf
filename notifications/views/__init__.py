"""Pages: the inbox, what one is told and how, and for administrators the outbox and the messages."""
