"""Five applications of language models behind one contract; usable from a Python prompt, without a page."""
