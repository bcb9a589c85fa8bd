"""The brochure writer: from a company's web address to a text whose sentences name their pages.

Files, from the bottom up::

    brief.py             what is wanted: tone, language, length, readers, contents
    events.py            what happens: pages found, chosen, read; a text written
    brochure.py          a finished text with its pages and what the check found
    sites.py             the public web with the sample site in it

    links.py             which links lead to a page of the site
    page_words.py        what the words of links mean
    candidates.py        how promising a link is
    choice.py            the pages that matter, chosen by a model or by words
    sitemap.py           the pages that the site lists
    pages.py             one page, rendered where only scripts write it
    reading.py           the site: home page, sitemap, the chosen pages at once

    budget.py            the pages' texts, fitted into a model's context
    quoting_words.py     headings and word lists in seven languages
    quoted_markdown.py   quotations as Markdown that means nothing else
    worth.py             what a sentence is worth quoting
    page_blocks.py       the blocks of a page's text
    quotable.py          what can be quoted
    contact_lines.py     how a company is reached
    quote_finding.py     the quotable parts of pages
    picking.py           the best of them, none twice
    composing.py         the sections of a brochure made of quotations
    quoting.py           a brochure or a summary without a model
    writing.py           a text by a model or of quotations; its translation; its check
    writer.py            the whole way from an address to a text

    document_parts.py    what all files of a text share
    document_tree.py     the text as a tree of blocks
    documents_html.py    the text as a page
    documents_pdf.py     the text as a print
    documents.py         the text as Markdown, and all three under one name
"""
