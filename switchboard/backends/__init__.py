"""The models behind the page: one contract, and one file for each provider."""
