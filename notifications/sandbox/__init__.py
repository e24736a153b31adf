"""A mail server, a server that speaks Twilio's API and a push service, in one process, for development and tests.

`python -m notifications.sandbox`. Nothing leaves the machine. It knows nothing of ours and is talked to as the real
services are: by SMTP, by Twilio's own library, by web push.
"""
