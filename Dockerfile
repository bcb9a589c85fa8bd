# The page without models of its own: docker build -t switchboard . && docker run -p 7860:7860 -v switchboard:/data switchboard
FROM python:3.12-slim AS build
WORKDIR /app
COPY pyproject.toml constraints.txt requirements.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -c constraints.txt -r requirements.txt

FROM python:3.12-slim
RUN useradd --create-home --uid 1000 switchboard && mkdir /data && chown switchboard /data
COPY --from=build /venv /venv
WORKDIR /app
COPY app.py ./
COPY switchboard switchboard
COPY tabs tabs
COPY docs/manual.md docs/manual.md
COPY examples examples
COPY knowledge-base knowledge-base
USER switchboard
ENV SWITCHBOARD_HOST=0.0.0.0 SWITCHBOARD_DATA_DIR=/data SWITCHBOARD_VECTOR_DIR=/data/vector_db
VOLUME /data
EXPOSE 7860
HEALTHCHECK CMD ["/venv/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:7860/', timeout=5)"]
CMD ["/venv/bin/python", "app.py"]
