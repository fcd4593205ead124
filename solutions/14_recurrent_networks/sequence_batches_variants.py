"""Other right ways, and the mistakes that people make."""
