"""What a PC product should cost, read from its words, with a range that says how sure that is.

Files, from the bottom up::

    item.py        one product and the reader of the data files
    kinds.py       which kind of product a text names
    features.py    a text → named features
    vocabulary.py  named features → one TF-IDF row
    ridge.py       ridge regression on sparse rows
    weights.py     trained numbers on disk, checked before they are opened
    estimate.py    a text → an estimate with a range and its reasons
    metrics.py     how far estimates are from the truth
    training.py    data files → a model
    CARD.md        the shipped model: data, licence, scores, limits

Use ``PriceModel.load()`` from ``estimate`` once, then its ``estimate(text)``.
"""
