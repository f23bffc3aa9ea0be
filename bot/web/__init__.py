"""What the bot serves over HTTP: Telegram's webhook, and for the operator whether all is well. TLS is a proxy's."""
