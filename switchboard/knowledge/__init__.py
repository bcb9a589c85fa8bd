"""A conversation over a folder of Markdown, whose answers cite the passages they rest on.

Files, from the bottom up::

    passages.py        what is found and what is told of it: pure values
    citations.py       a streamed answer without citations that do not exist
    markdown.py        Markdown text → spans that may not be split
    splitter.py        LangChain TextSplitter: spans → heading-aware chunks with offsets
    loader.py          LangChain BaseLoader: knowledge-base/<kind>/**/*.md → documents
    keywords.py        BM25 over the chunks
    corpus.py          a folder, read and split and indexed by words, as one frozen value
    embedding.py       which embedding model is at hand
    vector_cache.py    LangChain Embeddings that never embed the same text twice
    chroma_store.py    LangChain Chroma, with what fusing scores needs
    faiss_store.py     LangChain VectorStore over a FAISS index and a JSON file
    vectors.py         both stores brought up to date behind a lock, in a background thread
    retriever.py       LangChain BaseRetriever: words and vectors, fused
    chat_model.py      LangChain BaseChatModel around any of our backends
    chain.py           the LCEL chain: prompt → model → cited events
    base.py            all of it for a page; the one to use

``passages.py``, ``citations.py`` and ``base.py`` import nothing heavy. The files that subclass
LangChain's types import it at their top, and are themselves imported when a knowledge base is first used.
"""
